"""The table `quarantine`: stream records that could not be applied, whole, until they are redriven."""

from __future__ import annotations

from dataclasses import dataclass, field

from pynamodb.attributes import BinaryAttribute, UnicodeAttribute

from nanhai.domain.identifiers import Instant
from nanhai.store import model
from nanhai.store.attributes import WholeNumberAttribute
from nanhai.store.model import Start, Table
from nanhai.store.writes import send

PER_PAGE_MAX = 100


class QuarantineRow(Table):
    class Meta:
        table_name = "quarantine"

    stream = UnicodeAttribute(hash_key=True)
    id = UnicodeAttribute(range_key=True)
    payload = BinaryAttribute(legacy_encoding=False)
    why = UnicodeAttribute()
    kept_at = WholeNumberAttribute()


TABLE = QuarantineRow.Meta.table_name


@dataclass(frozen=True, slots=True)
class Quarantined:
    """`payload`: the whole record, sealed; `why`: the kind of failure, never its message."""

    stream: str
    id: str
    payload: bytes = field(repr=False)
    why: str
    at: Instant


def keep(new: Quarantined) -> None:
    """The same record kept twice is one."""
    send(
        [model.put("quarantined", QuarantineRow(new.stream, new.id, payload=new.payload, why=new.why, kept_at=new.at))]
    )


def page(stream: str, limit: int, start: Start | None = None) -> tuple[list[Quarantined], Start | None]:
    """By id, and where the next page begins."""
    most = min(limit, PER_PAGE_MAX)
    found, end = model.query(QuarantineRow, QuarantineRow.stream == stream, most, start=start)
    return [Quarantined(kept.stream, kept.id, kept.payload, kept.why, kept.kept_at) for kept in found], end


def drop(stream: str, id_: str) -> None:
    """It was applied after all."""
    model.delete_item(QuarantineRow, stream, id_)
