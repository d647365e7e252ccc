"""The streams of the tables, as Lambda would be handed them: every record once, in order, from where one stopped."""

from __future__ import annotations

import boto3

from infra.local.deliver import lambda_record


class Feed:
    """What happened on one stream since the last look."""

    def __init__(self, arn: str) -> None:
        self.arn = arn
        self._streams = boto3.client("dynamodbstreams")
        shards = self._streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
        self._iterators = [self._iterator(shard["ShardId"]) for shard in shards]

    def news(self) -> list[dict]:
        found = []
        for index, iterator in enumerate(self._iterators):
            while iterator:
                answer = self._streams.get_records(ShardIterator=iterator)
                found += [lambda_record(record, self.arn) for record in answer["Records"]]
                iterator = self._iterators[index] = answer.get("NextShardIterator") or iterator
                if not answer["Records"]:
                    break
        return found

    def _iterator(self, shard: str) -> str:
        asked = {"StreamArn": self.arn, "ShardId": shard, "ShardIteratorType": "TRIM_HORIZON"}
        return self._streams.get_shard_iterator(**asked)["ShardIterator"]


def head_changed(person: str, sequence: str = "1") -> dict:
    """What the stream of `people` says of one whose head was written."""
    keys = {"person_id": {"S": person}, "sk": {"S": "head"}}
    return {"eventName": "MODIFY", "dynamodb": {"SequenceNumber": sequence, "Keys": keys}}
