"""The IAM policy of a Lambda function, from its entry in functions.yaml. Every statement names its resources.

Three places where AWS knows no name: SMS (a phone has no ARN, so everything that has one is excluded instead),
tracing (the managed policy that infra/merge attaches), and what lies under a named resource (log streams of one
log group, indexes of one table).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from infra.functions import Function, Handler

Statement = dict[str, Any]
INDEXED = frozenset({"passes", "gates", "cases"})
ACTIONS = {
    "read": ("GetItem", "BatchGetItem", "Query", "ConditionCheckItem"),
    "write": ("PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "ConditionCheckItem"),
    "scan": ("Scan",),
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where the names of a policy live."""

    stage: str
    region: str
    account: str
    tables_key: str
    secrets_key: str
    partition: str = "aws"

    def arn(self, service: str, name: str) -> str:
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{name}"


def policy(function: Function, handler: Handler, place: Place) -> dict[str, Any]:
    """The policy document of one Lambda function at one place; no statement has a wildcard resource."""
    logs = place.arn("logs", f"log-group:/aws/lambda/{function.lambda_name(handler, place.stage)}:*")
    statements = [
        _allow("logs", ("CreateLogStream", "PutLogEvents"), [logs]),
        *_tables(handler, place),
        _key(place.tables_key, ("Encrypt", "Decrypt", "GenerateDataKey", "DescribeKey", "CreateGrant"), place),
        *_grants(handler, place),
        *_sources(handler, place),
    ]
    return {"Version": "2012-10-17", "Statement": statements}


def _tables(handler: Handler, place: Place) -> Iterator[Statement]:
    for table, words in sorted(handler.access.items()):
        actions = sorted({action for word in words for action in ACTIONS[word]})
        name = _table(table, place)
        yield _allow("dynamodb", actions, [name, f"{name}/index/*"] if table in INDEXED else [name])


def _grants(handler: Handler, place: Place) -> Iterator[Statement]:
    if handler.grants & {"secrets", "seal"}:
        actions = ("Decrypt", "Encrypt") if "seal" in handler.grants else ("Decrypt",)
        yield _allow("kms", actions, [place.secrets_key])
    if "sms" in handler.grants:
        yield {"Effect": "Allow", "Action": ["sns:Publish"], "NotResource": ["arn:*:sns:*:*:*"]}
    if "sweep" in handler.grants:
        yield _allow("sqs", ("SendMessage",), [_queue("sweep", place)])


def _sources(handler: Handler, place: Place) -> Iterator[Statement]:
    if handler.stream:
        streams = f"{_table(handler.stream, place)}/stream/*"
        yield _allow("dynamodb", ("DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"), [streams])
    if handler.queue:
        actions = ("ReceiveMessage", "DeleteMessage", "GetQueueAttributes", "ChangeMessageVisibility")
        yield _allow("sqs", actions, [_queue(handler.queue, place)])
    if handler.failures:
        yield _allow("sqs", ("SendMessage",), [_queue(f"{handler.failures}-failures", place)])


def _key(key: str, actions: Iterable[str], place: Place) -> Statement:
    """The tables' key, usable through DynamoDB only."""
    via = f"dynamodb.{place.region}.amazonaws.com"
    return _allow("kms", actions, [key]) | {"Condition": {"StringEquals": {"kms:ViaService": via}}}


def _table(table: str, place: Place) -> str:
    return place.arn("dynamodb", f"table/nanhai-{place.stage}-{table}")


def _queue(queue: str, place: Place) -> str:
    return place.arn("sqs", f"nanhai-{place.stage}-{queue}")


def _allow(service: str, actions: Iterable[str], resources: list[str]) -> Statement:
    return {"Effect": "Allow", "Action": [f"{service}:{action}" for action in actions], "Resource": resources}
