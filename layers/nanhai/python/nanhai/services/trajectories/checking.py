"""Rows of a part checked and placed by DuckDB: sound ones as columns, refused ones by line and code."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from nanhai.domain.days import day_begins
from nanhai.services.trajectories import reading
from nanhai.services.trajectories.columns import SECONDS_MAX, Ints, Places, Rows
from nanhai.services.trajectories.faults import RowFault
from nanhai.services.trajectories.reading import quoted
from nanhai.services.trajectories.towers import Towers
from nanhai.store.loads import Reject

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

POINTS_PER_FETCH = 50_000
POINT_DIGITS = 5  # of degrees: a metre
SOUND = ("since", "until", "place")
NONE = (1 << 32) - 1  # in place of what a refused row says

Columns = dict[str, npt.NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Checked:
    """`phones`: by the numbers that `rows` have; `rejected`: how many by code; `rejects`: the first of them."""

    phones: list[str]
    rows: Rows
    places: Places
    rejected: dict[str, int]
    rejects: list[Reject]


@dataclass(frozen=True, slots=True)
class Check:
    """Checks of rows told by an operator with these towers, in a delivery of the local days `first` to `last`."""

    connection: DuckDBPyConnection
    folder: Path
    towers: Towers
    first: int
    last: int

    def prepare(self) -> None:
        """Once in a session: where each tower stands, as a table."""
        self._table("towers", "name VARCHAR", ((name, *place) for name, place in self.towers.places.items()))

    def part(self, condition: str, rejects_max: int) -> Checked:
        """The rows of `told` that are `condition` so."""
        self.connection.execute(f"CREATE OR REPLACE VIEW part AS SELECT * FROM told WHERE {condition}")  # noqa: S608 - made by staging
        self._table("points", "longitude DOUBLE, latitude DOUBLE", self._points())
        places = self._places()
        sound = ", ".join(f"CASE WHEN fault IS NULL THEN {name} ELSE {NONE} END::UINTEGER AS {name}" for name in SOUND)
        asked = f"SELECT hash(phone) AS phone, {sound} FROM ({self._checked()})"  # noqa: S608 - columns of ours
        found: Columns = self.connection.execute(asked).fetchnumpy()
        refused = found["place"] == NONE
        rejected, rejects = self._rejected(rejects_max) if refused.any() else ({}, [])
        if rejected:
            found = {name: column[~refused] for name, column in found.items()}
        phones, numbers = self._phones(np.asarray(found["phone"], np.uint64))
        since, until, place = (found[name].astype(np.int64) for name in ("since", "until", "place"))
        return Checked(phones, Rows(numbers, since, until, place), places, rejected, rejects)

    def _checked(self) -> str:
        longitude, latitude = (f"round(part.{name}, {POINT_DIGITS})" for name in ("longitude", "latitude"))
        point = f"tower IS NULL AND {longitude} = p.longitude AND {latitude} = p.latitude"
        place = "coalesce(t.place, p.place) AS place"
        return (
            f"SELECT phone, since, until, line, {place}, {self._fault()} AS fault FROM part "  # noqa: S608 - of ours
            f"LEFT JOIN placed_towers t ON tower = t.name LEFT JOIN placed_points p ON {point}"
        )

    def _fault(self) -> str:
        """The first thing that is wrong with a row, or NULL."""
        wrong = {
            RowFault.FORM: "NOT formed",
            RowFault.PHONE: f"phone IS NULL OR NOT regexp_full_match(phone, '{reading.PHONE}')",
            RowFault.TOWER: "tower IS NOT NULL AND t.place IS NULL",
            RowFault.PLACE: "tower IS NULL AND p.place IS NULL",
            RowFault.TIME: f"since IS NULL OR until IS NULL OR since < 0 OR until >= {SECONDS_MAX}",
            RowFault.INTERVAL: "since >= until",
            RowFault.DAY: f"since >= {day_begins(self.last + 1)} OR until <= {day_begins(self.first)}",
        }
        return "CASE " + " ".join(f"WHEN {why} THEN '{code.value}'" for code, why in wrong.items()) + " END"

    def _places(self) -> Places:
        """Cells with their regions, numbered in their order."""
        run = self.connection.execute
        number = "(row_number() OVER (ORDER BY cell, region) - 1)::UINTEGER AS place"
        both = "SELECT cell, region FROM towers UNION SELECT cell, region FROM points"
        run(f"CREATE OR REPLACE TEMP TABLE places AS SELECT cell, region, {number} FROM ({both})")  # noqa: S608 - of ours
        for name in ("towers", "points"):
            joined = f"SELECT * FROM {name} JOIN places USING (cell, region)"  # noqa: S608 - names of ours
            run(f"CREATE OR REPLACE TEMP TABLE placed_{name} AS {joined}")
        found = run("SELECT cell::BIGINT AS cell, region::BIGINT AS region FROM places ORDER BY place").fetchnumpy()
        return Places(np.asarray(found["cell"], np.int64), np.asarray(found["region"], np.int64))

    def _points(self) -> Iterator[tuple[float, float, int, int]]:
        asked = self.connection.cursor().execute(
            f"SELECT DISTINCT round(longitude, {POINT_DIGITS}), round(latitude, {POINT_DIGITS}) "  # noqa: S608 - a number
            "FROM part WHERE tower IS NULL AND longitude IS NOT NULL AND latitude IS NOT NULL"
        )
        while page := asked.fetchmany(POINTS_PER_FETCH):
            for longitude, latitude in page:
                if (place := self.towers.at(longitude, latitude)) is not None:
                    yield longitude, latitude, *place

    def _phones(self, hashes: npt.NDArray[np.uint64]) -> tuple[list[str], Ints]:
        """Every phone, and which one each row is of: by runs where they come phone by phone."""
        told = self.connection.execute(
            "SELECT DISTINCT phone, hash(phone) FROM part WHERE phone IS NOT NULL"
        ).fetchall()
        named = {number: phone for phone, number in told}
        if len(named) < len(told):
            raise RuntimeError("two phones of one part have the same hash: load it in parts of another size")
        parted = np.ones(len(hashes), np.bool_)
        parted[1:] = hashes[1:] != hashes[:-1]
        runs = hashes[parted]
        distinct, of_run = np.unique(runs, return_inverse=True)
        numbers = of_run if len(distinct) < len(runs) else np.arange(len(runs))
        ordered = distinct if len(distinct) < len(runs) else runs
        return [named[number] for number in ordered.tolist()], numbers.astype(np.int64)[np.cumsum(parted) - 1]

    def _rejected(self, most: int) -> tuple[dict[str, int], list[Reject]]:
        refused = f"FROM ({self._checked()}) WHERE fault IS NOT NULL"
        counts = self.connection.execute(f"SELECT fault, count(*) {refused} GROUP BY fault ORDER BY fault").fetchall()
        first = self.connection.execute(f"SELECT line, fault {refused} ORDER BY line LIMIT {most}").fetchall()
        return dict(counts), [Reject(line, code) for line, code in first]

    def _table(self, name: str, keys: str, rows: Iterable[tuple[str | float, ...]]) -> None:
        path = self.folder / f"{name}.csv"
        with path.open("w", encoding="ascii", newline="") as out:
            csv.writer(out).writerows(rows)
        self.connection.execute(f"CREATE OR REPLACE TABLE {name} ({keys}, cell UINTEGER, region UINTEGER)")
        if path.stat().st_size:
            how = "HEADER false, QUOTE '\"', ESCAPE '\"', DELIMITER ','"
            self.connection.execute(f"COPY {name} FROM {quoted(str(path))} ({how})")
        path.unlink()
