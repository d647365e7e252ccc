"""Once its hold is over, the orders of a batch are written: each in a transaction of its own, once, whenever it runs.

Whatever is killed goes on in the next minute: a row's order and the row that says so are one transaction, and the
record's id follows from batch and row. Whoever reads a batch after its hold sees that it takes effect, job or no job.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from nanhai.domain import batches as rules
from nanhai.domain.batches import Outcome, State
from nanhai.domain.errors import Unavailable
from nanhai.domain.identifiers import Instant
from nanhai.domain.records import Record
from nanhai.services import alarms, trail
from nanhai.services.casework.batch_decisions import maker_of
from nanhai.services.casework.batch_reading import order_of
from nanhai.services.news import news
from nanhai.services.platform import Platform
from nanhai.services.schemas import moment
from nanhai.store import audit, batch_rows, batches, people
from nanhai.store.audit import AuditEntry
from nanhai.store.batch_rows import SETTLED, Row
from nanhai.store.batches import Batch
from nanhai.store.people import HEAD
from nanhai.store.writes import ConditionFailed, send

BATCHES_AT_ONCE_MAX = 10
RESERVE_S = 15.0
NEWS = "casework-batch-order"
OPERATION = "batch.effect"

Remaining = Callable[[], float]  # seconds until this process is ended


def run(platform: Platform, remaining_s: Remaining) -> int:
    """Goes on with every batch whose hold is over, longest ago first, while there is time; how many rows it settled."""
    settled = 0
    for batch in batches.due(platform.now(), BATCHES_AT_ONCE_MAX):
        if not _has_begun(batch, platform.now()):
            continue
        for row in _waiting(batch):
            if remaining_s() < RESERVE_S:
                return settled
            settled += _tried(platform, batch, row)
        _close(batch)
    return settled


def _has_begun(batch: Batch, now: Instant) -> bool:
    """False when it was stopped in time: of the two conditions one fails."""
    if batch.state is State.TAKING_EFFECT:
        return True
    try:
        send([batches.begin(batch.batch_id, now)])
    except ConditionFailed:  # stopped, or another run has begun it, or this one's answer was lost
        found = batches.get(batch.batch_id, now)
        return found is not None and found.state is State.TAKING_EFFECT
    return True


def _waiting(batch: Batch) -> Iterator[Row]:
    return (row for row in batch_rows.every_row(batch.batch_id) if row.outcome is None)


def _close(batch: Batch) -> None:
    if any(_waiting(batch)):
        return
    try:
        send([batches.done(batch.batch_id)])
    except ConditionFailed:  # another run has closed it
        return


def _tried(platform: Platform, batch: Batch, row: Row) -> bool:
    """A row that fails holds nobody else up: somebody is told, and it is tried again in the next minute."""
    try:
        return _settle(platform, batch, row, platform.now())
    except Unavailable:
        raise
    except Exception as failed:  # whatever it is, the other orders stand for other people
        alarms.tell(
            alarms.CASEWORK, f"batches.row-failed:{type(failed).__qualname__}", f"{batch.batch_id}#{row.number}"
        )
        return False


def _settle(platform: Platform, batch: Batch, row: Row, now: Instant) -> bool:
    """Writes the order of one row, or why there is none; False when that was done before."""
    if now >= batch.until:
        return _noted(batch, row, Outcome.OVER)
    order = _order(batch, row, now)
    _write_down(batch, row, now)
    extra = [
        batch_rows.settle(batch.batch_id, row.number, Outcome.ORDERED, order.record_id),
        news(platform, row.person_id, now, NEWS, {"until": moment(batch.until).date().isoformat()}, batch.batch_id),
    ]
    try:
        people.write_records(row.person_id, [order], now, extra=extra)
    except ConditionFailed as failed:
        if HEAD in failed.labels and people.head(row.person_id) is None:
            return _noted(batch, row, Outcome.ABSENT)
        if SETTLED not in failed.labels:
            raise
        return False
    return True


def _noted(batch: Batch, row: Row, outcome: Outcome) -> bool:
    try:
        send([batch_rows.settle(batch.batch_id, row.number, outcome)])
    except ConditionFailed:
        return False
    return True


def _order(batch: Batch, row: Row, now: Instant) -> Record:
    """As proposed, from the end of the hold on; it rests on this person's own evidence, and names all three offices."""
    return rules.ordering(
        rules.record_id(batch.batch_id, row.number, batch.due_at),
        row.person_id,
        order_of(batch),
        happened_at=batch.due_at,
        recorded_at=now,
        hands=rules.hands(maker_of(batch), batch.approvers),
        evidence=row.evidence,
        legal_basis=batch.legal_basis,
    )


def _write_down(batch: Batch, row: Row, now: Instant) -> None:
    entry = AuditEntry(
        actor=batch.batch_id,
        role="system",
        operation=OPERATION,
        subject=row.person_id,
        outcome=trail.ASKED,
        correlation_id=f"{batch.batch_id}#{row.number}",
    )
    audit.append([entry], now)
