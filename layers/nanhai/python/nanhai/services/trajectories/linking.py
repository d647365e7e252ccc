"""Whoever registered before trajectories were kept gets the link that a registration writes now.

Person by person, a page at a time, and how far it is stands in the database. The stream of `sightings` tells of each
new link and does the rest: the days that are known of the phone already, and their stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

from msgspec.structs import replace

from nanhai.domain.errors import Absent
from nanhai.domain.identifiers import PersonId
from nanhai.services.identity import persons
from nanhai.services.platform import Platform
from nanhai.services.trajectories import phones
from nanhai.store import lookups, passes, sightings, walks
from nanhai.store.walks import Walk
from nanhai.store.writes import ConditionFailed, send

SEGMENTS = 64
READERS = 8  # people whose profiles are opened at once
NAME = "link-phones"


@dataclass(frozen=True, slots=True)
class Stepped:
    """How far a segment is, how many links are new in it, and why others could not be written."""

    walk: Walk
    linked: int
    failed: Sequence[Exception]


def begun(platform: Platform) -> list[Walk]:
    """The walk that was not finished, or a new one."""
    return walks.begun(NAME, SEGMENTS, platform.now())


def step(platform: Platform, walk: Walk) -> Stepped:
    """The next page of a segment. Killed before it is noted it comes again, and finds the links there."""
    page, cursor = passes.scan_people(walk.segment, SEGMENTS, walk.cursor)
    with ThreadPoolExecutor(READERS) as readers:
        found = [*readers.map(partial(_tried, platform), page)]
    done = replace(walk, cursor=cursor, done=walk.done + len(page), finished=cursor is None)
    send([walks.note(done, platform.now())])
    return Stepped(done, found.count(True), [why for why in found if isinstance(why, Exception)])


def _tried(platform: Platform, person: PersonId) -> bool | Exception:
    try:
        return _link(platform, person)
    except Exception as why:  # one person's failure is never another's
        return why


def _link(platform: Platform, person: PersonId) -> bool:
    """Whether their phone is linked from now on: where they have one, it is still theirs, and nobody was linked."""
    try:
        phone = platform.profile(person).phone
    except Absent:
        return False
    if not phone or lookups.find(persons.phone_index(platform, phone), persons.PERSON) != person:
        return False
    try:
        send([sightings.link_first(phones.pseudonym(platform, phone), person, platform.now())])
    except ConditionFailed:
        return False
    return True
