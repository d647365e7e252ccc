"""The sweep queue, handed to its consumer as Lambda does it: what was not done is shown again."""

from __future__ import annotations

import os
from itertools import count

import boto3
from nanhai.streams import sweep

DELIVERIES_MAX = 400


def waiting() -> list[dict]:
    """The messages that are visible now; they stay visible until they are deleted."""
    sqs, url = boto3.client("sqs"), os.environ["NANHAI_SWEEP_QUEUE_URL"]
    found = []
    while len(found) < DELIVERIES_MAX:
        told = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, AttributeNames=["All"]).get("Messages", [])
        if not told:
            break
        found += told
    for message in found:
        sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0)
    return found


def deliver(message: dict, remaining_s=lambda: 300.0) -> bool:
    """Whether the function has done with the message; then it is deleted."""
    record = {
        "messageId": message["MessageId"],
        "body": message["Body"],
        "attributes": {"ApproximateReceiveCount": message["Attributes"]["ApproximateReceiveCount"]},
    }
    failed = sweep.handle({"Records": [record]}, remaining_s)["batchItemFailures"]
    if not failed:
        sqs, url = boto3.client("sqs"), os.environ["NANHAI_SWEEP_QUEUE_URL"]
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return not failed


def drain(remaining_s=lambda: 300.0) -> int:
    """Delivers until nothing waits any more; how many deliveries that took."""
    for deliveries in count():
        told = waiting()
        if not told:
            return deliveries
        assert deliveries < DELIVERIES_MAX
        deliver(told[0], remaining_s)
    raise AssertionError


def hurried(pages: int):
    """Time for so many pages, then none: the second look of each invocation is the last."""
    looks = count()
    return lambda: 300.0 if next(looks) < pages else 0.0
