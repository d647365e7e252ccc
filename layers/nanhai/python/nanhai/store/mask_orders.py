"""Orders of enterprises in the table `masks`: one for each enterprise and round, out of what a point has for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute

from nanhai.domain.identifiers import Instant, OrganisationId
from nanhai.store import batch, model
from nanhai.store.attributes import WholeNumberAttribute
from nanhai.store.masks import NEW, MasksTable
from nanhai.store.model import Write

ORDER, ORDERED = "order#", "ordered"


class OrderRow(MasksTable):
    point_id = UnicodeAttribute()
    packs = WholeNumberAttribute()
    headcount = WholeNumberAttribute()
    ordered_at = WholeNumberAttribute()
    handed = BooleanAttribute()


class OrderedRow(MasksTable):
    """Beside the stock of a point, from the first order on."""

    packs = WholeNumberAttribute()


@dataclass(frozen=True, slots=True)
class Order:
    """`headcount`: on which the quota was computed; `handed`: it was fetched."""

    uscc: OrganisationId
    round_id: str
    point_id: str
    packs: int
    headcount: int
    ordered_at: Instant
    handed: bool = False


def order(new: Order, for_enterprises: int) -> list[Write]:
    """The first condition fails (label "order") for an enterprise that has ordered, the second (label "packs") when the
    point has not so many of `for_enterprises` packs left."""
    ordered = OrderedRow(_point(new.round_id, new.point_id), ORDERED)
    room = OrderedRow.packs <= for_enterprises - new.packs
    if new.packs <= for_enterprises:
        room = OrderedRow.packs.does_not_exist() | room
    return [
        model.put("order", _row(new), NEW),
        model.update("packs", ordered, [OrderedRow.packs.add(new.packs)], room),
    ]


def hand(fetched: Order) -> Write:
    """Its condition fails (label "order") when it was fetched before."""
    return model.update("order", OrderRow(*_key(fetched)), [OrderRow.handed.set(True)], OrderRow.handed == False)  # noqa: E712 - PynamoDB's condition


def get(uscc: str, round_id: str) -> Order | None:
    found = model.get(OrderRow, f"firm#{uscc}", ORDER + round_id)
    return None if found is None else _order(found)


def ordered(round_id: str, point_ids: Sequence[str]) -> dict[str, int]:
    """Packs that enterprises have ordered, at the points where any have."""
    table = MasksTable.Meta.table_name
    keys = [model.key_of(OrderedRow, _point(round_id, point_id), ORDERED)["Key"] for point_id in point_ids]
    rows = [model.read(OrderedRow, stored) for stored in batch.get({table: keys})[table]]
    return {row.holder.rpartition("#")[2]: row.packs for row in rows}


def _key(of: Order) -> tuple[str, str]:
    return f"firm#{of.uscc}", ORDER + of.round_id


def _row(new: Order) -> OrderRow:
    return OrderRow(
        *_key(new),
        point_id=new.point_id,
        packs=new.packs,
        headcount=new.headcount,
        ordered_at=new.ordered_at,
        handed=new.handed,
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
    )


def _point(round_id: str, point_id: str) -> str:
    return f"point#{round_id}#{point_id}"
