"""The IAM policy of a Lambda function, from its entry in functions.yaml. Every statement names its resources.

Three places where AWS knows no name: SMS (a phone has no ARN, so everything that has one is excluded instead),
tracing (the managed policy that infra/merge attaches), and what lies under a named resource (log streams of one
log group, indexes of one table).

`python -m infra.policies` writes them beside each app, with ${STAGE} and the like for what a stage decides, so that a
change of access is seen in review; `--check` finds what was not written anew. Deployment makes its own from the same
source (infra/deploy/copies.py).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.functions import ROOT, Function, Handler, load

Statement = dict[str, Any]
INDEXED = frozenset(
    {"staff", "passes", "gates", "cases", "reports", "batches", "organisations", "masks", "copresences"}
)
ACTIONS = {
    "read": ("GetItem", "BatchGetItem", "Query"),
    "append": ("PutItem",),
    "write": ("PutItem", "UpdateItem"),
    "delete": ("DeleteItem",),
    "scan": ("Scan",),
    "bulk": ("BatchWriteItem",),
}
TABLES_KEY_ACTIONS = ("Encrypt", "Decrypt", "GenerateDataKey", "DescribeKey", "CreateGrant")


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


ANYWHERE = Place("${STAGE}", "${REGION}", "${ACCOUNT}", "${TABLES_KEY_ARN}", "${SECRETS_KEY_ARN}", "${PARTITION}")


def main(arguments: list[str]) -> int:
    made = files()
    if arguments != ["--check"]:
        for path in _there() - made.keys():
            path.unlink()
        for path, text in made.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        return 0
    for path in drifted(made):
        print(
            f"{path.relative_to(ROOT)} is not what functions.yaml gives: run python -m infra.policies", file=sys.stderr
        )
    return 1 if drifted(made) else 0


def files() -> dict[Path, str]:
    """Every policy file as it should lie in the repository."""
    pairs = ((function, handler) for function in load() for handler in function.all)
    return {_path(f, h): json.dumps(policy(f, h, ANYWHERE), indent=2) + "\n" for f, h in pairs}


def drifted(made: Mapping[Path, str]) -> list[Path]:
    """The files that are missing, stale or nobody's."""
    wrong = (path for path, text in made.items() if not path.is_file() or path.read_text("utf-8") != text)
    return sorted({*wrong, *(_there() - made.keys())})


def policy(function: Function, handler: Handler, place: Place) -> dict[str, Any]:
    """The policy document of one Lambda function at one place; no statement has a wildcard resource."""
    logs = place.arn("logs", f"log-group:/aws/lambda/{function.lambda_name(handler, place.stage)}:*")
    statements = [
        _allow("logs", ("CreateLogStream", "PutLogEvents"), [logs]),
        *_tables(handler, place),
        _through("dynamodb", place.tables_key, TABLES_KEY_ACTIONS, place),
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
    if "signalling" in handler.grants:
        yield _allow("sqs", ("SendMessage",), [_queue("ingest", place)])
        bucket = _bucket("signalling", place)
        yield from _files(bucket, {"*": ("GetObject", "DeleteObject"), "staged/*": ("PutObject",)}, place)
    if "uploads" in handler.grants:
        changes = ("PutObject", "GetObject", "DeleteObject")
        yield from _files(_bucket("evidence", place), {"incoming/*": changes, "kept/*": changes}, place)


def _sources(handler: Handler, place: Place) -> Iterator[Statement]:
    if handler.stream:
        streams = f"{_table(handler.stream, place)}/stream/*"
        yield _allow("dynamodb", ("DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"), [streams])
    if handler.queue:
        actions = ("ReceiveMessage", "DeleteMessage", "GetQueueAttributes", "ChangeMessageVisibility")
        yield _allow("sqs", actions, [_queue(handler.queue, place)])
    if handler.failures:
        yield _allow("sqs", ("SendMessage",), [_queue(f"{handler.failures}-failures", place)])


def _through(service: str, key: str, actions: Iterable[str], place: Place) -> Statement:
    """A key that is usable through one service only."""
    via = f"{service}.{place.region}.amazonaws.com"
    return _allow("kms", actions, [key]) | {"Condition": {"StringEquals": {"kms:ViaService": via}}}


def _files(bucket: str, actions: Mapping[str, Iterable[str]], place: Place) -> Iterator[Statement]:
    """What may be done to which files of a bucket, by pattern."""
    told: dict[tuple[str, ...], list[str]] = {}
    for pattern, allowed in actions.items():
        told.setdefault(tuple(allowed), []).append(f"{bucket}/{pattern}")
    for allowed, files in told.items():
        yield _allow("s3", allowed, files)
    yield _allow("s3", ("ListBucket",), [bucket])  # without it what is not there looks forbidden
    yield _through("s3", place.secrets_key, ("GenerateDataKey", "Decrypt"), place)


def _bucket(name: str, place: Place) -> str:
    """The ARN of a bucket names neither region nor account."""
    return f"arn:{place.partition}:s3:::nanhai-{place.stage}-{name}-{place.account}"


def _table(table: str, place: Place) -> str:
    return place.arn("dynamodb", f"table/nanhai-{place.stage}-{table}")


def _queue(queue: str, place: Place) -> str:
    return place.arn("sqs", f"nanhai-{place.stage}-{queue}")


def _allow(service: str, actions: Iterable[str], resources: list[str]) -> Statement:
    return {"Effect": "Allow", "Action": [f"{service}:{action}" for action in actions], "Resource": resources}


def _path(function: Function, handler: Handler) -> Path:
    return ROOT / "functions" / function.name / ".chalice" / f"policy-{handler.name}.json"


def _there() -> set[Path]:
    return set((ROOT / "functions").glob("*/.chalice/policy-*.json"))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
