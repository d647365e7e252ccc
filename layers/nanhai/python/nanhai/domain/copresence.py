"""Who was in one cell with a case's phone, long enough to be looked at: 时空伴随, as a rule over visits.

The rule of 2020 and 2021: one cell, ten minutes together at a stretch, and either phone in that cell for more than
thirty hours in fourteen days. An answer names people to be asked; it is a fact about nobody. A cell has borders: two
sides of a street may lie in two cells, and a kilometre within one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from nanhai.domain.identifiers import Instant
from nanhai.domain.sightings import Visit, visits

Stretch = tuple[Instant, Instant]
OVER: Stretch = (0, 0)


@dataclass(frozen=True, slots=True)
class CoPresenceRule:
    together_s: int  # a stretch longer than this counts
    in_cell_s: int  # and either phone longer than this in the cell, over all days looked at
    days: int


@dataclass(frozen=True, slots=True, order=True)
class Meeting:
    """One stretch [since, until) in one cell, and for how long each phone was in it over all days looked at."""

    phone: str
    since: Instant
    until: Instant
    cell: int
    theirs_in_cell_s: int
    other_in_cell_s: int


def by_cell(told: Iterable[Visit]) -> dict[int, list[Stretch]]:
    """Ascending stretches of one phone in each cell; adjacent ones are one."""
    found: dict[int, list[Stretch]] = {}
    for visit in visits(told):
        stretches = found.setdefault(visit.cell, [])
        if stretches and stretches[-1][1] == visit.since:  # one cell in two regions
            stretches[-1] = (stretches[-1][0], visit.until)
        else:
            stretches.append((visit.since, visit.until))
    return found


def overlaps(one: Sequence[Stretch], other: Sequence[Stretch]) -> Iterator[Stretch]:
    """The stretches that two ascending lists of disjoint ones share."""
    left, right = iter(one), iter(other)
    (since, until), (begin, end) = next(left, OVER), next(right, OVER)
    while until and end:
        if begin < until and since < end:
            yield (since if begin < since else begin), (until if until < end else end)
        if until <= end:
            since, until = next(left, OVER)
        else:
            begin, end = next(right, OVER)


def meetings(
    theirs: Iterable[Visit], others: Mapping[str, Iterable[Visit]], rule: CoPresenceRule
) -> tuple[Meeting, ...]:
    """Every stretch that counts, by phone and time. `theirs`: of the case's phone; all over the days looked at."""
    own = by_cell(theirs)
    own_s = {cell: seconds(stretches) for cell, stretches in own.items()}
    found = [
        Meeting(phone, since, until, cell, own_s[cell], other_s)
        for phone, told in others.items()
        for cell, stretches in by_cell(told).items()
        if cell in own and _counts(own_s[cell], other_s := seconds(stretches), rule)
        for since, until in overlaps(own[cell], stretches)
        if until - since > rule.together_s
    ]
    return tuple(sorted(found))


def _counts(own_s: int, other_s: int, rule: CoPresenceRule) -> bool:
    return own_s > rule.in_cell_s or other_s > rule.in_cell_s


def seconds(stretches: Iterable[Stretch]) -> int:
    """Of disjoint ones, together."""
    return sum(until - since for since, until in stretches)
