"""Which cities somebody was in, day by day: what the 14-day lookup tells.

A city is the first four digits of a division code. It counts from a stay of more than four hours on (the rule of the
operators' own lookup of February 2020), on every day that the stay touches; the newest day is yesterday.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from nanhai.domain.sightings import Visit, by_day, joined, stays, visits


@dataclass(frozen=True, slots=True)
class CityRule:
    minimum_stay_s: int  # a stay longer than this counts
    silence_s: int  # so long a phone may be silent within a stay
    days: int
    one_city: Mapping[str, str] = field(default_factory=dict)  # where a city has two codes: the one it counts under


@dataclass(frozen=True, slots=True, order=True)
class CityDay:
    day: int  # number of the local day
    city: str  # four digits
    heard_s: int  # of that day


def city_of(visit: Visit, rule: CityRule) -> str:
    code = f"{visit.region:06}"[:4]
    return rule.one_city.get(code, code)


def window(today: int, days: int) -> tuple[int, int]:
    """The first and the last day that may be told on the day `today`: never the day before the first."""
    return today - days, today - 1


def city_days(found: Iterable[Visit], rule: CityRule, today: int) -> tuple[CityDay, ...]:
    """By day and city, for how long the phone was heard there; days outside the window are not looked at."""
    first, last = window(today, rule.days)
    inside = joined(pieces for day, pieces in by_day(visits(found)).items() if first <= day <= last)
    heard: dict[tuple[int, str], int] = {}
    for stay in stays(inside, lambda visit: city_of(visit, rule), rule.silence_s):
        if stay.heard_s > rule.minimum_stay_s:
            for day, pieces in by_day(v for v in inside if stay.since <= v.since and v.until <= stay.until).items():
                seconds = sum(piece.until - piece.since for piece in pieces)
                heard[day, stay.place] = heard.get((day, stay.place), 0) + seconds
    return tuple(sorted(CityDay(day, city, seconds) for (day, city), seconds in heard.items()))
