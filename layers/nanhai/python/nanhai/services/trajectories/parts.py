"""A part of a staged delivery: its rows to person-days, and those into the table by several threads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from nanhai.domain.identifiers import Instant
from nanhai.services.trajectories import columns, reading
from nanhai.services.trajectories.columns import Days, Rows
from nanhai.store import sightings
from nanhai.store.loads import Part
from nanhai.store.sightings import PersonDay

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

THREADS = 8
ROWS_PER_TASK = 100
TASKS_WAITING_MAX = 32
READ_MEMORY_MB = 512


def write(part: Path, revision: int, at: Instant, work: Path) -> Part:
    """Writes every person-day of the part; done again, it writes the same. StoreUnavailable when some are unwritten."""
    phones, found = read(part, work)
    rows = (PersonDay(phones[phone], day, revision, visits, at) for phone, day, visits in found.each())
    _in_parallel(rows)
    return Part(found.visits, len(found.day), found.refused)


def read(part: Path, work: Path) -> tuple[dict[int, str], Days]:
    """The part's phones by number, and its person-days."""
    if not (part / "rows").is_dir():
        return {}, columns.days(Rows(*(np.empty(0, np.int64) for _ in range(5))))
    with reading.session(work, READ_MEMORY_MB) as connection:
        found = columns.days(_rows(connection, part))
        told = connection.execute(f"SELECT number, phone FROM read_parquet('{part}/phones/*.parquet')").fetchall()  # noqa: S608 - a path of ours
    return dict(told), found


def _rows(connection: DuckDBPyConnection, part: Path) -> Rows:
    read = f"read_parquet('{part}/rows/*.parquet', hive_partitioning=false)"
    names = ", ".join(f"{name}::BIGINT AS {name}" for name in ("number", "since", "until", "cell", "region"))
    told = connection.execute(f"SELECT {names} FROM {read}").fetchnumpy()  # noqa: S608 - a path of ours
    return Rows(*(np.asarray(column, np.int64) for column in told.values()))


def _in_parallel(rows: Iterable[PersonDay]) -> None:
    """By THREADS at once, with a bounded number of tasks waiting; the first failure ends it."""
    with ThreadPoolExecutor(THREADS) as pool:
        waiting: set[Future[None]] = set()
        for chunk in _chunks(iter(rows)):
            waiting.add(pool.submit(sightings.write, chunk))
            if len(waiting) >= TASKS_WAITING_MAX:
                done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                for task in done:
                    task.result()
        for task in waiting:
            task.result()


def _chunks(rows: Iterator[PersonDay]) -> Iterator[Sequence[PersonDay]]:
    while chunk := list(islice(rows, ROWS_PER_TASK)):
        yield chunk
