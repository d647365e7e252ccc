"""The rows of a batch, in the table `batches`: stored before its head, and settled one by one once it takes effect.

A row is settled once, in the transaction that writes its order.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec
from pynamodb.attributes import UnicodeAttribute

from nanhai.domain.batches import ROWS_MAX, Outcome
from nanhai.domain.identifiers import Instant, PersonId, RecordId
from nanhai.store import model
from nanhai.store.attributes import WholeNumberAttribute
from nanhai.store.batches import KEPT_S, BatchesTable
from nanhai.store.model import Start, Write

ROW = "row#"
SETTLED = "batch-row"  # the label of a row's own condition


class BatchRowRow(BatchesTable):
    number = WholeNumberAttribute()
    person_id = UnicodeAttribute()
    community = UnicodeAttribute()
    evidence = UnicodeAttribute()
    outcome = UnicodeAttribute(null=True)
    record_id = UnicodeAttribute(null=True)


class Row(msgspec.Struct, frozen=True):
    """One person of a batch, with the evidence for this person; `outcome` once the batch took effect."""

    number: int
    person_id: PersonId
    community: str
    evidence: str
    outcome: Outcome | None = None
    record_id: RecordId | None = None


def put_rows(batch_id: str, rows: Sequence[Row], proposed_at: Instant) -> list[Write]:
    """Of a batch whose head is not there yet; the same ones again are the same."""
    return [model.put(SETTLED, _row(batch_id, row, proposed_at + KEPT_S)) for row in rows]


def settle(batch_id: str, number: int, outcome: Outcome, record_id: RecordId | None = None) -> Write:
    """What became of a row, once: its condition fails (label "batch-row") when that is known already."""
    change = [BatchRowRow.outcome.set(outcome.value)]
    change += [] if record_id is None else [BatchRowRow.record_id.set(record_id)]
    waits = BatchRowRow.person_id.exists() & BatchRowRow.outcome.does_not_exist()
    return model.update(SETTLED, BatchRowRow(batch_id, _sk(number)), change, waits)


def rows(batch_id: str, limit: int, start: Start | None = None) -> tuple[list[Row], Start | None]:
    """In the order in which they were proposed, and where the next page begins."""
    theirs = (BatchRowRow.batch_id == batch_id) & BatchRowRow.sk.startswith(ROW)
    page, following = model.query(BatchRowRow, theirs, min(limit, ROWS_MAX), start=start)
    return [_row_of(found) for found in page], following


def every_row(batch_id: str) -> Iterator[Row]:
    """ROWS_MAX at most."""
    start: Start | None = None
    for _ in range(ROWS_MAX):
        page, start = rows(batch_id, ROWS_MAX, start)
        yield from page
        if start is None:
            return


def _sk(number: int) -> str:
    return f"{ROW}{number:05d}"


def _row(batch_id: str, row: Row, expires_at: Instant) -> BatchRowRow:
    return BatchRowRow(
        batch_id,
        _sk(row.number),
        expires_at=expires_at,
        number=row.number,
        person_id=row.person_id,
        community=row.community,
        evidence=row.evidence,
    )


def _row_of(found: BatchRowRow) -> Row:
    return Row(
        found.number,
        PersonId(found.person_id),
        found.community,
        found.evidence,
        None if found.outcome is None else Outcome(found.outcome),
        None if found.record_id is None else RecordId(found.record_id),
    )
