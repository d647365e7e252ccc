"""What the stream of a table holds, handed to its consumer the way Lambda does."""

from __future__ import annotations

import boto3
from nanhai.streams import count

from infra.local.deliver import lambda_record


def records(arn: str) -> list[dict]:
    """Every record of the stream, oldest first."""
    streams = boto3.client("dynamodbstreams")
    found = []
    for shard in streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]:
        iterator = streams.get_shard_iterator(
            StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        found += streams.get_records(ShardIterator=iterator)["Records"]
    return [lambda_record(record, arn) for record in found]


def count_all(arn: str) -> None:
    """Delivers all that ever happened, whether or not it was delivered before."""
    assert count.handle({"Records": records(arn)}) == {"batchItemFailures": []}
