"""The stock of a round as it is now, for those who look after its points."""

from __future__ import annotations

from collections.abc import Sequence

from nanhai.domain.identifiers import Instant
from nanhai.services.asked import Asked
from nanhai.services.masks import known, returning
from nanhai.services.masks.schemas import PointStock, RoundStock
from nanhai.services.platform import Platform
from nanhai.store import mask_orders, mask_stock
from nanhai.store.mask_stock import Stock
from nanhai.store.masks import Point, Round

SETTLED_AT_ONCE = 10  # points
LEAST = 2  # transactions: one to take back, one to call


def read(platform: Platform, asked: Asked, round_id: str) -> RoundStock:
    """Of the points in scope; Absent for a round that is not there. What has ended is returned first, as far as a
    request goes: whoever sees a whole district sees the rest as the last minute left it."""
    found = known.round_of(round_id)
    points = [point for point in found.points if asked.sees(point.community)]
    _settle(platform, found, points, asked.now)
    names, windows = [point.point_id for point in points], range(len(found.times.windows))
    stocks, ordered = mask_stock.many(round_id, names), mask_orders.ordered(round_id, names)
    taken = mask_stock.slots_taken(round_id, names, windows)
    return RoundStock(
        round_id,
        [
            _told(
                p, stocks.get(p.point_id), ordered.get(p.point_id, 0), [taken.get((p.point_id, w), 0) for w in windows]
            )
            for p in points
        ],
    )


def _settle(platform: Platform, found: Round, points: Sequence[Point], now: Instant) -> None:
    left = returning.IN_A_REQUEST
    for point in points[:SETTLED_AT_ONCE]:
        left -= returning.settle(platform, found, point, now, left)
        if left < LEAST:
            return


def _told(point: Point, stock: Stock | None, ordered: int, taken: Sequence[int]) -> PointStock:
    """Before the draw all is free."""
    now = stock or Stock(point.point_id, point.portions, point.portions, 0, 0, 0, 0)
    return PointStock(
        point.point_id,
        point.name,
        point.community,
        now.given,
        now.free,
        now.unclaimed,
        now.held,
        now.handed,
        point.for_enterprises,
        ordered,
        [point.slots - n for n in taken],
    )
