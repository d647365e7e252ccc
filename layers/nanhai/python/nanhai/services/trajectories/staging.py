"""A delivery read through once: rows checked and placed, refused ones told by line, the others in parts.

A part holds whole phones, so that parts are independent of each other. What comes out follows from the file, the towers
and the moment when the load began, and from nothing else: staged again it is the same.
"""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from nanhai.domain.days import local_day
from nanhai.domain.errors import Refusal
from nanhai.domain.identifiers import Instant
from nanhai.domain.sightings import day_begins
from nanhai.services.trajectories import reading
from nanhai.services.trajectories.faults import RowFault
from nanhai.services.trajectories.towers import Towers
from nanhai.store.loads import PARTS_MAX, REJECTS_KEPT_MAX, Reject, Staged

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

ROWS_PER_PART = 500_000
ROWS_MAX = ROWS_PER_PART * PARTS_MAX
POINTS_PER_FETCH = 50_000
POINT_DIGITS = 5  # of degrees: a metre
ROWS_PER_FLUSH = 50_000

Told = Callable[[str], None]


class TooManyRows(Refusal):
    """More rows than one delivery may have: it is told in several, each of whole person-days."""

    code = "sightings.too-many-rows"
    kind = "too-large"


@dataclass(frozen=True, slots=True)
class Stage:
    """A folder with one delivery's parts: rows/part=<number>/ and phones/part=<number>/."""

    folder: Path

    def part(self, number: int) -> Path:
        return self.folder / f"part-{number:04d}"


