"""Which stays in affected areas a phone's days tell of: the facts that its holder's colour may follow from.

What a day tells rests on that day and on the first visit of the next one, never on the day before: so a day that is
forgotten takes nothing from those after it. A stay that midnight cuts is two, which adjoin.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from nanhai.domain.identifiers import Instant, Region
from nanhai.domain.policy import Area, Policy
from nanhai.domain.sightings import Stretch, Visit, by_day, day_begins, joined, stays

CITY_DIGITS = 4
PIECES_PER_STRETCH_MAX = 4  # cities of one stretch and day that are told apart; of more the area alone is told

Days = Mapping[int, Sequence[Visit]]


@dataclass(frozen=True, slots=True, order=True)
class AreaStay:
    """Presence in an affected region over [since, until), told by the local day on which it began."""

    day: int
    region: Region
    since: Instant
    until: Instant


def areas_of(visit: Visit, policy: Policy) -> list[Area]:
    """The affected areas in which a visit lies, the widest first."""
    region = _code(visit)
    return sorted(
        (
            area
            for area in policy.areas
            if region.startswith(area.region)
            and area.since < visit.until
            and (area.until is None or visit.since < area.until)
        ),
        key=lambda area: len(area.region),
    )


def area_stays(days: Days, policy: Policy, silence_s: int) -> tuple[AreaStay, ...]:
    """The stays, by day; as far apart as `silence_s` two visits to one area are one stay when nothing lies between.

    Short ones are left out, of which no finding can come: those shorter than the policy's minimum that lie within a
    day, too far from its ends to go on in another.
    """
    runs = stays(joined(days.values()), lambda visit: _widest(visit, policy), silence_s)
    found = [stay for run in runs for day in sorted(days) for stay in _of_day(run, day, days[day], policy, silence_s)]
    return tuple(sorted(found))


def _of_day(
    run: Stretch[Region], day: int, visits: Sequence[Visit], policy: Policy, silence_s: int
) -> Iterator[AreaStay]:
    inside = [visit for visit in visits if run.since <= visit.since < run.until]
    if not inside:
        return
    begins, ends = day_begins(day), day_begins(day + 1)
    goes_on = run.until > ends
    until = inside[-1].until if not goes_on else 0
    return
    yield
