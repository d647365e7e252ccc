"""The table `gates`: where passes are checked, and what a gate's policy lets it see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from nanhai.domain.identifiers import DivisionCode, GateId, Instant
from nanhai.store.connection import client, table_name
from nanhai.store.wire import Item, attribute, item, row
from nanhai.store.writes import Write, put

TABLE = "gates"
GATES_PER_PAGE_MAX = 100


@dataclass(frozen=True, slots=True)
class Gate:
    gate_id: GateId
    name: str
    community: DivisionCode
    shows_name: bool  # whether the guard is shown surname and ＊
    made_at: Instant


def create(new: Gate) -> Write:
    """Its condition fails (label "gate") when the id is taken."""
    stored = item(
        gate_id=new.gate_id,
        name=new.name,
        community=new.community,
        shows_name=new.shows_name,
        made_at=new.made_at,
    )
    return put("gate", TABLE, stored, "attribute_not_exists(gate_id)")


def get(gate_id: GateId) -> Gate | None:
    asked = {"TableName": table_name(TABLE), "Key": item(gate_id=gate_id), "ConsistentRead": True}
    found = client().get_item(**asked).get("Item")
    return None if found is None else _gate(found)


def in_community(community: str, limit: int, start: Item | None = None) -> tuple[list[Gate], Item | None]:
    """By id, and where the next page begins."""
    asked: dict[str, Any] = {
        "TableName": table_name(TABLE),
        "IndexName": "community",
        "KeyConditionExpression": "community = :community",
        "ExpressionAttributeValues": {":community": attribute(community)},
        "Limit": min(limit, GATES_PER_PAGE_MAX),
    }
    page = client().query(**asked, **({} if start is None else {"ExclusiveStartKey": start}))
    return [_gate(stored) for stored in page["Items"]], page.get("LastEvaluatedKey")


def _gate(stored: Item) -> Gate:
    found = row(stored)
    return Gate(
        GateId(found["gate_id"]), found["name"], DivisionCode(found["community"]), found["shows_name"], found["made_at"]
    )
