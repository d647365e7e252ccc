"""Whether passes admit, and nothing else of them: an employer is told yes or no, never a colour or a reason."""

from __future__ import annotations

from collections.abc import Sequence

from nanhai.domain.colour import Verdict
from nanhai.domain.errors import Poison
from nanhai.domain.identifiers import Instant, PersonId
from nanhai.services.passes import reading
from nanhai.services.platform import Platform
from nanhai.store import passes
from nanhai.store.passes import StoredPass
from nanhai.store.people import Head

PERSONS_PER_READ = 50


def admitted(platform: Platform, persons: Sequence[PersonId], now: Instant) -> dict[PersonId, bool]:
    """For each person whether their pass admits everywhere now; a clearance for some places does not count, and whoever
    has no pass that can be read is not admitted."""
    found: dict[PersonId, bool] = {}
    for first in range(0, len(persons), PERSONS_PER_READ):
        some = persons[first : first + PERSONS_PER_READ]
        found |= {person: _admits(platform, *both, now) for person, both in _looked(some).items()}
    return found


def _looked(persons: Sequence[PersonId]) -> dict[PersonId, tuple[Head | None, StoredPass | None]]:
    """One request for all; where a stored pass cannot be read, one for each."""
    distinct = list(dict.fromkeys(persons))
    if not distinct:
        return {}
    try:
        heads, stored = passes.many(distinct)
    except Poison:
        return {person: reading.look(person) for person in distinct}
    return {person: (heads.get(person), stored.get(person)) for person in distinct}


def _admits(platform: Platform, head: Head | None, stored: StoredPass | None, now: Instant) -> bool:
    timeline = reading.current(platform, head, stored, now)
    return timeline is not None and timeline.verdict(now) is Verdict.ADMIT
