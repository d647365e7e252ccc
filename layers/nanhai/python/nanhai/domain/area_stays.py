"""Which stays in affected areas a phone's days tell of: facts that its holder's colour may follow from.

What a day tells rests on that day and on the first visits of the next one, never on the day before: a day that is
forgotten takes nothing from those after it. A stay that midnight cuts is two, which adjoin.

What an authority withdrew is nobody's stay any more, however often and in whatever pieces it is told again: the rest
is told as it would be if the phone had been elsewhere meanwhile.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from nanhai.domain.days import day_begins, local_day
from nanhai.domain.decide import effective
from nanhai.domain.findings import AUTHORITIES
from nanhai.domain.identifiers import CITY_DIGITS, Region
from nanhai.domain.policy import Area, Policy
from nanhai.domain.records import Record, Source, Stay
from nanhai.domain.sightings import Visit

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
        code = _code(visit)
        return [
            area
            for digits in (2, 4, 6)
            for area in self.areas.get(code[:digits], ())
            if area.since < visit.until and (area.until is None or visit.since < area.until)
        ]


def told_by(
    days: Days, affected: Affected, *, minimum_s: int, silence_s: int, withdrawn: Sequence[Stay] = ()
) -> list[Stay]:
    """The stays, ascending. Two visits to one area are one stay when nothing lies between and the phone was silent for
    `silence_s` at most.

    Left out are what was `withdrawn`, and those shorter than `minimum_s` that cannot go on in another day: no finding
    comes of them.
    """
    cut = {day: [*_cut(visits, withdrawn)] for day, visits in days.items()}
    return sorted(
        (
            stay
            for run in _runs(cut, affected, silence_s, withdrawn)
            for day, pieces in groupby(_pieces(run), key=lambda piece: local_day(piece.since))
            for stay in _of_day([*pieces], cut[day], run[0].area, minimum_s, silence_s)
        ),
        key=lambda stay: (stay.since, stay.region, stay.until),
    )


@dataclass(frozen=True, slots=True)
class Differences:
    """What has to be recorded, and which records to withdraw, so that the records say what the days tell."""

    missing: tuple[Stay, ...]
    wrong: tuple[Record, ...]


def withdrawn(records: Sequence[Record], feed: str) -> list[Stay]:
    """The stays of `feed` that an authority took back, and which therefore stay away."""
    judged = {record.supersedes for record in effective(records) if record.source in AUTHORITIES}
    return [_stay(record) for record in records if record.record_id in judged and is_from(record, feed)]


def differences(told: Sequence[Stay], records: Sequence[Record], feed: str, days: Collection[int]) -> Differences:
    """Against the records that `feed` made of these local days."""
    ours = [record for record in effective(records) if is_from(record, feed) and local_day(_stay(record).since) in days]
    there, wanted = {_stay(record) for record in ours}, set(told)
    missing = [stay for stay in told if stay not in there]
    return Differences(tuple(missing), tuple(record for record in ours if _stay(record) not in wanted))


def is_from(record: Record, feed: str) -> bool:
    """Whether it is a stay that `feed` told of."""
    return isinstance(record.fact, Stay) and (record.source, record.source_id) == (Source.OPERATOR, feed)


@dataclass(frozen=True, slots=True)
class _Seen:
    """A visit within an affected area, and what it is told as."""

    visit: Visit
    area: Region
    region: Region


def _cut(visits: Sequence[Visit], withdrawn: Sequence[Stay]) -> Iterator[Visit]:
    """The same visits, in pieces that each were withdrawn as a whole or not at all."""
    edges = sorted({edge for stay in withdrawn for edge in (stay.since, stay.until)})
    for visit in visits:
        cuts = [visit.since, *(edge for edge in edges if visit.since < edge < visit.until), visit.until]
        yield from (replace(visit, since=since, until=until) for since, until in pairwise(cuts))


def _runs(days: Days, affected: Affected, silence_s: int, withdrawn: Sequence[Stay]) -> Iterator[list[_Seen]]:
    run: list[_Seen] = []
    for visit in (visit for day in sorted(days) for visit in days[day]):
        taken = _is_withdrawn(Stay(_code(visit), visit.since, visit.until), withdrawn)
        seen = None if taken else _seen(visit, affected)
        if run and (seen is None or not _goes_on(run[-1], seen, silence_s, withdrawn)):
            yield run
            run = []
        if seen is not None:
            run.append(seen)
    if run:
        yield run


def _goes_on(before: _Seen, seen: _Seen, silence_s: int, withdrawn: Sequence[Stay]) -> bool:
    """Silence within what was withdrawn is nobody's stay either."""
    silence = Stay(before.region, before.visit.until, seen.visit.since)
    return (
        before.area == seen.area
        and silence.until - silence.since <= silence_s
        and not _is_withdrawn(silence, withdrawn)
    )


def _is_withdrawn(told: Stay, withdrawn: Sequence[Stay]) -> bool:
    """Whether any of it was, under the same name or that of a region around or within it."""
    return any(
        stay.since < told.until
        and told.since < stay.until
        and (told.region.startswith(stay.region) or stay.region.startswith(told.region))
        for stay in withdrawn
    )


def _code(visit: Visit) -> Region:
    return Region(f"{visit.region:06}")


def _seen(visit: Visit, affected: Affected) -> _Seen | None:
    """Told by its city, or more closely where the policy lists districts."""
    areas = affected.around(visit)
    if not areas:
        return None
    digits = max(CITY_DIGITS, len(areas[-1].region))
    return _Seen(visit, areas[0].region, Region(_code(visit)[:digits]))


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


def _stay(record: Record) -> Stay:
    assert isinstance(record.fact, Stay)  # noqa: S101 - `is_from` says so
    return record.fact
