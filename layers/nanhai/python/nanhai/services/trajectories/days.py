"""Person-days as they are worked on: what is stored, and the visits in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from nanhai.domain.days import local_day
from nanhai.domain.errors import Poison
from nanhai.domain.identifiers import Instant
from nanhai.domain.sightings import Visit, unpack
from nanhai.policies import trajectories
from nanhai.store import sightings
from nanhai.store.sightings import PersonDay


@dataclass(frozen=True, slots=True)
class Told:
    """One revision of a phone's day."""

    stored: PersonDay
    visits: tuple[Visit, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Known:
    """The visits of each day that is known, and the days whose newest revision cannot be read."""

    visits: Mapping[int, tuple[Visit, ...]] = field(repr=False)
    unreadable: frozenset[int]


def told(stored: PersonDay) -> Told:
    """Poison when what is stored means nothing."""
    return Told(stored, unpack(stored.day, stored.visits))


def is_over(stored: PersonDay, now: Instant) -> bool:
    """Whether nobody may read of this day any more."""
    return sightings.expires_at(stored.day) <= now


def kept(now: Instant) -> tuple[int, int]:
    """The first and the last local day that may be kept at `now`."""
    today = local_day(now)
    return today - trajectories.rule().kept_days, today


def of_phone(phone: str, now: Instant) -> Known:
    """What is known of a phone: the newest revisions, by one query."""
    found: dict[int, tuple[Visit, ...]] = {}
    unreadable: set[int] = set()
    for stored in sightings.days(phone, *kept(now), now):
        try:
            found[stored.day] = told(stored).visits
        except Poison:  # it lies in quarantine; nothing is known of this day until it is told anew
            unreadable.add(stored.day)
    return Known(found, frozenset(unreadable))
