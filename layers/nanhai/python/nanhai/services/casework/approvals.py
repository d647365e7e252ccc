"""The second pair of eyes: proposals of isolation as they wait, and the health authority's decision, once.

The order comes into being in the transaction that decides the proposal, or not at all.
"""

from __future__ import annotations

from typing import Any

import msgspec

from nanhai.domain import governance
from nanhai.domain.actors import Actor, Role
from nanhai.domain.errors import Absent
from nanhai.domain.governance import AlreadyDecided, ProposalExpired
from nanhai.domain.identifiers import Instant, RecordId, StaffId
from nanhai.domain.masking import HIDDEN
from nanhai.domain.records import Isolation, Place, Reason, Record
from nanhai.services import trail
from nanhai.services.asked import Asked
from nanhai.services.casework import accesses, facts
from nanhai.services.casework.records import SEE_HEALTH
from nanhai.services.casework.schemas import Approval, ApprovalListed, DecideApproval, Decided, State
from nanhai.services.platform import Platform
from nanhai.services.schemas import moment, moment_or_none
from nanhai.store import cases
from nanhai.store.cases import APPROVED, OPEN, REJECTED, Decision, Proposal
from nanhai.store.writes import ConditionFailed

PAGES_PER_REQUEST_MAX = 5
EXPIRED = "expired"
PURPOSE = "isolation"

Start = dict[str, Any]


def listed(asked: Asked, state: State, limit: int, start: Start | None) -> tuple[list[ApprovalListed], Start | None]:
    """Those in the asker's scope, soonest to lapse first, and where the next page begins; nothing of a person."""
    found: list[ApprovalListed] = []
    following = start
    queue, due_from = (OPEN if state == EXPIRED else state), (asked.now + 1 if state == OPEN else 0)
    for _ in range(PAGES_PER_REQUEST_MAX):
        page, following = cases.in_state(queue, limit, following, due_from)
        found = [_listed(p, asked.now) for p in page if asked.sees(p.community) and state_at(p, asked.now) == state]
        if found or following is None:
            break
    return found, following


def read(platform: Platform, asked: Asked, approval_id: str) -> Approval:
    """Absent when there is none, or none in scope; the person is told who looked.

    The district command sees no health detail, but of what its own organisation has proposed.
    """
    proposal = _in_scope(asked, approval_id)
    accesses.note(platform, asked, proposal.person_id, PURPOSE)
    health = asked.actor.role in SEE_HEALTH or asked.actor.organisation == proposal.organisation
    return _told(proposal, asked.now) if health else _masked(_told(proposal, asked.now))


def decide(platform: Platform, asked: Asked, approval_id: str, body: DecideApproval) -> Decided:
    """Approves or rejects. Raises Absent, what `governance.check_isolation` raises, AlreadyDecided, ProposalExpired."""
    proposal = _in_scope(asked, approval_id)
    governance.check_isolation(_maker(proposal), asked.actor, proposal.person_id)
    _require_open(proposal, asked.now)
    trail.note(asked, approval_id)
    try:
        if body.decision == "reject":
            return _reject(platform, asked, proposal, body.note)
        return _approve(platform, asked, proposal, body.note)
    except ConditionFailed:  # somebody decided meanwhile, or it has just lapsed, or the person was erased
        _require_open(_in_scope(asked, approval_id), asked.now)
        raise Absent from None


def state_at(proposal: Proposal, now: Instant) -> State:
    """Undecided until it lapses, it has expired."""
    match proposal.state:
        case "approved":
            return "approved"
        case "rejected":
            return "rejected"
        case _:
            return "open" if now < proposal.due_at else "expired"


def _in_scope(asked: Asked, approval_id: str) -> Proposal:
    found = cases.get(approval_id)
    if found is None:
        raise Absent
    asked.require_scope(found.community)
    return found


def _maker(proposal: Proposal) -> Actor:
    """Who proposed, as far as the rules ask."""
    return Actor(Role(proposal.role), proposal.proposed_by, organisation=proposal.organisation)


def _require_open(proposal: Proposal, now: Instant) -> None:
    match state_at(proposal, now):
        case "approved" | "rejected":
            raise AlreadyDecided
        case "expired":
            raise ProposalExpired


def _reject(platform: Platform, asked: Asked, proposal: Proposal, note: str) -> Decided:
    decided = cases.decide(proposal.case_id, _decision(asked, REJECTED, note, None))
    return platform.commit([decided], asked.once, Decided("rejected", None))


def _approve(platform: Platform, asked: Asked, proposal: Proposal, note: str) -> Decided:
    order = _order(platform, asked, proposal)
    decided = cases.decide(proposal.case_id, _decision(asked, APPROVED, note, order.record_id))
    answer = Decided("approved", order.record_id)
    return platform.write_records(proposal.person_id, [order], asked.once, answer, extra=[decided])


def _order(platform: Platform, asked: Asked, proposal: Proposal) -> Record:
    """As proposed; it rests on the case, and names both offices."""
    maker = facts.office(_maker(proposal))
    return facts.record(
        platform,
        asked,
        proposal.person_id,
        Isolation(Place(proposal.kind), Reason(proposal.reason), proposal.since, proposal.until, proposal.place),
        evidence=proposal.case_id,
        legal_basis=proposal.legal_basis,
        source_id=f"{maker}+{facts.office(asked.actor)}",
    )


def _decision(asked: Asked, state: str, note: str, order: RecordId | None) -> Decision:
    return Decision(state, StaffId(asked.actor.id), asked.actor.organisation, asked.now, note, order)


def _listed(proposal: Proposal, now: Instant) -> ApprovalListed:
    return ApprovalListed(
        proposal.case_id,
        state_at(proposal, now),
        proposal.community,
        proposal.organisation,
        moment(proposal.proposed_at),
        moment(proposal.due_at),
    )


def _masked(told: Approval) -> Approval:
    note = None if told.note is None else HIDDEN
    return msgspec.structs.replace(told, reason=HIDDEN, place=HIDDEN, evidence=HIDDEN, note=note)


def _told(proposal: Proposal, now: Instant) -> Approval:
    made = proposal.decision
    return Approval(
        approval_id=proposal.case_id,
        state=state_at(proposal, now),
        person_id=proposal.person_id,
        community=proposal.community,
        kind=proposal.kind,
        reason=proposal.reason,
        since=moment(proposal.since),
        until=moment(proposal.until),
        place=proposal.place,
        evidence=proposal.evidence,
        legal_basis=proposal.legal_basis,
        proposed_by=proposal.proposed_by,
        organisation=proposal.organisation,
        proposed_at=moment(proposal.proposed_at),
        expires_at=moment(proposal.due_at),
        decided_by=None if made is None else made.by,
        decided_at=moment_or_none(None if made is None else made.at),
        note=None if made is None else made.note,
        record_id=None if made is None else made.record_id,
    )
