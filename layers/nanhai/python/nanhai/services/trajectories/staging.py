"""A delivery in parts, each of whole phones, so that parts are independent of each other.

A Parquet file that comes phone by phone has its parts where it lies: ranges of pseudonyms, found in its own statistics.
Everything else is read through once and put into a file for each part. Either follows from the file alone.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from nanhai.domain.errors import Refusal
from nanhai.services.trajectories import reading
from nanhai.services.trajectories.reading import quoted
from nanhai.store.loads import PARTS_MAX

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

ROWS_PER_PART = 2_500_000  # 40,000 person-days, for which a part takes some 600 MB
ROWS_MAX = 500_000_000
GROWTH_MAX = 2  # times as many rows as a part should have, where the groups in the file are larger
PREFIXES = 1 << 16  # of a pseudonym's first four digits
ROWS_PER_FLUSH = 50_000


class TooManyRows(Refusal):
    """More rows than one delivery may have: it is told in several, each of whole person-days."""

    code = "sightings.too-many-rows"
    kind = "too-large"


@dataclass(frozen=True, slots=True)
class Range:
    """Pseudonyms from `first` on, before `end`; the first range has also rows without any."""

    first: str | None
    end: str | None

    @property
    def condition(self) -> str:
        """As DuckDB asks for it."""
        bounds = [] if self.first is None else [f"phone >= {quoted(self.first)}"]
        bounds += [] if self.end is None else [f"phone < {quoted(self.end)}"]
        within = " AND ".join(bounds) or "true"
        return within if self.first is not None else f"(phone IS NULL OR ({within}))"


NOBODY = Range("", "")


@dataclass(frozen=True, slots=True)
class Plan:
    """`ranges`: of a file that comes phone by phone; none of one that has to be staged. All of it follows from the
    file and the number of parts, so that a part of so many is one and the same."""

    rows: int
    parts: int
    ranges: tuple[Range, ...] = ()


def plan(connection: DuckDBPyConnection, file: Path, form: str) -> Plan:
    """How the delivery that `told` is falls into parts. Raises TooManyRows."""
    rows = _number(connection, "SELECT count(*) FROM told")
    if rows > ROWS_MAX:
        raise TooManyRows(most=ROWS_MAX)
    parts = min(PARTS_MAX, max(1, -(-rows // ROWS_PER_PART)))
    ranges = _ranges(connection, file, -(-rows // parts)) if form == "parquet" else ()
    return Plan(rows, parts, ranges and (*ranges, *[NOBODY] * (parts - len(ranges))))


def stage(connection: DuckDBPyConnection, planned: Plan, folder: Path) -> None:
    """A file for each part into `folder`, in place of what is there: all of them, or none when it was interrupted."""
    making = folder.with_suffix(".making")
    for old in (making, folder):
        shutil.rmtree(old, ignore_errors=True)
    making.mkdir(parents=True)
    if planned.ranges:
        for number, some in enumerate(planned.ranges):
            part_of(making, number).mkdir()
            rows = f"SELECT * FROM told WHERE {some.condition}"  # noqa: S608 - quoted
            connection.execute(
                f"COPY ({rows}) TO {quoted(str(part_of(making, number) / 'rows.parquet'))} (FORMAT parquet)"
            )
    else:
        _spread(connection, planned.parts, making)
    making.rename(folder)


def part_of(folder: Path, number: int) -> Path:
    return folder / f"part={number}"


def _spread(connection: DuckDBPyConnection, parts: int, making: Path) -> None:
    """By the first four digits of the pseudonym; what is none is spread by line, however much there is of it."""
    connection.execute(f"SET partitioned_write_flush_threshold = {ROWS_PER_FLUSH}")
    digits = "TRY_CAST('0x' || phone[1:4] AS INTEGER)"
    is_phone = f"regexp_full_match(phone, '{reading.PHONE}')"
    part = f"CASE WHEN {is_phone} THEN {digits} * {parts} // {PREFIXES} ELSE line % {parts} END"
    rows = f"SELECT *, {part} AS part FROM told"  # noqa: S608 - numbers
    connection.execute(
        f"COPY ({rows}) TO {quoted(str(making))} (FORMAT parquet, PARTITION_BY (part), OVERWRITE_OR_IGNORE)"
    )
    for number in range(parts):
        part_of(making, number).mkdir(exist_ok=True)
        if not any(part_of(making, number).iterdir()):
            (part_of(making, number) / reading.NO_ROWS).touch()


def _ranges(connection: DuckDBPyConnection, file: Path, rows_each: int) -> tuple[Range, ...]:
    """Of a file whose groups of rows follow each other by pseudonym, and are small enough; none of another one."""
    told = "stats_min_value, stats_max_value, row_group_num_rows, coalesce(stats_null_count, row_group_num_rows)"
    groups = connection.execute(
        f"SELECT {told} FROM parquet_metadata({quoted(str(file))}) "  # noqa: S608 - quoted
        "WHERE path_in_schema = 'phone' ORDER BY row_group_id"
    ).fetchall()
    if sum(nameless for *_, nameless in groups) > rows_each or not _follow([bounds for *bounds, _, _ in groups]):
        return ()
    found, first, rows = [], None, 0
    for least, _, count, _ in groups:
        if rows >= rows_each and (first is None or least > first):
            found.append(Range(first, least))
            first, rows = least, 0
        rows += count
        if rows > GROWTH_MAX * rows_each:
            return ()
    return (*found, Range(first, None)) if len(found) < PARTS_MAX else ()


def _follow(groups: Iterable[Sequence[str | None]]) -> bool:
    bounds = [bound for least_and_most in groups for bound in least_and_most]
    told = [bound for bound in bounds if bound is not None]
    return bool(told) and len(told) == len(bounds) and told == sorted(told)


def _number(connection: DuckDBPyConnection, asked: str) -> int:
    found = connection.execute(asked).fetchone()
    return int(found[0]) if found else 0
