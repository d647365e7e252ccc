"""The table `quarantine`: stream records that could not be applied, whole, until they are redriven.

What may be kept for so long only expires here too.
"""

from __future__ import annotations

from pynamodb.attributes import BinaryAttribute, UnicodeAttribute

from nanhai.domain.identifiers import Instant
from nanhai.store import model
from nanhai.store.attributes import WholeNumberAttribute
from nanhai.store.model import Start, Table
from nanhai.store.silent import Silent
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
    expires_at = WholeNumberAttribute(null=True)


TABLE = QuarantineRow.Meta.table_name


class Quarantined(Silent, frozen=True):
    """`payload`: the whole record, sealed; `why`: the kind of failure, never its message."""

    stream: str
    id: str
    payload: bytes
    why: str
    at: Instant
    expires_at: Instant | None = None


def keep(new: Quarantined) -> None:
    """The same record kept twice is one."""
    row = QuarantineRow(new.stream, new.id, payload=new.payload, why=new.why, kept_at=new.at, expires_at=new.expires_at)
    send([model.put("quarantined", row)])


def page(stream: str, limit: int, now: Instant, start: Start | None = None) -> tuple[list[Quarantined], Start | None]:
    """By id, and where the next page begins."""
    most = min(limit, PER_PAGE_MAX)
    alive = QuarantineRow.expires_at.does_not_exist() | (QuarantineRow.expires_at > now)
    found, end = model.query(QuarantineRow, QuarantineRow.stream == stream, most, start=start, only=alive)
    return [_kept(row) for row in found], end


def drop(stream: str, id_: str) -> None:
    """It was applied after all."""
    model.delete_item(QuarantineRow, stream, id_)


def _kept(row: QuarantineRow) -> Quarantined:
    return Quarantined(row.stream, row.id, row.payload, row.why, row.kept_at, row.expires_at)
