"""The answer to one question of co-presence: postings name whom to look up, and their newest days tell the rest.

Cell by cell: what is kept of millions of postings is who was there for long enough. Whoever is named is read as it is
stored now, in one query each: a posting that a later revision took back, or whose successor is not posted yet, names
nobody.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import groupby, islice
from operator import attrgetter
from typing import TypeVar

from nanhai.domain import copresence, presence, sightings
from nanhai.domain import copresence_candidates as postings
from nanhai.domain.copresence import CoPresenceRule, Meeting
from nanhai.domain.copresence_candidates import ENTRIES_MAX, Place
from nanhai.domain.copresence_requests import TooManyMet
from nanhai.domain.errors import Unavailable
from nanhai.domain.identifiers import Instant
from nanhai.domain.sightings import Visit
from nanhai.store import presence as index
from nanhai.store import sightings as stored
from nanhai.store.presence import TooManySegments

SEARCH_S_MAX = 18.0  # the gateway waits 29 s, and what is found has to be written
READERS = 16  # requests to the database at once
READ_AHEAD = 32  # places, half a megabyte each where 2,100 people live
NAMED_AT_ONCE = 500

Clock = Callable[[], float]
Window = tuple[int, int]  # the first and the last local day
Segments = Sequence[tuple[int, bytes]]  # local day, packed
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


def search(phone: str, window: Window, rule: CoPresenceRule, now: Instant, clock: Clock = time.monotonic) -> Found:
    """Who was with `phone` from the first to the last day. TooManyMet beyond what one answer may look at, TakesTooLong
    after SEARCH_S_MAX."""
    own = {one.day: sightings.unpack(one.day, one.visits) for one in stored.days(phone, *window, now)}
    theirs = sightings.joined(own.values())
    places = postings.places(theirs, window, rule)
    with ThreadPoolExecutor(READERS) as readers:
        reading = _Reading(readers, clock, clock() + SEARCH_S_MAX)
        named = _named(reading, places, rule, now) - {phone}
        met = list(_met(reading, sorted(named), theirs, window, rule, now))
    return Found(
        tuple(day for day, visits in own.items() if visits),
        {who: list(meetings) for who, meetings in groupby(met, key=attrgetter("phone"))},
    )


@dataclass(frozen=True, slots=True)
class _Reading:
    """Many requests at once, as long as there is time."""

    readers: ThreadPoolExecutor
    clock: Clock
    until: float

    def each(self, read: Callable[[A], B], what: Collection[A], at_once: int) -> Iterator[B]:
        rest = iter(what)
        while some := list(islice(rest, at_once)):
            yield from self.timed(self.readers.map(read, some))

    def timed(self, what: Iterator[A]) -> Iterator[A]:
        for one in what:
            if self.clock() > self.until:
                raise TakesTooLong(retry_after_s=60)
            yield one


def _named(reading: _Reading, places: Sequence[Place], rule: CoPresenceRule, now: Instant) -> set[str]:
    """Phones that may count by what is posted; TooManyMet."""
    found: set[bytes] = set()
    many = 0
    for place, segments in _posted(reading, places, now):
        many += sum(presence.entries_in(packed) for _, packed in segments)
        if many > ENTRIES_MAX:
            raise TooManyMet(found=many, most=ENTRIES_MAX)
        met = postings.together(place, reading.timed(iter(segments)), rule)
        found |= met if place.often else postings.often(met - found, reading.timed(iter(segments)), rule)
        if len(found) > postings.NAMED_MAX:
            raise TooManyMet(found=len(found), most=postings.NAMED_MAX)
    return {phone.hex() for phone in found}


def _posted(reading: _Reading, places: Sequence[Place], now: Instant) -> Iterator[tuple[Place, Segments]]:
    """What is posted of a place on all days that are read there."""
    asked = [(place, day) for place in places for day in place.own]
    try:
        read = reading.each(partial(_segments, now), asked, READ_AHEAD)
        for place, days in groupby(read, key=lambda of: of[0]):
            yield place, [one for _, segments in days for one in segments]
    except TooManySegments as beyond:
        raise TooManyMet(found=beyond.most + 1, most=beyond.most) from None


def _segments(now: Instant, asked: tuple[Place, int]) -> tuple[Place, Segments]:
    place, day = asked
    return place, [(day, packed) for packed in index.around(day, place.cell, now)]


def _met(
    reading: _Reading,
    named: Sequence[str],
    theirs: Sequence[Visit],
    window: Window,
    rule: CoPresenceRule,
    now: Instant,
) -> Iterator[Meeting]:
    """By phone and time, from the newest days of each."""
    cells = {visit.cell for visit in theirs}
    others = reading.each(partial(_days, window, cells, now), named, NAMED_AT_ONCE)
    while some := dict(islice(others, NAMED_AT_ONCE)):
        yield from copresence.meetings(theirs, some, rule)


def _days(window: Window, cells: Collection[int], now: Instant, phone: str) -> tuple[str, list[Visit]]:
    """Where a phone was in these cells."""
    days = stored.days(phone, *window, now)
    return phone, [visit for one in days for visit in sightings.unpack(one.day, one.visits) if visit.cell in cells]
