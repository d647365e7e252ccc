"""The answer to one question of co-presence: postings tell who was there, and what a later revision took back is gone.

The case's own phone is read from its newest days. Of others the postings of the cells in question say enough, once it
is known which of their days have a later revision: the few that may have one are looked up by key, a hundred at a time.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import groupby, islice
from typing import TypeVar

from nanhai.domain import copresence, presence, sightings
from nanhai.domain import copresence_candidates as postings
from nanhai.domain.copresence import CoPresenceRule, Meeting
from nanhai.domain.copresence_candidates import ENTRIES_MAX, Days, Key, Places
from nanhai.domain.copresence_requests import TooManyMet
from nanhai.domain.errors import Unavailable
from nanhai.domain.identifiers import Instant
from nanhai.domain.presence import Cell, Entry
from nanhai.domain.sightings import Visit
from nanhai.store import presence as index
from nanhai.store import sightings as stored
from nanhai.store.presence import TooManySegments

SEARCH_S_MAX = 18.0  # the gateway waits 29 s, and what is found has to be written
READERS = 16  # requests to the database at once
BETWEEN_LOOKS = 100  # requests from one look at the clock to the next
KEYS_PER_PHONE_MAX = 10  # revisions that are looked up one by one; where there may be more, a phone's days are read
KEYS_AT_ONCE = 1_000

Clock = Callable[[], float]
Window = tuple[int, int]  # the first and the last local day
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
    until = clock() + SEARCH_S_MAX
    own = {one.day: sightings.unpack(one.day, one.visits) for one in stored.days(phone, *window, now)}
    theirs = sightings.joined(own.values())
    places = postings.places(theirs, window, rule)
    with ThreadPoolExecutor(READERS) as readers:
        try:
            others = _others(_Reading(readers, clock, until), places, phone, rule, now)
        except TooManySegments as beyond:
            raise TooManyMet(found=beyond.most + 1, most=beyond.most) from None
    met = copresence.meetings(theirs, others, rule)
    return Found(
        tuple(day for day, visits in own.items() if visits),
        {who: list(meetings) for who, meetings in groupby(met, key=lambda meeting: meeting.phone)},
    )


@dataclass(frozen=True, slots=True)
class _Reading:
    """Many requests at once, as long as there is time."""

    readers: ThreadPoolExecutor
    clock: Clock
    until: float

    def each(self, read: Callable[[A], B], what: Collection[A]) -> Iterator[B]:
        rest = iter(what)
        while some := list(islice(rest, BETWEEN_LOOKS)):
            if self.clock() > self.until:
                raise TakesTooLong(retry_after_s=60)
            yield from self.readers.map(read, some)


def _others(
    reading: _Reading, places: Places, phone: str, rule: CoPresenceRule, now: Instant
) -> dict[str, list[Visit]]:
    """Where those who may count were in the cells in question. Postings are read before what there is of later
    revisions: whatever comes meanwhile is noted before any of it is stored."""
    posted = _posted(reading, places, now)
    named = postings.candidates(places, posted, rule) - {phone}
    days = postings.newest(named, posted)
    keys = list(islice(_later(reading, days), KEYS_PER_PHONE_MAX * len(named) + 1))
    if len(keys) > KEYS_PER_PHONE_MAX * len(named):
        return dict(reading.each(partial(_newest, {day for day, _ in places}, now), named))
    return postings.standing(days, _there(reading, keys))


def _posted(reading: _Reading, places: Places, now: Instant) -> dict[Cell, list[Entry]]:
    found: dict[Cell, list[Entry]] = {}
    many = 0
    for place, segments in reading.each(partial(_segments, now), places):
        found[place] = [entry for segment in segments for entry in presence.unpack(place[0], segment)]
        many += len(found[place])
        if many > ENTRIES_MAX:
            raise TooManyMet(found=many, most=ENTRIES_MAX)
    return found


def _segments(now: Instant, place: Cell) -> tuple[Cell, list[bytes]]:
    return place, index.around(*place, now)


def _newest(days: Collection[int], now: Instant, phone: str) -> tuple[str, list[Visit]]:
    """Where a phone was, as its newest days say."""
    found = stored.days(phone, min(days), max(days), now)
    return phone, [visit for one in found for visit in sightings.unpack(one.day, one.visits)]


def _later(reading: _Reading, days: Days) -> Iterator[Key]:
    """Revisions that would take back what was posted, should they be there."""
    revisions = dict(reading.each(lambda day: (day, index.revisions(day)), {day for _, day in days}))
    return postings.later(days, revisions)


def _there(reading: _Reading, keys: Sequence[Key]) -> set[tuple[str, int]]:
    chunks = [keys[begins : begins + KEYS_AT_ONCE] for begins in range(0, len(keys), KEYS_AT_ONCE)]
    return {key for there in reading.each(stored.there, chunks) for key in there}
