"""A part of a delivery: its rows to person-days, and those into the table by several threads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from itertools import islice

from nanhai.services.trajectories import columns, numbering
from nanhai.services.trajectories.checking import Check, Checked
from nanhai.services.trajectories.columns import Days
from nanhai.store import loads, sightings
from nanhai.store.loads import REJECTS_KEPT_MAX, Load, Part
from nanhai.store.sightings import PersonDay

THREADS = 8
ROWS_PER_TASK = 100
TASKS_WAITING_MAX = 32


def write(load: Load, number: int, check: Check, condition: str) -> Part:
    """Writes every person-day of the part and notes that it is finished; done again, it writes the same.

    StoreUnavailable when some are unwritten: then it is not noted.
    """
    checked, found = read(check, condition, REJECTS_KEPT_MAX // max(1, load.parts))
    _in_parallel(_person_days(load, checked, found))
    loads.keep_rejects(load, number, checked.rejects)
    part = Part(found.visits, len(found.day), found.refused, checked.rejected)
    loads.finish(load, number, part)
    return part


def read(check: Check, condition: str, rejects_max: int) -> tuple[Checked, Days]:
    """The rows of the part that are sound, and the person-days that they come to."""
    checked = check.part(condition, rejects_max)
    return checked, columns.days(checked.rows, checked.places, check.first, check.last)


def _person_days(load: Load, checked: Checked, found: Days) -> Iterator[PersonDay]:
    revision = numbering.revision_of(load)
    for phone, day, visits in found.each():
        yield PersonDay(checked.phones[phone], day, revision, visits, load.at)


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
