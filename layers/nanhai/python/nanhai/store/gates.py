"""The table `gates`: where passes are checked, and what a gate's policy lets it see."""

from __future__ import annotations

import msgspec
from pynamodb.attributes import BooleanAttribute, UnicodeAttribute
from pynamodb.indexes import AllProjection

from nanhai.domain.identifiers import DivisionCode, GateId, Instant
from nanhai.store import model
from nanhai.store.attributes import WholeNumberAttribute
from nanhai.store.model import Start, Table, TableIndex, Write

GATES_PER_PAGE_MAX = 100


class CommunityIndex(TableIndex["GateRow"]):
    class Meta:
        index_name = "community"
        projection = AllProjection()

    community = UnicodeAttribute(hash_key=True)
    gate_id = UnicodeAttribute(range_key=True)


class GateRow(Table):
    class Meta:
        table_name = "gates"

    gate_id = UnicodeAttribute(hash_key=True)
    name = UnicodeAttribute()
    community = UnicodeAttribute()
    shows_name = BooleanAttribute()
    made_at = WholeNumberAttribute()
    in_community = CommunityIndex()


class Gate(msgspec.Struct, frozen=True):
    gate_id: GateId
    name: str
    community: DivisionCode
    shows_name: bool  # whether the guard is shown surname and ＊
    made_at: Instant


def create(new: Gate) -> Write:
    """Its condition fails (label "gate") when the id is taken."""
    stored = GateRow(
        new.gate_id,
        name=new.name,
        community=new.community,
        shows_name=new.shows_name,
        made_at=new.made_at,
    )
    return model.put("gate", stored, GateRow.gate_id.does_not_exist())


def get(gate_id: GateId) -> Gate | None:
    found = model.get(GateRow, gate_id)
    return None if found is None else _gate(found)


def in_community(community: str, limit: int, start: Start | None = None) -> tuple[list[Gate], Start | None]:
    """By id, and where the next page begins."""
    most = min(limit, GATES_PER_PAGE_MAX)
    page, end = model.query(GateRow, GateRow.community == community, most, index=GateRow.in_community, start=start)
    return [_gate(found) for found in page], end


def _gate(found: GateRow) -> Gate:
    return Gate(GateId(found.gate_id), found.name, DivisionCode(found.community), found.shows_name, found.made_at)