def stage(
    file: Path, form: str, towers: Towers, at: Instant, kept_days: int, folder: Path
) -> tuple[Staged, list[Reject]]:
    """Writes the parts into `folder`, in place of what is there: whole or, when it was interrupted, not at all."""
    making = folder.with_suffix(".making")
    for old in (making, folder):
        shutil.rmtree(old, ignore_errors=True)
    with reading.session(making / "work") as connection:
        reading.tell(connection, file, form)
        rows = _count(connection)
        parts = min(PARTS_MAX, max(1, -(-rows // ROWS_PER_PART)))
        _know(connection, towers, making / "work", parts)
        _write(connection, making, _days(at, kept_days))
        counts, rejects = _rejected(connection, making)
    shutil.rmtree(making / "work")
    _arrange(making, parts)
    making.rename(folder)
    return Staged(parts, rows, counts), rejects


def _count(connection: DuckDBPyConnection) -> int:
    rows = _number(connection, "SELECT count(*) FROM told")
    if rows > ROWS_MAX:
        raise TooManyRows(most=ROWS_MAX)
    return rows


def _know(connection: DuckDBPyConnection, towers: Towers, folder: Path, parts: int) -> None:
    """Tables of what the rows name: phones with numbers and parts, towers, points."""
    connection.execute(
        "CREATE TABLE phones AS SELECT phone, (row_number() OVER (ORDER BY phone) - 1)::UINTEGER AS number "
        "FROM (SELECT DISTINCT phone FROM told WHERE regexp_full_match(phone, '[0-9a-f]{32}'))"
    )
    each = max(1, -(-_number(connection, "SELECT count(*) FROM phones") // parts))
    part = f"(number // {each})::SMALLINT"
    connection.execute(f"CREATE VIEW numbered AS SELECT phone, number, {part} AS part FROM phones")  # noqa: S608 - a number
    _table(connection, folder, "towers", "name VARCHAR", ((n, *place) for n, place in towers.places.items()))
    _table(connection, folder, "points", "longitude DOUBLE, latitude DOUBLE", _points(connection, towers))


def _points(connection: DuckDBPyConnection, towers: Towers) -> Iterator[tuple[float, float, int, int]]:
    asked = connection.cursor().execute(
        f"SELECT DISTINCT round(longitude, {POINT_DIGITS}), round(latitude, {POINT_DIGITS}) "  # noqa: S608 - a number
        "FROM told WHERE tower IS NULL AND longitude IS NOT NULL AND latitude IS NOT NULL"
    )
    while page := asked.fetchmany(POINTS_PER_FETCH):
        for longitude, latitude in page:
            if (place := towers.at(longitude, latitude)) is not None:
                yield longitude, latitude, *place


def _table(
    connection: DuckDBPyConnection, folder: Path, name: str, keys: str, rows: Iterator[tuple[str | float, ...]]
) -> None:
    path = folder / f"{name}.csv"
    with path.open("w", encoding="ascii", newline="") as out:
        csv.writer(out).writerows(rows)
    connection.execute(f"CREATE TABLE {name} ({keys}, cell UINTEGER, region UINTEGER)")
    if path.stat().st_size:
        connection.execute(f"COPY {name} FROM '{path}' (HEADER false, QUOTE '\"', ESCAPE '\"', DELIMITER ',')")


def _write(connection: DuckDBPyConnection, making: Path, days: tuple[Instant, Instant]) -> None:
    """Rows by part; the refused ones, with their line and code, as the part -1."""
    connection.execute(f"SET partitioned_write_flush_threshold = {ROWS_PER_FLUSH}")
    sound = ("number", "since", "until", "cell", "region")
    columns = [f"CASE WHEN fault IS NULL THEN {name} END AS {name}" for name in sound]
    columns += ["CASE WHEN fault IS NOT NULL THEN line END AS line", "fault"]
    columns += ["CASE WHEN fault IS NULL THEN part ELSE -1 END AS part"]
    asked = f"SELECT {', '.join(columns)} FROM ({_checked(*days)})"  # noqa: S608 - columns of ours
    connection.execute(f"COPY ({asked}) TO '{making / 'rows'}' (FORMAT parquet, COMPRESSION lz4, PARTITION_BY (part))")
    phones = "SELECT number, phone, part FROM numbered"
    connection.execute(f"COPY ({phones}) TO '{making / 'phones'}' (FORMAT parquet, PARTITION_BY (part))")


def _checked(first: Instant, last: Instant) -> str:
    point = f"round(told.longitude, {POINT_DIGITS}) = p.longitude AND round(told.latitude, {POINT_DIGITS}) = p.latitude"
    place = "coalesce(t.cell, p.cell) AS cell, coalesce(t.region, p.region) AS region"
    return (
        f"SELECT number, since, until, {place}, line, part, {_fault(first, last)} AS fault "  # noqa: S608 - columns of ours
        "FROM told LEFT JOIN numbered USING (phone) LEFT JOIN towers t ON tower = name "
        f"LEFT JOIN points p ON tower IS NULL AND {point}"
    )


def _fault(first: Instant, last: Instant) -> str:
    """The first thing that is wrong with a row, or NULL."""
    wrong: Mapping[RowFault, str] = {
        RowFault.FORM: "NOT formed",
        RowFault.PHONE: "number IS NULL",
        RowFault.TOWER: "tower IS NOT NULL AND t.cell IS NULL",
        RowFault.PLACE: "tower IS NULL AND p.cell IS NULL",
        RowFault.TIME: "since IS NULL OR until IS NULL",
        RowFault.INTERVAL: "since >= until",
        RowFault.DAY: f"since < {first} OR until > {last}",
    }
    return "CASE " + " ".join(f"WHEN {why} THEN '{code.value}'" for code, why in wrong.items()) + " END"


def _days(at: Instant, kept_days: int) -> tuple[Instant, Instant]:
    today = local_day(at)
    return day_begins(today - kept_days), day_begins(today + 1)


def _rejected(connection: DuckDBPyConnection, making: Path) -> tuple[dict[str, int], list[Reject]]:
    refused = making / "rows" / "part=-1"
    if not refused.is_dir():
        return {}, []
    read = f"read_parquet('{refused}/*.parquet', hive_partitioning=false)"
    counts = connection.execute(f"SELECT fault, count(*) FROM {read} GROUP BY fault ORDER BY fault").fetchall()  # noqa: S608 - a path of ours
    first = connection.execute(f"SELECT line, fault FROM {read} ORDER BY line LIMIT {REJECTS_KEPT_MAX}").fetchall()  # noqa: S608 - as above
    shutil.rmtree(refused)
    return dict(counts), [Reject(line, code) for line, code in first]


def _arrange(making: Path, parts: int) -> None:
    """A folder for each part, with its rows and its phones; one of which nothing is left is empty."""
    for number in range(parts):
        part = Stage(making).part(number)
        part.mkdir()
        for kind in ("rows", "phones"):
            found = making / kind / f"part={number}"
            if found.is_dir():
                found.rename(part / kind)
    for kind in ("rows", "phones"):
        shutil.rmtree(making / kind, ignore_errors=True)


def _number(connection: DuckDBPyConnection, asked: str) -> int:
    found = connection.execute(asked).fetchone()
    return int(found[0]) if found else 0
