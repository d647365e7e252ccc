"""Where and on which days somebody was in an affected area, in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from nanhai.domain.days import date_of, local_day
from nanhai.domain.identifiers import CITY_DIGITS, Instant
from nanhai.domain.records import Record, Stay
from nanhai.policies.cities import city_name
from nanhai.texts import Language, text

CODE_DIGITS = 6
SENTENCES_MAX = 10  # the records beside them tell everything


@dataclass(frozen=True, slots=True)
class _Where:
    """A city, from the first to the last local day."""

    city: str
    first: int
    last: int


def sentences(records: Iterable[Record], since: Instant, language: Language) -> str:
    """A sentence for each city and run of days from `since` on, first things first; empty when there is no stay."""
    found = _runs(sorted((r.fact for r in records if isinstance(r.fact, Stay)), key=lambda stay: stay.since), since)
    said = [_sentence(one, language) for one in found[:SENTENCES_MAX]]
    if len(found) > SENTENCES_MAX:
        said.append(text("passes.stay-more", language, {"number": len(found) - SENTENCES_MAX}))
    return " ".join(said)


def _runs(stays: Iterable[Stay], since: Instant) -> list[_Where]:
    """Ascending stays in one city on days that follow each other are together."""
    found: list[_Where] = []
    for stay in stays:
        if (begins := max(stay.since, since)) >= stay.until:
            continue
        new = _Where(stay.region[:CITY_DIGITS], local_day(begins), local_day(stay.until - 1))
        last = found[-1] if found else None
        if last is not None and last.city == new.city and new.first <= last.last + 1:
            found[-1] = _Where(last.city, last.first, max(last.last, new.last))
        else:
            found.append(new)
    return found


def _sentence(where: _Where, language: Language) -> str:
    city, first, last = _name(where.city, language), f"{date_of(where.first)}", f"{date_of(where.last)}"
    if first == last:
        return text("passes.stay-day", language, {"city": city, "day": first})
    return text("passes.stay-days", language, {"city": city, "since": first, "until": last})


def _name(city: str, language: Language) -> str:
    """A region wider than a city by its code."""
    return city.ljust(CODE_DIGITS, "0") if len(city) < CITY_DIGITS else city_name(city, language)
