"""A batch of stream records: what is poison is set aside whole, the rest goes on; what may yet work is asked for again.

Lambda's rule for streams: of the failures that are reported it takes the lowest sequence number and delivers
everything from there again, so every consumer must take the same record any number of times.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from nanhai.domain.errors import Poison, Unavailable
from nanhai.services.platform import Platform, platform
from nanhai.services.sweep import quarantine
from nanhai.store.writes import Busy
from nanhai.streams import log
from nanhai.streams.change import Change, Raw, parse, sequence_of

TRANSIENT = (Unavailable, Busy, BotoCoreError, ClientError)  # the world's fault: the same record may work later
NEVER_WORKS = frozenset({"ValidationException"})  # DynamoDB's answer to an item that can never be written

Answer = dict[str, list[dict[str, str]]]


@dataclass(frozen=True, slots=True)
class Failed:
    """A record that was not applied, and why."""

    raw: Raw
    why: Exception


@dataclass(frozen=True, slots=True)
class Consumer:
    """What is done with the changes of one stream: `apply` does all it can and tells what it could not."""

    stream: str
    apply: Callable[[Platform, Sequence[Change]], Iterable[Failed]]


def handle(consumer: Consumer, event: Mapping[str, Any]) -> Answer:
    """Applies a Lambda event; the answer names the records that have to come again."""
    here = platform()
    again = [
        failed
        for failed in run(here, consumer, event["Records"])
        if is_transient(failed.why) or not _set_aside(here, consumer.stream, failed)
    ]
    return {"batchItemFailures": [{"itemIdentifier": sequence_of(failed.raw)} for failed in again]}


def run(here: Platform, consumer: Consumer, records: Iterable[Raw]) -> list[Failed]:
    """Applies raw records; what is left."""
    changes: list[Change] = []
    failed: list[Failed] = []
    for raw in records:
        try:
            changes.append(parse(raw))
        except Poison as poison:
            failed.append(Failed(raw, poison))
    return [*failed, *consumer.apply(here, changes)]


def one_by_one(apply: Callable[[Platform, Change], None]) -> Callable[[Platform, Sequence[Change]], Iterator[Failed]]:
    """For consumers that take changes singly, in order: after a failure that may pass, the rest is left for then."""

    def apply_all(here: Platform, changes: Sequence[Change]) -> Iterator[Failed]:
        for change in changes:
            try:
                apply(here, change)
            except Exception as why:  # one record's failure is never another's
                yield Failed(change.raw, why)
                if is_transient(why):
                    return

    return apply_all


def is_transient(why: Exception) -> bool:
    if isinstance(why, ClientError) and why.response["Error"]["Code"] in NEVER_WORKS:
        return False
    return isinstance(why, TRANSIENT)


def _set_aside(here: Platform, stream: str, failed: Failed) -> bool:
    """Whether the record lies in quarantine now."""
    try:
        quarantine.put(here, stream, sequence_of(failed.raw), failed.raw, type(failed.why).__name__)
    except TRANSIENT:
        return False
    log.quarantined(stream, failed.why)
    return True
