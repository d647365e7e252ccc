"""The stream of `sightings`: person-days become postings, and stays of whoever registered with the phone.

A link that is new is told too: its phone may have been in an affected area before anybody registered with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from nanhai.domain.errors import Poison
from nanhai.services.platform import Platform
from nanhai.services.trajectories import days
from nanhai.services.trajectories.days import Told
from nanhai.services.trajectories.indexing import index
from nanhai.store import sightings
from nanhai.store.sightings import PERSON
from nanhai.store.wire import with_bytes
from nanhai.streams import batch
from nanhai.streams.batch import Answer, Consumer, Failed, is_transient
from nanhai.streams.change import Change, Kind

News = Mapping[str, Sequence[tuple[Change, Told | None]]]  # by phone; None: somebody registered with it


def handle(event: Mapping[str, Any]) -> Answer:
    return batch.handle(CONSUMER, event)


def apply(here: Platform, changes: Sequence[Change]) -> Iterator[Failed]:
    """The batch as a whole: the larger it is, the fewer segments are written. What is over is nobody's any more."""
    now = here.now()
    by_phone: dict[str, list[tuple[Change, Told | None]]] = {}
    for change in changes:
        try:
            told = None if change.kind is Kind.REMOVE or change.text("row") == PERSON else _told(change)
            if _is_news(change) and (told is None or not days.is_over(told.stored, now)):
                by_phone.setdefault(change.text("phone"), []).append((change, told))
        except Exception as why:  # one record's failure is never another's
            yield Failed(change.raw, why)
    yield from _indexed(here, by_phone)


def _told(change: Change) -> Told:
    """The person-day of a change; Poison when there is none in it."""
    if change.new is None:
        raise Poison("sightings: a change without its image")
    try:
        found = sightings.read(with_bytes(change.new))
    except (KeyError, ValueError, TypeError, AttributeError) as garbled:
        raise Poison(f"sightings: {type(garbled).__name__}") from garbled
    if found is None:
        raise Poison("sightings: another row than its key says")
    return days.told(found)


def _is_news(change: Change) -> bool:
    """Not that something expired, nor that stays were noted: a link is new while none is."""
    linked = change.text("row") == PERSON
    return change.kind is not Kind.REMOVE and not (linked and "stays" in (change.new or {}))


def _indexed(here: Platform, by_phone: News) -> Iterator[Failed]:
    """By halves where it is one of these that can never be written: the others are not held up by it."""
    if not by_phone:
        return
    told = [told for found in by_phone.values() for _, told in found if told is not None]
    linked = [phone for phone, found in by_phone.items() if any(told is None for _, told in found)]
    try:
        failures = index(here, told, linked)
    except Exception as why:
        if not is_transient(why) and len(by_phone) > 1:
            for half in _halves(by_phone):
                yield from _indexed(here, half)
            return
        failures = dict.fromkeys(by_phone, why)
    for phone, failure in failures.items():
        yield from (Failed(change.raw, failure) for change, _ in by_phone[phone])


def _halves(by_phone: News) -> Iterator[News]:
    phones = list(by_phone)
    for half in (phones[: len(phones) // 2], phones[len(phones) // 2 :]):
        yield {phone: by_phone[phone] for phone in half}


CONSUMER = Consumer("sightings", apply)
