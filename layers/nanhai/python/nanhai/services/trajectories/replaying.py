"""The index made anew from all that is stored: under a new policy, or after a stream that was trimmed unread.

Segment by segment, a page at a time, and how far it is stands in the database: killed anywhere it goes on there. What
was indexed before is found so and written once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from nanhai.domain.errors import Poison
from nanhai.services.platform import Platform
from nanhai.services.trajectories import days, indexing
from nanhai.services.trajectories.days import Told
from nanhai.store import sightings, walks
from nanhai.store.sightings import PersonDay
from nanhai.store.walks import Walk
from nanhai.store.writes import send

SEGMENTS = 64
PERSON_DAYS_PER_STEP = 2_000  # half a megabyte: a page holds one


@dataclass(frozen=True, slots=True)
class Stepped:
    """How far a segment is, and what of the step could not be done: days that cannot be read, people by failure."""

    walk: Walk
    unreadable: int
    failed: Sequence[Exception]


def begun(platform: Platform, *, with_postings: bool) -> list[Walk]:
    """The walk that was not finished, or a new one."""
    return walks.begun("index-all" if with_postings else "index-stays", SEGMENTS, platform.now())


def step(platform: Platform, walk: Walk, *, with_postings: bool) -> Stepped:
    """The next page of a segment. StoreUnavailable: nothing is noted of it, it comes again."""
    page, cursor = sightings.scan(walk.segment, SEGMENTS, walk.cursor, PERSON_DAYS_PER_STEP)
    now = platform.now()
    kept = [stored for stored in page if not days.is_over(stored, now)]
    told = _readable(kept)
    work = indexing.index if with_postings else indexing.stay
    failures = work(platform, told)
    done = replace(walk, cursor=cursor, done=walk.done + len(page), finished=cursor is None)
    send([walks.note(done, now)])
    return Stepped(done, len(kept) - len(told), [*failures.values()])


def _readable(stored: Sequence[PersonDay]) -> list[Told]:
    """What cannot be read lies in quarantine since the stream told of it."""
    found = []
    for one in stored:
        try:
            found.append(days.told(one))
        except Poison:
            continue
    return found
