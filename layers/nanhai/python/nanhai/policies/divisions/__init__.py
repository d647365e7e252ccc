"""The divisions of the districts that ship.

<district>.csv: code, name, town_code, town. 440605: National Bureau of Statistics, statistical division codes, edition
of 2023.
<district>-places.csv: what is known of a district's places before any are loaded. 440605: where its towns have their
seats, read off public maps and rounded to 0.01° (about a kilometre), so that they tell which town is near and nothing
more; and the names of the former towns that were merged into those of today between 2003 and 2013.
words.json: what names of communities, towns and streets end in.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from functools import cache
from importlib import resources

from nanhai.domain.divisions import Community, Divisions
from nanhai.domain.identifiers import DivisionCode
from nanhai.domain.place_names import Endings, Kind, Known


@cache
def divisions(district: str) -> Divisions:
    """The divisions of a district by its six-digit code; LookupError when none ship for it."""
    return Divisions(
        Community(DivisionCode(row["code"]), row["name"], DivisionCode(row["town_code"]), row["town"])
        for row in _rows(f"{district}.csv")
    )


@cache
def shipped_places(district: str) -> tuple[Known, ...]:
    """What is known of a district's places before any are loaded; LookupError when nothing ships for it."""
    return tuple(
        Known(row["name"], Kind(row["kind"]), row["code"], _degrees(row["latitude"]), _degrees(row["longitude"]))
        for row in _rows(f"{district}-places.csv")
    )


@cache
def endings() -> Endings:
    told = json.loads(resources.files(__name__).joinpath("words.json").read_text("utf-8"))
    return Endings(tuple(told["community"]), tuple(told["town"]), re.compile(told["street"]))


def _rows(file: str) -> Iterator[dict[str, str]]:
    source = resources.files(__name__).joinpath(file)
    if not source.is_file():
        raise LookupError(f"no {file} ships")
    yield from csv.DictReader(source.read_text("utf-8").splitlines())


def _degrees(text: str) -> float | None:
    return float(text) if text else None
