"""Signalling to packed person-days, per core: our columns against plain Python loops that come to the same bytes.

Twice: from the file on, with every row checked; and the visits alone, of rows that lie in memory already, as columns
for ours and as tuples for the loop. The district is simulated. The loops are as lean as such loops get.
"""

from __future__ import annotations

import re
import statistics
import struct
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
from nanhai.domain.days import DAY_S, LOCAL_OFFSET_S, day_begins
from nanhai.domain.sightings import FORM
from nanhai.services.trajectories import columns, parts, reading, staging
from nanhai.services.trajectories.checking import Check, Checked
from nanhai.services.trajectories.columns import Days, Places, Rows
from nanhai.services.trajectories.towers import Tower, Towers, cell_of

from infra.simulate import district
from tests.bench.compare import Result

NAMES = ("trajectory-ingest", "trajectory-ingest-visits")
PEOPLE, DAYS, SAMPLES = 5_000, 14, 5
PEER_ROWS, ROWS_PER_FETCH = 200_000, 10_000
UNTIL = date(2020, 3, 2)
SEED, KEY = 1, b"k" * 32
VISIT = struct.Struct(">BHBHII")
FIRST = date(1970, 1, 1)

Row = tuple[str, int, int, int, int]  # phone, since, until, cell, region
Work = Callable[[], object]
PersonDays = dict[tuple[str, int], bytes]  # by phone and local day


def results() -> Iterator[Result]:
    with TemporaryDirectory() as scratch:
        made = district.make(Path(scratch), PEOPLE, DAYS, UNTIL, SEED, KEY)
        bench = Bench(made.paths.signalling[0], towers_of(made.paths.towers), Path(scratch))
        _check(bench.columns(), bench.loop())
        peer = f"a plain Python loop over the same file, {made.counts.rows:,} rows"
        yield _compared(NAMES[0], (bench.columns, made.counts.rows), (bench.loop, PEER_ROWS), peer)
        rows, (held, places) = bench.rows(), bench.held()
        yield _compared(
            NAMES[1],
            (lambda: list(columns.days(held, places, *_days()).each()), len(held)),
            (lambda: packed(rows), len(rows)),
            "a plain Python loop, rows in memory for both",
        )


def _compared(name: str, ours: tuple[Work, int], theirs: tuple[Work, int], peer: str) -> Result:
    """Rows a second of CPU, turn by turn; the first turn warms up."""
    pairs = [(_rate(*ours), _rate(*theirs)) for _ in range(SAMPLES + 1)][1:]
    ratio = statistics.median(one / other for one, other in pairs)
    rates = [round(statistics.median(side), 2) for side in zip(*pairs, strict=True)]
    return Result(name, peer, round(ratio, 1), ">= 10", SAMPLES, *rates, "M rows/s of a core")


def _rate(work: Work, rows: int) -> float:
    begun = time.process_time()  # of all threads of this process
    work()
    return rows / (time.process_time() - begun) / 1e6


@dataclass(frozen=True, slots=True)
class Bench:
    file: Path
    towers: Towers
    scratch: Path

    def columns(self) -> PersonDays:
        """By the pipeline that loads deliveries, up to what it hands to the store."""
        found: PersonDays = {}
        for checked, days in self._parts():
            found.update(((checked.phones[phone], day), visits) for phone, day, visits in days.each())
        return found

    def held(self) -> tuple[Rows, Places]:
        """The rows of one part as columns."""
        checked, _ = next(self._parts())
        return checked.rows, checked.places

    def loop(self) -> PersonDays:
        """The first PEER_ROWS, row by row: fetched, checked, placed, and what they come to."""
        return packed(self.rows())

    def rows(self) -> list[Row]:
        """Of whole phones, checked and placed."""
        begins, ends = _bounds()
        is_phone, places, found = re.compile(reading.PHONE).fullmatch, self.towers.places, []
        asked = 'SELECT phone, tower, "from", "to" FROM read_parquet($1) LIMIT $2'
        with duckdb.connect() as connection:
            connection.execute("SET threads = 1")
            told = connection.execute(asked, [str(self.file), PEER_ROWS])
            while page := told.fetchmany(ROWS_PER_FETCH):
                for phone, tower, since, until in page:
                    place = places.get(tower)
                    if place is None or not is_phone(phone) or not begins <= since < until <= ends:
                        continue
                    found.append((phone, since, until, *place))
        while found[-1][0] == phone:
            found.pop()
        return found

    def _parts(self) -> Iterator[tuple[Checked, Days]]:
        work = self.scratch / "work"
        with reading.session(work) as connection:
            reading.tell(connection, self.file, "parquet")
            check = Check(connection, work, self.towers, *_days())
            check.prepare()
            for some in staging.plan(connection, self.file, "parquet").ranges:
                yield parts.read(check, some.condition, 1)


def packed(rows: Sequence[Row]) -> PersonDays:
    """The rule of visits, row by row; rows come phone by phone."""
    found: PersonDays = {}
    for phone, theirs in groupby(rows, key=itemgetter(0)):
        told = sorted(row[1:] for row in theirs)
        days: dict[int, list[bytes]] = {}
        for since, until, cell, region in _merged(told):
            while since < until:
                day = (since + LOCAL_OFFSET_S) // DAY_S
                begins = day * DAY_S - LOCAL_OFFSET_S
                ends = min(until, begins + DAY_S)
                first, last = since - begins, ends - begins
                visit = VISIT.pack(first >> 16, first & 0xFFFF, last >> 16, last & 0xFFFF, cell, region)
                days.setdefault(day, []).append(visit)
                since = ends
        for day, visits in days.items():
            found[phone, day] = bytes((FORM,)) + b"".join(visits)
    return found


def _merged(told: Sequence[tuple[int, int, int, int]]) -> Iterator[tuple[int, int, int, int]]:
    last_since = last_until = last_cell = last_region = -1
    for number, (since, until, cell, region) in enumerate(told, 1):
        if number < len(told) and told[number][0] < until:
            until = told[number][0]
        if since >= until:
            continue
        if since == last_until and cell == last_cell and region == last_region:
            last_until = until
            continue
        if last_until >= 0:
            yield last_since, last_until, last_cell, last_region
        last_since, last_until, last_cell, last_region = since, until, cell, region
    if last_until >= 0:
        yield last_since, last_until, last_cell, last_region


def _check(ours: PersonDays, theirs: PersonDays) -> None:
    wrong = sum(ours.get(key) != visits for key, visits in theirs.items())
    if wrong or not theirs:
        raise AssertionError(f"{wrong} of {len(theirs)} person-days are not the same")


def towers_of(file: Path) -> Towers:
    asked = "SELECT tower, longitude::DOUBLE, latitude::DOUBLE, region::INTEGER FROM read_csv($1, all_varchar=true)"
    with duckdb.connect() as connection:
        told = connection.execute(asked, [str(file)]).fetchall()
    towers = [Tower(name, cell_of(longitude, latitude), region) for name, longitude, latitude, region in told]
    return Towers("bench", {tower.name: (tower.cell, tower.region) for tower in towers})


def _days() -> tuple[int, int]:
    """The local days that are told."""
    end = (UNTIL - FIRST).days
    return end - DAYS, end - 1


def _bounds() -> tuple[int, int]:
    first, last = _days()
    return day_begins(first), day_begins(last + 1)
