"""What public figures are made of, and the figures of each day as they were taken, in the table `counters`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pynamodb.attributes import UnicodeAttribute

from nanhai.domain.days import local_day
from nanhai.domain.figures import BUCKETS
from nanhai.domain.identifiers import Instant
from nanhai.store import batch, model
from nanhai.store.counters import CellRow, CountersTable
from nanhai.store.model import Write


class FiguresRow(CountersTable):
    """`counter`: figures#<local day>; `figures`: JSON."""

    figures = UnicodeAttribute()


def count_answer(at: Instant, bucket: int, *, upheld: bool) -> list[Write]:
    """One more answered appeal, for the transaction of the answer."""
    cells = _ended(local_day(at), upheld=upheld), _took(local_day(at), bucket)
    return [model.update("cell", CellRow(cell), [CellRow.n.add(1)]) for cell in cells]


def answers(days: Sequence[int]) -> tuple[int, int]:
    """How many appeals were upheld and how many dismissed on these local days."""
    upheld, dismissed = ([_ended(day, upheld=which) for day in days] for which in (True, False))
    found = _counts([*upheld, *dismissed])
    return sum(found.get(cell, 0) for cell in upheld), sum(found.get(cell, 0) for cell in dismissed)


def answer_times(days: Sequence[int]) -> dict[int, int]:
    """How many answers took how long, by bucket."""
    cells = {_took(day, number): number for day in days for number in range(BUCKETS)}
    histogram: dict[int, int] = {}
    for cell, n in _counts([*cells]).items():
        histogram[cells[cell]] = histogram.get(cells[cell], 0) + n
    return histogram


def take(day: int, figures: str) -> Write:
    """Its condition fails (label "figures") when those of the day were taken before."""
    return model.put("figures", FiguresRow(_figures(day), figures=figures), FiguresRow.counter.does_not_exist())


def taken(day: int) -> str | None:
    found = model.get(FiguresRow, _figures(day))
    return None if found is None else found.figures


def _counts(cells: Sequence[str]) -> Mapping[str, int]:
    return {row.counter: row.n for row in _rows(cells)}


def _rows(cells: Sequence[str]) -> Iterator[CellRow]:
    table = CountersTable.Meta.table_name
    keys = [model.key_of(CellRow, cell)["Key"] for cell in cells]
    yield from (model.read(CellRow, stored) for stored in batch.get({table: keys})[table])


def _ended(day: int, *, upheld: bool) -> str:
    return f"appeals#{day}#{'upheld' if upheld else 'dismissed'}"


def _took(day: int, bucket: int) -> str:
    return f"answers#{day}#{bucket}"


def _figures(day: int) -> str:
    return f"figures#{day}"
