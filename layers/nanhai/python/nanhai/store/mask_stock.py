"""The stock of a pick-up point in the table `masks`, in portions: free, unclaimed, held or handed out, never negative.

`free + unclaimed + held + handed` is what the point was given, at any time: portions only move from one to another,
by conditional writes in the transaction of what moves them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from operator import and_
from typing import Any

import msgspec

from nanhai.store import batch, model
from nanhai.store.attributes import WholeNumberAttribute
from nanhai.store.masks import NEW, MasksTable
from nanhai.store.model import Write

STOCK, SLOTS = "stock", "slots#"


class PointRow(MasksTable):
    """`called`: up to where the waiting list was called to this point."""

    given = WholeNumberAttribute()
    free = WholeNumberAttribute()
    unclaimed = WholeNumberAttribute()
    held = WholeNumberAttribute()
    handed = WholeNumberAttribute()
    called = WholeNumberAttribute()


class SlotsRow(MasksTable):
    taken = WholeNumberAttribute()


COUNTS: Mapping[str, Any] = {
    "free": PointRow.free,
    "unclaimed": PointRow.unclaimed,
    "held": PointRow.held,
    "handed": PointRow.handed,
}


class Stock(msgspec.Struct, frozen=True):
    """`unclaimed`: kept for winners who have not reserved; `held`: for those who were called or have reserved."""

    point_id: str
    given: int
    free: int
    unclaimed: int
    held: int
    handed: int
    called: int


def lay_out(round_id: str, point_id: str, given: int, unclaimed: int) -> Write:
    """What a point has after the draw; its condition fails (label "stock") when it was laid out before."""
    new = PointRow(
        _point(round_id, point_id),
        STOCK,
        given=given,
        free=given - unclaimed,
        unclaimed=unclaimed,
        held=0,
        handed=0,
        called=0,
    )
    return model.put("stock", new, NEW)


def get(round_id: str, point_id: str) -> Stock | None:
    found = model.get(PointRow, _point(round_id, point_id), STOCK)
    return None if found is None else _stock(found)


def many(round_id: str, point_ids: Sequence[str]) -> dict[str, Stock]:
    """Of those that are laid out."""
    table = MasksTable.Meta.table_name
    keys = [model.key_of(PointRow, _point(round_id, point_id), STOCK)["Key"] for point_id in point_ids]
    found = [_stock(model.read(PointRow, stored)) for stored in batch.get({table: keys})[table]]
    return {stock.point_id: stock for stock in found}


def move(round_id: str, point_id: str, by: Mapping[str, int], label: str = "stock") -> Write:
    """Moves portions between the counts of one point; its condition fails when a count has too few to give."""
    if sum(by.values()):
        raise ValueError("portions come from somewhere and go somewhere")
    enough = [COUNTS[name] >= -change for name, change in by.items() if change < 0]
    changes = [COUNTS[name].add(change) for name, change in by.items()]
    return model.update(label, PointRow(_point(round_id, point_id), STOCK), changes, reduce(and_, enough))


def release_unclaimed(seen: Stock, round_id: str) -> Write:
    """All that no winner has claimed becomes free; its condition fails (label "stock") when that count has changed."""
    changes = [PointRow.free.add(seen.unclaimed), PointRow.unclaimed.set(0)]
    return model.update("stock", _row(round_id, seen), changes, PointRow.unclaimed == seen.unclaimed)


def call(seen: Stock, round_id: str, called: int) -> Write:
    """A free portion is kept for the one at `called` of the waiting list; its condition fails (label "stock") when none
    is free, or somebody else has called meanwhile."""
    changes = [PointRow.called.set(called), PointRow.free.add(-1), PointRow.held.add(1)]
    unchanged = (PointRow.called == seen.called) & (PointRow.free >= 1)
    return model.update("stock", _row(round_id, seen), changes, unchanged)


def pass_over(seen: Stock, round_id: str, called: int) -> Write:
    """Up to `called` there is nobody to call; its condition fails (label "stock") as that of `call` does."""
    return model.update("stock", _row(round_id, seen), [PointRow.called.set(called)], PointRow.called == seen.called)


def take_slot(round_id: str, point_id: str, window: int, slots: int) -> Write:
    """Its condition fails (label "slots") when the window is full."""
    row = SlotsRow(_point(round_id, point_id), f"{SLOTS}{window}")
    room = SlotsRow.taken.does_not_exist() | (SlotsRow.taken < slots)
    return model.update("slots", row, [SlotsRow.taken.add(1)], room)


def leave_slot(round_id: str, point_id: str, window: int) -> Write:
    row = SlotsRow(_point(round_id, point_id), f"{SLOTS}{window}")
    return model.update("left slots", row, [SlotsRow.taken.add(-1)], SlotsRow.taken >= 1)


def slots_taken(round_id: str, point_ids: Sequence[str], windows: Iterable[int]) -> dict[tuple[str, int], int]:
    """By point and window, of those in which anybody has reserved."""
    table = MasksTable.Meta.table_name
    places = [(_point(round_id, point_id), f"{SLOTS}{window}") for point_id in point_ids for window in windows]
    found = batch.get({table: [model.key_of(SlotsRow, *place)["Key"] for place in places]})[table]
    rows = [model.read(SlotsRow, stored) for stored in found]
    return {(_id(row), int(row.sk.removeprefix(SLOTS))): row.taken for row in rows}


def _row(round_id: str, seen: Stock) -> PointRow:
    return PointRow(_point(round_id, seen.point_id), STOCK)


def _point(round_id: str, point_id: str) -> str:
    return f"point#{round_id}#{point_id}"


def _stock(found: PointRow) -> Stock:
    return Stock(
        _id(found),
        found.given,
        found.free,
        found.unclaimed,
        found.held,
        found.handed,
        found.called,
    )


def _id(found: MasksTable) -> str:
    return found.holder.rpartition("#")[2]
