"""The table `batches`: isolations proposed together, a head and its rows. Rows come first: no head, no batch.

The head's state moves by conditional writes alone, so that who stops a batch and what makes it take effect exclude each
other. Its rows are in `batch_rows`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from pynamodb.attributes import UnicodeAttribute
from pynamodb.expressions.condition import Condition
from pynamodb.indexes import AllProjection

from nanhai.domain.actors import Role
from nanhai.domain.batches import Approver, State
from nanhai.domain.identifiers import Instant, OrganisationId, StaffId
from nanhai.store import model
from nanhai.store.attributes import PlainMapAttribute, WholeNumberAttribute
from nanhai.store.model import Start, Table, TableIndex, Write

KEPT_S = 180 * 86_400
BATCHES_PER_PAGE_MAX = 100
HEAD = "head"
QUEUES = {State.PROPOSED: "proposed", State.HOLD: "approved", State.TAKING_EFFECT: "approved"}
ENDED = "ended"


class QueueIndex(TableIndex["BatchHeadRow"]):
    class Meta:
        index_name = "queue"
        projection = AllProjection()

    queue = UnicodeAttribute(hash_key=True)
    due_at = WholeNumberAttribute(range_key=True)


class BatchesTable(Table):
    class Meta:
        table_name = "batches"

    batch_id = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    expires_at = WholeNumberAttribute()


class BatchHeadRow(BatchesTable):
    """`queue`: batch#proposed, approved or ended; `due_at`: when the proposal lapses, or when the hold ends;
    `first`, `second`: who approved; `ended`: by, organisation, at, why."""

    queue = UnicodeAttribute()
    due_at = WholeNumberAttribute()
    state = UnicodeAttribute()
    division = UnicodeAttribute()
    kind = UnicodeAttribute()
    reason = UnicodeAttribute()
    since = WholeNumberAttribute()
    until = WholeNumberAttribute()
    place = UnicodeAttribute()
    legal_basis = UnicodeAttribute()
    proposed_by = UnicodeAttribute()
    proposer_role = UnicodeAttribute()
    organisation = UnicodeAttribute()
    proposed_at = WholeNumberAttribute()
    size = WholeNumberAttribute()
    first = PlainMapAttribute[Any](null=True)
    second = PlainMapAttribute[Any](null=True)
    ended = PlainMapAttribute[Any](null=True)
    in_queue = QueueIndex()


class Ended(msgspec.Struct, frozen=True):
    """Who rejected or stopped a batch, and why."""

    by: StaffId
    organisation: OrganisationId
    at: Instant
    why: str


class Batch(msgspec.Struct, frozen=True):
    """`division`: the smallest that holds everybody in it; `due_at`: when it lapses, or its hold ends."""

    batch_id: str
    state: State
    due_at: Instant
    division: str
    kind: str
    reason: str
    since: Instant
    until: Instant
    place: str
    legal_basis: str
    proposed_by: StaffId
    role: Role
    organisation: OrganisationId
    proposed_at: Instant
    size: int
    approvers: tuple[Approver, ...] = ()
    ended: Ended | None = None


def propose(new: Batch) -> Write:
    stored = BatchHeadRow(
        new.batch_id,
        HEAD,
        expires_at=new.proposed_at + KEPT_S,
        queue=_queue(new.state),
        due_at=new.due_at,
        state=new.state.value,
        division=new.division,
        kind=new.kind,
        reason=new.reason,
        since=new.since,
        until=new.until,
        place=new.place,
        legal_basis=new.legal_basis,
        proposed_by=new.proposed_by,
        proposer_role=new.role.value,
        organisation=new.organisation,
        proposed_at=new.proposed_at,
        size=new.size,
    )
    return model.put("batch", stored, BatchHeadRow.batch_id.does_not_exist())


def approve_first(batch_id: str, approver: Approver) -> Write:
    """Its condition fails (label "batch") when somebody has decided meanwhile, or it has lapsed at `approver.at`."""
    none = BatchHeadRow.first.does_not_exist()
    change = [BatchHeadRow.first.set(_approver(approver))]
    return model.update("batch", BatchHeadRow(batch_id, HEAD), change, _waits(State.PROPOSED, approver.at) & none)


def approve_second(batch_id: str, approver: Approver, first: Approver, hold_ends_at: Instant) -> Write:
    """The same for the one after `first`; from now on it is held until `hold_ends_at`."""
    one = (BatchHeadRow.first == _approver(first)) & BatchHeadRow.second.does_not_exist()
    change = [
        BatchHeadRow.second.set(_approver(approver)),
        BatchHeadRow.due_at.set(hold_ends_at),
        *_moved(State.HOLD),
    ]
    return model.update("batch", BatchHeadRow(batch_id, HEAD), change, _waits(State.PROPOSED, approver.at) & one)


def reject(batch_id: str, ended: Ended) -> Write:
    """Its condition fails (label "batch") when it waits for no decision any more at `ended.at`."""
    return _end(batch_id, State.REJECTED, ended, [State.PROPOSED])


def stop(batch_id: str, ended: Ended) -> Write:
    """The same, also within the hold."""
    return _end(batch_id, State.STOPPED, ended, [State.PROPOSED, State.HOLD])


def _end(batch_id: str, state: State, ended: Ended, before: Sequence[State]) -> Write:
    told = {"by": ended.by, "organisation": ended.organisation, "at": ended.at, "why": ended.why}
    change = [BatchHeadRow.ended.set(told), *_moved(state)]
    waits = BatchHeadRow.state.is_in(*(one.value for one in before)) & (BatchHeadRow.due_at > ended.at)
    return model.update("batch", BatchHeadRow(batch_id, HEAD), change, waits)


def begin(batch_id: str, at: Instant) -> Write:
    """The hold is over: from now on nobody can stop it. Its condition fails when somebody has, or it has begun."""
    over = (BatchHeadRow.state == State.HOLD.value) & (BatchHeadRow.due_at <= at)
    return model.update("batch", BatchHeadRow(batch_id, HEAD), _moved(State.TAKING_EFFECT), over)


def done(batch_id: str) -> Write:
    begun = BatchHeadRow.state == State.TAKING_EFFECT.value
    return model.update("batch", BatchHeadRow(batch_id, HEAD), _moved(State.DONE), begun)


def get(batch_id: str, now: Instant) -> Batch | None:
    found = model.get(BatchHeadRow, batch_id, HEAD)
    return None if found is None or found.expires_at <= now else _batch(found)


def in_queue(
    queue: str, now: Instant, limit: int, start: Start | None = None, due_from: Instant = 0
) -> tuple[list[Batch], Start | None]:
    """Those due at `due_from` or later, soonest first, and where the next page begins."""
    theirs = (BatchHeadRow.queue == f"batch#{queue}") & (BatchHeadRow.due_at >= due_from)
    most = min(limit, BATCHES_PER_PAGE_MAX)
    page, following = model.query(BatchHeadRow, theirs, most, index=BatchHeadRow.in_queue, start=start)
    return [_batch(found) for found in page if found.expires_at > now], following


def due(now: Instant, limit: int) -> list[Batch]:
    """Batches whose hold is over and whose orders are not all written yet, longest due first."""
    over = (BatchHeadRow.queue == _queue(State.HOLD)) & (BatchHeadRow.due_at <= now)
    page, _ = model.query(BatchHeadRow, over, min(limit, BATCHES_PER_PAGE_MAX), index=BatchHeadRow.in_queue)
    return [_batch(found) for found in page]


def _waits(state: State, at: Instant) -> Condition:
    waits: Condition = (BatchHeadRow.state == state.value) & (BatchHeadRow.due_at > at)
    return waits


def _moved(state: State) -> list[Any]:
    return [BatchHeadRow.state.set(state.value), BatchHeadRow.queue.set(_queue(state))]


def _queue(state: State) -> str:
    return f"batch#{QUEUES.get(state, ENDED)}"


def _approver(approver: Approver) -> dict[str, Any]:
    return {
        "by": approver.by,
        "organisation": approver.organisation,
        "role": approver.role.value,
        "at": approver.at,
    }


def _batch(found: BatchHeadRow) -> Batch:
    ended = found.ended
    return Batch(
        found.batch_id,
        State(found.state),
        found.due_at,
        found.division,
        found.kind,
        found.reason,
        found.since,
        found.until,
        found.place,
        found.legal_basis,
        StaffId(found.proposed_by),
        Role(found.proposer_role),
        OrganisationId(found.organisation),
        found.proposed_at,
        found.size,
        tuple(_approver_of(told) for told in (found.first, found.second) if told is not None),
        None if ended is None else Ended(ended["by"], ended["organisation"], ended["at"], ended["why"]),
    )


def _approver_of(told: dict[str, Any]) -> Approver:
    return Approver(told["by"], told["organisation"], Role(told["role"]), told["at"])
