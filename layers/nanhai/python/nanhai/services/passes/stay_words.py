"""Where and on which days somebody was in an affected area, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from nanhai.domain.area_stays import CITY_DIGITS
from nanhai.domain.days import local_date, local_day
from nanhai.domain.identifiers import Instant
from nanhai.domain.records import Record, Stay
from nanhai.domain.sightings import day_begins
from nanhai.policies.trajectories import city_name
from nanhai.texts import Language, text

CODE_DIGITS = 6
CITIES_MAX = 10  # named in one sentence; the records name all

Days = tuple[int, int]  # the first and the last local day


def where(records: Iterable[Record], since: Instant, language: Language) -> str:
    """The cities of the stays with their days from `since` on, first things first; empty when there is no stay."""
    named = list(_cities(records, since).items())
    parts = [
        text("passes.stay-city", language, {"city": _name(city, language), "days": _days(days, language)})
        for city, days in named[:CITIES_MAX]
    ]
    if len(named) > CITIES_MAX:
        parts.append(text("passes.stay-more", language, {"number": len(named) - CITIES_MAX}))
    return text("passes.list-comma", language).join(parts)


def _cities(records: Iterable[Record], since: Instant) -> Mapping[str, list[Days]]:
    """Days that follow each other are together."""
    cities: dict[str, list[Days]] = {}
    for stay in sorted((r.fact for r in records if isinstance(r.fact, Stay)), key=lambda fact: fact.since):
        if (begins := max(stay.since, since)) < stay.until:
            first, last = local_day(begins), local_day(stay.until - 1)
            known = cities.setdefault(stay.region[:CITY_DIGITS], [])
            if known and first <= known[-1][1] + 1:
                known[-1] = (known[-1][0], max(known[-1][1], last))
            else:
                known.append((first, last))
    return cities


def _name(city: str, language: Language) -> str:
    """A region wider than a city by its code."""
    return city.ljust(CODE_DIGITS, "0") if len(city) < CITY_DIGITS else city_name(city, language)


def _days(runs: Iterable[Days], language: Language) -> str:
    return text("passes.list-comma", language).join(
        _day(first, language)
        if first == last
        else text("passes.stay-days", language, {"since": _day(first, language), "until": _day(last, language)})
        for first, last in runs
    )


def _day(day: int, language: Language) -> str:
    date = local_date(day_begins(day))
    return text("passes.stay-day", language, {"year": date.year, "month": date.month, "day": date.day})
