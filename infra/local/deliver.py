"""Brings stream records to a Lambda function the way an event source mapping does.

With partial batch responses, bisecting on an error, finite retries, and a failure queue for what is left. Unlike the
real one it puts the record itself into the failure queue, not only where it stood.
"""

from __future__ import annotations

import base64
import logging
from collections.abc import Callable, Sequence
from typing import Any

from infra.local.consumers import Consumer

LOG = logging.getLogger("nanhai.pump")
TRIES_MAX = 8
FIRST_PAUSE_S = 0.1
PAUSE_S_MAX = 5.0

Record = dict[str, Any]


def deliver(
    consumer: Consumer,
    records: Sequence[Record],
    *,
    done: Callable[[Record], None],
    give_up: Callable[[Record], None],
    pause: Callable[[float], None],
) -> None:
    """Every record, in order: applied, or given up after TRIES_MAX tries of it alone.

    `done` is told each record up to which all is settled. What `pause` raises ends the delivery where it stands.
    """
    start, size, tries = 0, len(records), 0
    while start < len(records):
        batch = records[start : start + size]
        applied = _applied(consumer, batch)
        if applied:
            start, tries = start + applied, 0
            done(records[start - 1])
        if applied == len(batch):
            size = len(records)
        elif size > 1:
            size = 1 if applied else size // 2
        else:
            tries += 1
            if tries < TRIES_MAX:
                pause(min(PAUSE_S_MAX, FIRST_PAUSE_S * 2**tries))
                continue
            give_up(records[start])
            done(records[start])
            start, size, tries = start + 1, len(records), 0


def lambda_record(record: Record, stream_arn: str) -> Record:
    """A record of the streams API as Lambda hands it over: bytes in base64, times as seconds."""
    change = record["dynamodb"]
    plain = {name: _plain(value) if name in IMAGES else value for name, value in change.items()}
    plain["ApproximateCreationDateTime"] = change["ApproximateCreationDateTime"].timestamp()
    return record | {"dynamodb": plain, "eventSourceARN": stream_arn}


IMAGES = frozenset({"Keys", "NewImage", "OldImage"})


def _applied(consumer: Consumer, batch: Sequence[Record]) -> int:
    """How many records from the front of the batch are done."""
    try:
        answer = consumer({"Records": list(batch)})
    except Exception:  # whatever a function raises, all of its batch counts as failed
        LOG.exception("%s failed on %d records", consumer.name, len(batch))
        return 0
    failures = answer.get("batchItemFailures") if isinstance(answer, dict) else None
    return _first_failure(batch, failures) if failures else len(batch)


def _first_failure(batch: Sequence[Record], failures: Sequence[dict[str, str]]) -> int:
    """Its place in the batch; a name that is not in the batch makes all of it failed, as on AWS."""
    failed = {failure.get("itemIdentifier") for failure in failures}
    places = [place for place, record in enumerate(batch) if record["dynamodb"]["SequenceNumber"] in failed]
    return places[0] if len(places) == len(failed) else 0


def _plain(value: Any) -> Any:  # noqa: ANN401 - an attribute value of any depth
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(item) for item in value]
    return value
