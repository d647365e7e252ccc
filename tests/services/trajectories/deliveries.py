"""Deliveries made for tests: towers, phones and rows, as Parquet, CSV or NDJSON."""

from __future__ import annotations

import csv
import json
import random
from pathlib import Path

import duckdb
from nanhai.domain.days import day_begins
from nanhai.domain.sightings import Visit, by_day, pack, visits
from nanhai.services.trajectories import towers
from nanhai.services.trajectories.towers import Tower, cell_of
from nanhai.store.sightings import PersonDay

OPERATOR = "china-mobile"
TOWERS = {f"T-{number:03d}": (113.10 + number * 0.01, 23.02, 440605) for number in range(30)}
TOWERS |= {"W-001": (114.30, 30.60, 420100)}
DAYS_MAX = 40_000
COLUMNS = ("phone", "tower", "from", "to")


def phone(number: int) -> str:
    return f"{number:032x}"


def load_towers(at: int) -> None:
    towers.load(OPERATOR, [tower(name) for name in TOWERS], at)


def tower(name: str) -> Tower:
    longitude, latitude, region = TOWERS[name]
    return Tower(name, cell_of(longitude, latitude), region)


def rows(people: int, days: range, seed: int = 1) -> list[tuple[str, str, int, int]]:
    """Every phone's days, some with overlaps, repetitions and stays over midnight, in no order."""
    dice = random.Random(seed)
    found = []
    for person in range(people):
        for day in days:
            for _ in range(dice.randint(1, 6)):
                since = day_begins(day) + dice.randrange(86_000)
                found.append((phone(person), dice.choice(list(TOWERS)), since, since + dice.randint(1, 20_000)))
    until = day_begins(days.stop)
    found = [(who, where, since, min(to, until)) for who, where, since, to in found]
    found += found[:10]
    dice.shuffle(found)
    return found


def of_what(day: PersonDay) -> tuple[str, int, int]:
    """An order of person-days."""
    return day.phone, day.day, day.revision


def expected(told, revision: int, at: int, first: int = 0, last: int = DAYS_MAX) -> list[PersonDay]:
    """What the domain makes of these rows, on the days of the delivery."""
    theirs: dict[str, list[Visit]] = {}
    for who, where, since, until in told:
        theirs.setdefault(who, []).append(Visit(since, until, tower(where).cell, tower(where).region))
    return [
        PersonDay(who, day, revision, pack(day, pieces), at)
        for who, found in theirs.items()
        for day, pieces in by_day(visits(found)).items()
        if first <= day <= last
    ]


def parquet(
    path: Path, told, types: str = "VARCHAR, VARCHAR, BIGINT, BIGINT", columns=COLUMNS, rows_per_group: int = 100_000
) -> Path:
    with duckdb.connect() as connection:
        made = ", ".join(f'"{name}" {kind}' for name, kind in zip(columns, types.split(","), strict=True))
        connection.execute(f"CREATE TABLE t ({made})")
        held = [json.dumps(column, default=str) for column in zip(*told, strict=True)]  # DuckDB binds lists slowly
        column = """unnest(from_json(?, '["VARCHAR"]'))"""
        connection.execute(f"INSERT INTO t SELECT {', '.join([column] * len(columns))}", held)
        connection.execute(f"COPY t TO '{path}' (FORMAT parquet, ROW_GROUP_SIZE {rows_per_group})")
    return path


def text(path: Path, told, columns=COLUMNS) -> Path:
    with path.open("w", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(columns)
        writer.writerows(told)
    return path


def ndjson(path: Path, told, columns=COLUMNS) -> Path:
    path.write_text("".join(json.dumps(dict(zip(columns, row, strict=True))) + "\n" for row in told))
    return path


FORMS = {"parquet": parquet, "csv": text, "ndjson": ndjson}
