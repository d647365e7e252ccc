"""How many reports there are, by the day they were opened, community, category and state: in the table `counters`.

Counted in the transaction that opens or moves a report, so a count is exact. A town's day is spread over shards, and
each item has a number for every (community, category, state) that occurs: all of a district's week takes four reads.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pynamodb.expressions.operand import Path

from nanhai.domain.days import DAY_S, local_day
from nanhai.domain.divisions import TOWN_DIGITS
from nanhai.domain.reports import State
from nanhai.store import batch, model
from nanhai.store.attributes import WholeNumberAttribute
from nanhai.store.counters import CountersTable
from nanhai.store.model import Write
from nanhai.store.reports import Report

SHARDS = 8
KEPT_S = 9 * DAY_S  # seven days are asked for, and time to live is no clock

Cell = tuple[str, str, str]  # community, category, state


class ReportsRow(CountersTable):
    """Besides, a number under each name `<community>#<category>#<state>`."""

    expires_at = WholeNumberAttribute()


def count(report: Report) -> Write:
    """One more, as it is opened."""
    return _changed(report, {report.state: 1})


def move(report: Report, state: State) -> list[Write]:
    """From its own state to `state`; nothing where that is the same."""
    return [] if state is report.state else [_changed(report, {report.state: -1, state: 1})]


def of_days(towns: Sequence[str], days: Iterable[int]) -> dict[int, Counter[Cell]]:
    """By local day."""
    keys = {_counter(town, day, shard): day for day in days for town in towns for shard in range(SHARDS)}
    found: dict[int, Counter[Cell]] = {day: Counter() for day in keys.values()}
    table = ReportsRow.Meta.table_name
    asked = [model.key_of(ReportsRow, counter)["Key"] for counter in keys]
    for stored in batch.get({table: asked})[table]:
        found[keys[stored["counter"]["S"]]].update(dict(_cells(stored)))
    return found


def _cells(stored: Mapping[str, Any]) -> Iterator[tuple[Cell, int]]:
    for name, value in stored.items():
        community, _, rest = name.partition("#")
        if rest:
            category, _, state = rest.partition("#")
            yield (community, category, state), int(value["N"])


def _changed(report: Report, by: Mapping[State, int]) -> Write:
    day = local_day(report.opened_at)
    shard = zlib.crc32(report.report_id.encode()) % SHARDS
    counter = _counter(report.community[:TOWN_DIGITS], day, shard)
    kept = ReportsRow.expires_at.set((day + 1) * DAY_S + KEPT_S)
    return model.update("count", ReportsRow(counter), [kept, *(_cell(report, state).add(n) for state, n in by.items())])


def _cell(report: Report, state: State) -> Path:
    """An attribute that no model knows: its name is what it counts."""
    return Path([f"{report.community}#{report.category}#{state}"])


def _counter(town: str, day: int, shard: int) -> str:
    return f"reports#{town}#{day}#{shard}"
