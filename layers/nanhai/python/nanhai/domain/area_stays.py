"""Which stays in affected areas a phone's days tell of: facts that its holder's colour may follow from.

What a day tells rests on that day and on the first visits of the next one, never on the day before: a day that is
forgotten takes nothing from those after it. A stay that midnight cuts is two, which adjoin.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from nanhai.domain.days import local_day
from nanhai.domain.decide import effective
from nanhai.domain.findings import AUTHORITIES
from nanhai.domain.identifiers import Region
from nanhai.domain.policy import Area, Policy
from nanhai.domain.records import Record, Source, Stay
from nanhai.domain.sightings import Visit, day_begins

CITY_DIGITS = 4
PIECES_PER_DAY_MAX = 4  # cities that one stretch of a day tells apart; of more, the area alone is told

Days = Mapping[int, Sequence[Visit]]


@dataclass(frozen=True, slots=True)
class Affected:
    """The affected areas of a policy, found by a visit."""

    areas: Mapping[str, Sequence[Area]]  # by region

    @classmethod
    def of(cls, policy: Policy) -> Affected:
        areas: dict[str, list[Area]] = {}
        for area in policy.areas:
            areas.setdefault(area.region, []).append(area)
        return cls(areas)

    def around(self, visit: Visit) -> list[Area]:
        """Those in which the visit lies while they are affected, the widest first."""
        code = f"{visit.region:06}"
        return [
            area
            for digits in (2, 4, 6)
            for area in self.areas.get(code[:digits], ())
            if area.since < visit.until and (area.until is None or visit.since < area.until)
        ]


def told_by(days: Days, affected: Affected, *, minimum_s: int, silence_s: int) -> list[Stay]:
    """The stays, ascending. Two visits to one area are one stay when nothing lies between and the phone was silent for
    `silence_s` at most.

    Left out are those shorter than `minimum_s` that cannot go on in another day: no finding comes of them.
    """
    return sorted(
        (
            stay
            for run in _runs(days, affected, silence_s)
            for day, pieces in groupby(_pieces(run), key=lambda piece: local_day(piece.since))
            for stay in _of_day([*pieces], days[day], run[0].area, minimum_s, silence_s)
        ),
        key=lambda stay: (stay.since, stay.region, stay.until),
    )


@dataclass(frozen=True, slots=True)
class Differences:
    """What has to be recorded, and which records to withdraw, so that the records say what the days tell."""

    missing: tuple[Stay, ...]
    wrong: tuple[Record, ...]


def differences(told: Sequence[Stay], records: Sequence[Record], feed: str, days: Collection[int]) -> Differences:
    """Against the records that `feed` made of these local days.

    What an authority withdrew stays withdrawn, until a stay is told that goes beyond it.
    """
    known = [record for record in records if is_from(record, feed) and local_day(_stay(record).since) in days]
    standing = effective(records)
    valid = {record.record_id for record in standing}
    judged = {record.supersedes for record in standing if record.source in AUTHORITIES}
    ours = [record for record in known if record.record_id in valid]
    withdrawn = [_stay(record) for record in known if record.record_id in judged]
    there = {_stay(record) for record in ours}
    missing = [stay for stay in told if stay not in there and not any(_covers(one, stay) for one in withdrawn)]
    return Differences(tuple(missing), tuple(record for record in ours if _stay(record) not in set(told)))


def is_from(record: Record, feed: str) -> bool:
    """Whether it is a stay that `feed` told of."""
    return isinstance(record.fact, Stay) and (record.source, record.source_id) == (Source.OPERATOR, feed)


@dataclass(frozen=True, slots=True)
class _Seen:
    """A visit within an affected area, and what it is told as."""

    visit: Visit
    area: Region
    region: Region


def _runs(days: Days, affected: Affected, silence_s: int) -> Iterator[list[_Seen]]:
    run: list[_Seen] = []
    for visit in (visit for day in sorted(days) for visit in days[day]):
        seen = _seen(visit, affected)
        if run and (seen is None or seen.area != run[-1].area or visit.since - run[-1].visit.until > silence_s):
            yield run
            run = []
        if seen is not None:
            run.append(seen)
    if run:
        yield run


def _seen(visit: Visit, affected: Affected) -> _Seen | None:
    """Told by its city, or more closely where the policy lists districts."""
    areas = affected.around(visit)
    if not areas:
        return None
    digits = max(CITY_DIGITS, len(areas[-1].region))
    return _Seen(visit, areas[0].region, Region(f"{visit.region:06}"[:digits]))


def _pieces(run: Sequence[_Seen]) -> Iterator[Stay]:
    """Visits as stays, each until the next one began, cut where the region or the day changes."""
    ends = [*(following.visit.since for following in run[1:]), run[-1].visit.until]
    found = [Stay(seen.region, seen.visit.since, until) for seen, until in zip(run, ends, strict=True)]
    for _, same in groupby(found, key=lambda stay: (local_day(stay.since), stay.region)):
        stretch = [*same]
        yield Stay(stretch[0].region, stretch[0].since, stretch[-1].until)


def _of_day(
    pieces: Sequence[Stay], visits: Sequence[Visit], area: Region, minimum_s: int, silence_s: int
) -> Sequence[Stay]:
    """What one stretch is told as of one day; `visits`: all of that day."""
    whole = Stay(area, pieces[0].since, pieces[-1].until)
    if whole.until - whole.since < minimum_s and not _may_go_on(whole, visits, silence_s):
        return ()
    return pieces if len(pieces) <= PIECES_PER_DAY_MAX else [whole]


def _may_go_on(whole: Stay, visits: Sequence[Visit], silence_s: int) -> bool:
    """Whether another day may hold more of it: nothing lies between it and an end of its day, and no long silence."""
    day = local_day(whole.since)
    first = whole.since == visits[0].since and whole.since - day_begins(day) <= silence_s
    last = whole.until >= visits[-1].until and day_begins(day + 1) - whole.until <= silence_s
    return first or last


def _covers(one: Stay, other: Stay) -> bool:
    return one.region == other.region and one.since <= other.since and other.until <= one.until


def _stay(record: Record) -> Stay:
    assert isinstance(record.fact, Stay)  # noqa: S101 - `is_from` says so
    return record.fact
