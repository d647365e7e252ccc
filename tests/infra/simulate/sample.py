"""A small simulated district, and what its files say."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import date
from functools import cache
from pathlib import Path

import duckdb
from h3.api import basic_int
from nanhai.domain.sightings import Visit, compact

from infra.simulate import district

KEY = bytes(range(32))
UNTIL = date(2020, 3, 20)
FIRST_DAY, DAYS = 18_332, 9  # the eleventh of March 2020
SMALL = {"days": DAYS, "until": UNTIL, "seed": 3, "key": KEY, "towers_per_town": 9, "rows_per_day": 40}
OPERATORS = ("china-mobile", "china-unicom")


def make(folder: Path, people: int = 120, **other) -> district.Simulated:
    return district.make(folder, people, **{**SMALL, "operators": OPERATORS, **other})


def rows(path: Path) -> list[tuple[str, str, int, int]]:
    """Phone, tower, from and to of each row, as they lie in the file."""
    with duckdb.connect(config={"threads": 1}) as connection:
        return connection.execute('SELECT phone, tower, "from", "to" FROM read_parquet($1)', [str(path)]).fetchall()


def towers(path: Path) -> dict[str, dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return {row["tower"]: row for row in csv.DictReader(file)}


def told(made: district.Simulated) -> dict[str, list[Visit]]:
    """Each phone's rows, of all operators, by the cell and region of the tower."""
    known = {
        name: (_cell(row["latitude"], row["longitude"]), int(row["region"]))
        for name, row in towers(made.paths.towers).items()
    }
    found = defaultdict(list)
    for path in made.paths.signalling:
        for phone, tower, since, until in rows(path):
            found[phone].append(Visit(since, until, *known[tower]))
    return found


@cache
def _cell(latitude: str, longitude: str) -> int:
    return compact(basic_int.latlng_to_cell(float(latitude), float(longitude), 8))
