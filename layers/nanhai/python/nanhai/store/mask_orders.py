"""Orders of enterprises in the table `masks`: one for each enterprise and round, out of what a point has for them."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from pynamodb.attributes import BooleanAttribute, UnicodeAttribute

from nanhai.domain.identifiers import Instant, OrganisationId
from nanhai.store import batch, model
from nanhai.store.attributes import WholeNumberAttribute
from nanhai.store.mask_claims import KeptIndex
from nanhai.store.masks import NEW, MasksTable
from nanhai.store.model import Write

ORDER, ORDERED = "order#", "ordered"
ENDED_PER_PAGE_MAX = 100


class OrderRow(MasksTable):
    """`kept_at`: <round>#<point>#orders, as long as it can be fetched, which is `until` then."""

    point_id = UnicodeAttribute()
    packs = WholeNumberAttribute()
    headcount = WholeNumberAttribute()
    ordered_at = WholeNumberAttribute()
    handed = BooleanAttribute()
    let_go = BooleanAttribute(null=True)
    kept_at = UnicodeAttribute(null=True)
    until = WholeNumberAttribute(null=True)
    in_kept = KeptIndex()


class OrderedRow(MasksTable):
    """Beside the stock of a point, from the first order on: what is kept for enterprises or was handed to them."""

    packs = WholeNumberAttribute()


class Order(msgspec.Struct, frozen=True):
    """`headcount`: on which the quota was computed; `handed`: it was fetched; `let_go`: it was not, in time."""

    uscc: OrganisationId
    round_id: str
    point_id: str
    packs: int
    headcount: int
    ordered_at: Instant
    handed: bool = False
    let_go: bool = False


def order(new: Order, for_enterprises: int, until: Instant) -> list[Write]:
    """Kept `until` then. The first condition fails (label "order") for an enterprise that has ordered, the second
    (label "packs") when the point has not so many of `for_enterprises` packs left."""
    ordered = OrderedRow(_point(new.round_id, new.point_id), ORDERED)
    room = OrderedRow.packs <= for_enterprises - new.packs
    if new.packs <= for_enterprises:
        room = OrderedRow.packs.does_not_exist() | room
    return [
        model.put("order", _row(new, until), NEW),
        model.update("packs", ordered, [OrderedRow.packs.add(new.packs)], room),
    ]


def hand(fetched: Order) -> Write:
    """Its condition fails (label "order") when it was fetched, or let go, before."""
    changes = [OrderRow.handed.set(True), *NOT_KEPT]
    return model.update("order", OrderRow(*_key(fetched)), changes, IS_KEPT)


def ended(round_id: str, point_id: str, now: Instant, limit: int) -> list[Order]:
    """Those of a point that nobody has fetched until `now`, longest ago first. An index may be behind: an order that
    was fetched meanwhile cannot be let go."""
    over = (OrderRow.kept_at == _kept_at(round_id, point_id)) & (OrderRow.until <= now)
    page, _ = model.query(OrderRow, over, min(limit, ENDED_PER_PAGE_MAX), index=OrderRow.in_kept)
    return [_order(found) for found in page]


def let_go(ended: Order) -> list[Write]:
    """Its packs are the point's again. The first condition fails (label "order") as that of `hand` does."""
    ordered = OrderedRow(_point(ended.round_id, ended.point_id), ORDERED)
    return [
        model.update("order", OrderRow(*_key(ended)), [OrderRow.let_go.set(True), *NOT_KEPT], IS_KEPT),
        model.update("packs", ordered, [OrderedRow.packs.add(-ended.packs)], OrderedRow.packs >= ended.packs),
    ]


def get(uscc: str, round_id: str) -> Order | None:
    found = model.get(OrderRow, f"firm#{uscc}", ORDER + round_id)
    return None if found is None else _order(found)


def ordered(round_id: str, point_ids: Sequence[str]) -> dict[str, int]:
    """Packs that are kept for enterprises or were handed to them, at the points where any were ordered."""
    table = MasksTable.Meta.table_name
    keys = [model.key_of(OrderedRow, _point(round_id, point_id), ORDERED)["Key"] for point_id in point_ids]
    rows = [model.read(OrderedRow, stored) for stored in batch.get({table: keys})[table]]
    return {row.holder.rpartition("#")[2]: row.packs for row in rows}


NOT_KEPT = (OrderRow.kept_at.remove(), OrderRow.until.remove())
IS_KEPT = (OrderRow.handed == False) & OrderRow.let_go.does_not_exist()  # noqa: E712 - PynamoDB's condition


def _key(of: Order) -> tuple[str, str]:
    return f"firm#{of.uscc}", ORDER + of.round_id


def _row(new: Order, until: Instant) -> OrderRow:
    return OrderRow(
        *_key(new),
        point_id=new.point_id,
        packs=new.packs,
        headcount=new.headcount,
        ordered_at=new.ordered_at,
        handed=new.handed,
        kept_at=_kept_at(new.round_id, new.point_id),
        until=until,
    )


def _order(found: OrderRow) -> Order:
    return Order(
        OrganisationId(found.holder.removeprefix("firm#")),
        found.sk.removeprefix(ORDER),
        found.point_id,
        found.packs,
        found.headcount,
        found.ordered_at,
        found.handed,
        bool(found.let_go),
    )


def _kept_at(round_id: str, point_id: str) -> str:
    return f"{round_id}#{point_id}#orders"


def _point(round_id: str, point_id: str) -> str:
    return f"point#{round_id}#{point_id}"
