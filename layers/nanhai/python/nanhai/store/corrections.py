"""What gates are told of colours that they saw and that were wrong, in the table `denylist` beside what they must deny.

One row for a gate, a local day and a day pseudonym: no person, and nothing that links two days. 14 days, as sightings.
"""

from __future__ import annotations

import msgspec
from pynamodb.attributes import BinaryAttribute, UnicodeAttribute

from nanhai.domain.colour import Colour
from nanhai.domain.identifiers import GateId, Instant
from nanhai.store import model
from nanhai.store.attributes import WholeNumberAttribute
from nanhai.store.denylist import SPREAD
from nanhai.store.model import Start, Table, Write
from nanhai.store.scans import KEPT_S

CORRECTIONS_PER_PAGE_MAX = 100


class CorrectionRow(Table):
    """`list`: gate#<gate>; `sequence`: when it was corrected and the pseudonym as one number, of 96 bits."""

    class Meta:
        table_name = "denylist"

    list = UnicodeAttribute(hash_key=True)
    sequence = WholeNumberAttribute(range_key=True)
    pseudonym = BinaryAttribute(legacy_encoding=False)
    corrected_at = WholeNumberAttribute()
    seen_from = WholeNumberAttribute()
    seen_until = WholeNumberAttribute()
    seen = UnicodeAttribute()
    expires_at = WholeNumberAttribute()


class Correction(msgspec.Struct, frozen=True):
    """On one day a gate saw `pseudonym` as `seen` from its first to its last look, wrongly."""

    gate: GateId
    pseudonym: bytes
    corrected_at: Instant
    seen_from: Instant
    seen_until: Instant
    seen: Colour


def tell(told: Correction) -> Write:
    """Once, however often it is told: its place follows from what it says."""
    new = CorrectionRow(
        f"gate#{told.gate}",
        told.corrected_at * SPREAD + int.from_bytes(told.pseudonym, "big"),
        pseudonym=told.pseudonym,
        corrected_at=told.corrected_at,
        seen_from=told.seen_from,
        seen_until=told.seen_until,
        seen=told.seen.value,
        expires_at=told.corrected_at + KEPT_S,
    )
    return model.put("correction", new)


def of_gate(
    gate: GateId, since: Instant, now: Instant, limit: int, start: Start | None = None
) -> tuple[list[Correction], Start | None]:
    """Those corrected at `since` or later, oldest first, and where the next page begins."""
    theirs = (CorrectionRow.list == f"gate#{gate}") & (CorrectionRow.sequence >= max(since, 0) * SPREAD)
    page, following = model.query(CorrectionRow, theirs, min(limit, CORRECTIONS_PER_PAGE_MAX), start=start)
    return [_correction(gate, found) for found in page if found.expires_at > now], following


def _correction(gate: GateId, found: CorrectionRow) -> Correction:
    return Correction(gate, found.pseudonym, found.corrected_at, found.seen_from, found.seen_until, Colour(found.seen))
