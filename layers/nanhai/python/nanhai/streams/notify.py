"""The stream of `notices`: what lies in an inbox goes out by the other channels of its kind; at night what is not
urgent waits for the morning."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from nanhai.domain.days import local_day
from nanhai.domain.errors import Poison
from nanhai.domain.identifiers import Instant, PersonId
from nanhai.domain.notices import morning_after
from nanhai.services.deliveries import deliver, rule_of
from nanhai.services.platform import Platform, platform
from nanhai.store import notices
from nanhai.store.notices import HELD_SHARDS, Held, Told
from nanhai.store.wire import Item
from nanhai.store.writes import send
from nanhai.streams import batch, log
from nanhai.streams.batch import Answer, Consumer, is_transient
from nanhai.streams.change import Change, Kind

HELD_PER_REQUEST = 200
SENT_MAX = 5_000  # in one run; the next one, five minutes later, goes on where this one stopped
RESERVE_S = 15.0

Remaining = Callable[[], float]  # seconds until this process is ended


def handle(event: Mapping[str, Any]) -> Answer:
    return batch.handle(CONSUMER, event)


def apply(here: Platform, change: Change) -> None:
    """Only what is new is news: not that it was sent, nor that it expired."""
    if change.kind is not Kind.INSERT or notices.is_held(change.text("person_id")):
        return
    if change.new is None:
        raise Poison("notices: a change without its image")
    person, told = notices.told_in(change.new)
    rule, now = rule_of(told), here.now()
    morning = None if rule.urgent or not rule.channels else morning_after(now)
    if morning is None:
        _deliver(here, person, told, now)
    else:
        send([notices.hold(person, told.notice_id, local_day(morning), now)])


def morning(remaining_s: Remaining) -> None:
    """Sends what waited for this morning, as far as it gets; nothing at night."""
    here = platform()
    now = here.now()
    if morning_after(now) is not None:
        return
    for number, held in enumerate(_held(local_day(now)), 1):
        try:
            _release(here, held, now)
        except Exception as why:  # one person's failure is never another's
            log.line(event="notice-failed", failure=type(why).__qualname__)
            if is_transient(why):
                return
        if number >= SENT_MAX or remaining_s() < RESERVE_S:
            return


def _release(here: Platform, held: Held, now: Instant) -> None:
    told = notices.get(*held)
    if told is not None:
        _deliver(here, held[0], told, now)
    send([notices.released(held, local_day(now), now)])


def _held(day: int) -> Iterator[Held]:
    for shard in range(HELD_SHARDS):
        start: Item | None = None
        while True:
            page, start = notices.held(day, shard, HELD_PER_REQUEST, start)
            yield from page
            if start is None:
                break


def _deliver(here: Platform, person: PersonId, told: Told, now: Instant) -> None:
    for channel, outcome in deliver(here, person, told, now):
        log.line(event="notice", channel=channel.value, outcome=outcome.value)


CONSUMER = Consumer("notices", batch.one_by_one(apply))
