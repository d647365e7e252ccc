"""Two approvals of two organisations, then the hold; until it ends, who made or may approve the batch can stop it."""

from __future__ import annotations

from typing import NoReturn

from nanhai.domain import batches as rules
from nanhai.domain.actors import Actor
from nanhai.domain.batches import (
    APPROVALS,
    HOLD_S,
    AlreadyApproved,
    AlreadySettled,
    Approver,
    State,
    TooLate,
)
from nanhai.domain.errors import Absent, Fault, Invalid
from nanhai.domain.identifiers import Instant, StaffId
from nanhai.services import trail
from nanhai.services.asked import Asked
from nanhai.services.casework.batch_schemas import BatchDecided, DecideBatch, StopBatch
from nanhai.services.platform import Platform
from nanhai.services.schemas import moment_or_none
from nanhai.store import batch_rows, batches
from nanhai.store.batches import Batch, Ended
from nanhai.store.writes import ConditionFailed, Write


def in_scope(asked: Asked, batch_id: str) -> Batch:
    """Absent when there is none, and when somebody in it is out of the asker's scope."""
    found = batches.get(batch_id, asked.now)
    if found is None:
        raise Absent
    asked.require_scope(found.division)
    return found


def state_of(batch: Batch, now: Instant) -> State:
    return rules.state_at(batch.state, batch.due_at, now)


def maker_of(batch: Batch) -> Actor:
    """Who proposed, as far as the rules ask."""
    return Actor(batch.role, batch.proposed_by, organisation=batch.organisation)


def decide(platform: Platform, asked: Asked, batch_id: str, body: DecideBatch) -> BatchDecided:
    """Approves or rejects. Absent, what `rules.check_approver` raises, AlreadySettled, AlreadyApproved, TooLate."""
    if (body.why is None) is not (body.decision == "approve"):
        raise Invalid(Fault("/why", "batches.why-with-rejection"))
    for _ in range(APPROVALS):
        batch = _undecided(asked, batch_id)
        write, answer = _approval(asked, batch) if body.why is None else _rejection(asked, batch, body.why)
        trail.note(asked, batch_id)
        try:
            return platform.commit([write], asked.once, answer)
        except ConditionFailed:  # somebody else approved or rejected meanwhile, or it has just lapsed: looked at anew
            continue
    raise AlreadyApproved


def stop(platform: Platform, asked: Asked, batch_id: str, body: StopBatch) -> BatchDecided:
    """Absent, NotMakerOrApprover, AlreadySettled; TooLate once the hold is over."""
    batch = in_scope(asked, batch_id)
    rules.check_stopper(batch.proposed_by, asked.actor)
    if (state := state_of(batch, asked.now)) not in {State.PROPOSED, State.HOLD}:
        _refuse(state)
    trail.note(asked, batch_id)
    answer = BatchDecided(State.STOPPED.value, len(batch.approvers), None)
    try:
        return platform.commit([batches.stop(batch_id, _ended(asked, body.why))], asked.once, answer)
    except ConditionFailed:
        _refuse(state_of(in_scope(asked, batch_id), asked.now))


def _undecided(asked: Asked, batch_id: str) -> Batch:
    """The batch, if the asker may approve it and it waits for that."""
    batch = in_scope(asked, batch_id)
    persons = {row.person_id for row in batch_rows.every_row(batch_id)}
    rules.check_approver(maker_of(batch), batch.approvers, asked.actor, persons)
    if (state := state_of(batch, asked.now)) is not State.PROPOSED:
        _refuse(state)
    return batch


def _approval(asked: Asked, batch: Batch) -> tuple[Write, BatchDecided]:
    approver = Approver(asked.actor.id, asked.actor.organisation, asked.actor.role, asked.now)
    if len(batch.approvers) + 1 < APPROVALS:
        return batches.approve_first(batch.batch_id, approver), BatchDecided(State.PROPOSED.value, 1, None)
    effective_at = asked.now + HOLD_S
    write = batches.approve_second(batch.batch_id, approver, batch.approvers[0], effective_at)
    return write, BatchDecided(State.HOLD.value, APPROVALS, moment_or_none(effective_at))


def _rejection(asked: Asked, batch: Batch, why: str) -> tuple[Write, BatchDecided]:
    answer = BatchDecided(State.REJECTED.value, len(batch.approvers), None)
    return batches.reject(batch.batch_id, _ended(asked, why)), answer


def _ended(asked: Asked, why: str) -> Ended:
    return Ended(StaffId(asked.actor.id), asked.actor.organisation, asked.now, why)


def _refuse(state: State) -> NoReturn:
    match state:
        case State.PROPOSED | State.HOLD:
            raise AlreadyApproved
        case State.TAKING_EFFECT | State.DONE:
            raise TooLate
        case _:
            raise AlreadySettled
