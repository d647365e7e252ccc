"""Whom the index names is looked at, and what counts is where they were: the answer to one question of co-presence.

Postings tell who might have been there; what is told rests on each phone's own newest days alone, so a posting that is
out of date costs a look and never makes an answer wrong.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import TypeVar

from nanhai.domain import copresence, copresence_candidates, presence, sightings
from nanhai.domain.copresence import CoPresenceRule, Meeting
from nanhai.domain.copresence_candidates import Near, Places
from nanhai.domain.copresence_requests import TooManyMet
from nanhai.domain.errors import Unavailable
from nanhai.domain.identifiers import Instant
from nanhai.domain.presence import Cell
from nanhai.domain.sightings import Visit
from nanhai.store import presence as postings
from nanhai.store import sightings as stored
from nanhai.store.presence import SEGMENTS_PER_PLACE_MAX, TooManySegments

SEARCH_S_MAX = 18.0  # the gateway waits 29 s, and what is found has to be written
READERS = 16  # requests to the database at once
BETWEEN_LOOKS = 200  # requests from one look at the clock to the next

Clock = Callable[[], float]
Days = tuple[int, int]  # the first and the last
A = TypeVar("A")
B = TypeVar("B")


class TakesTooLong(Unavailable):
    """The search did not end in time; nothing was decided."""

    code = "trajectories.takes-too-long"


@dataclass(frozen=True, slots=True)
class Found:
    """`known`: the local days on which the case's phone was heard; meetings by phone, in the order of time."""

    known: tuple[int, ...]
    meetings: Mapping[str, Sequence[Meeting]]


def search(phone: str, days: Days, rule: CoPresenceRule, now: Instant, clock: Clock = time.monotonic) -> Found:
    """Who was with `phone` from the first to the last of `days`. TooManyMet beyond what one answer may look at,
    TakesTooLong after SEARCH_S_MAX."""
    reading = _Reading(clock, clock() + SEARCH_S_MAX)
    own = {one.day: sightings.unpack(one.day, one.visits) for one in stored.days(phone, *days, now)}
    theirs = sightings.joined(own.values())
    near = _near(reading, copresence_candidates.places(theirs, rule), now)
    named = copresence_candidates.candidates(near, phone, rule)
    cells = {visit.cell for visit in theirs}
    others = dict(reading.each(partial(_days_of, days, cells, now), named))
    met = copresence.meetings(theirs, others, rule)
    return Found(
        tuple(day for day, visits in own.items() if visits),
        {who: list(meetings) for who, meetings in groupby(met, key=lambda meeting: meeting.phone)},
    )


@dataclass(frozen=True, slots=True)
class _Reading:
    """Many requests at once, as long as there is time."""

    clock: Clock
    until: float

    def each(self, read: Callable[[A], B], what: Collection[A]) -> Iterator[B]:
        rest = [*what]
        with ThreadPoolExecutor(READERS) as readers:
            for begins in range(0, len(rest), BETWEEN_LOOKS):
                if self.clock() > self.until:
                    raise TakesTooLong(retry_after_s=60)
                yield from readers.map(read, rest[begins : begins + BETWEEN_LOOKS])


def _near(reading: _Reading, places: Places, now: Instant) -> Near:
    found: Near = {}
    for (day, cell), segments in reading.each(partial(_postings, now), places):
        for segment in segments:
            entries = presence.unpack(day, segment)
            copresence_candidates.add(found, cell, places[day, cell], entries)
    return found


def _postings(now: Instant, place: Cell) -> tuple[Cell, list[bytes]]:
    try:
        return place, postings.around(*place, now)
    except TooManySegments:
        raise TooManyMet(found=SEGMENTS_PER_PLACE_MAX, most=SEGMENTS_PER_PLACE_MAX) from None


def _days_of(days: Days, cells: Collection[int], now: Instant, phone: str) -> tuple[str, list[Visit]]:
    """Of what a phone's newest days say that which lies in the cells in question."""
    found = stored.days(phone, *days, now)
    return phone, [visit for one in found for visit in sightings.unpack(one.day, one.visits) if visit.cell in cells]
