"""Proposing an isolation: a proposal isolates nobody until a second office has decided.

A reason outside the closed epidemic list is refused, and somebody is told that it was tried.
"""

from __future__ import annotations

from nanhai.domain import governance
from nanhai.domain.days import DAY_S, LOCAL_OFFSET_S
from nanhai.domain.errors import Invalid
from nanhai.domain.governance import ISOLATIONS_PER_DAY_MAX, PROPOSAL_S, REASON_NOT_LISTED, BatchNeeded
from nanhai.domain.identifiers import Instant, StaffId
from nanhai.domain.records import Isolation
from nanhai.services import alarms, trail
from nanhai.services.asked import Asked
from nanhai.services.casework.schemas import IsolationProposed, ProposeIsolation
from nanhai.services.casework.subjects import subject
from nanhai.services.platform import Platform
from nanhai.services.schemas import instant
from nanhai.store import cases, sessions
from nanhai.store.cases import Proposal
from nanhai.store.people import Head

COMMUNITY_PER_DAY_MAX = 10  # by whomever; 0.1 % of a community, never under ten: how many live in one is not published


def propose(platform: Platform, asked: Asked, body: ProposeIsolation) -> IsolationProposed:
    """Invalid names every fault of the order; Absent for someone out of scope, OnOneself, SameOrganisation.

    BatchNeeded beyond ISOLATIONS_PER_DAY_MAX proposals of one organisation, or COMMUNITY_PER_DAY_MAX for the people of
    one community, on a local day.
    """
    order = _order(asked, body)
    head = subject(asked, body.person_id)
    governance.check_proposal(asked.actor, head.person_id)
    _keep_below_a_batch(asked, head.community)
    trail.note(asked, head.person_id)
    new = _proposal(platform, asked, body, head, order)
    return platform.commit([cases.propose(new)], asked.once, IsolationProposed(new.case_id, "open"))


def _order(asked: Asked, body: ProposeIsolation) -> Isolation:
    try:
        return governance.order(
            body.kind, body.reason, instant(body.since), instant(body.until), body.place, now=asked.now
        )
    except Invalid as refused:
        if any(fault.code == REASON_NOT_LISTED for fault in refused.faults):
            _alert(asked, body.person_id)
        raise


def _alert(asked: Asked, person_id: str) -> None:
    """Before anything else is looked at: who tried it is written down whoever it was meant for."""
    trail.note(asked, person_id, REASON_NOT_LISTED)
    alarms.tell("reason-not-listed", REASON_NOT_LISTED, asked.correlation_id)


def _keep_below_a_batch(asked: Asked, community: str) -> None:
    for name, most in (
        (f"isolations#{asked.actor.organisation}", ISOLATIONS_PER_DAY_MAX),
        (f"isolations-in#{community}", COMMUNITY_PER_DAY_MAX),
    ):
        wait_s = sessions.hit(name, most, DAY_S, asked.now + LOCAL_OFFSET_S)  # so that windows are local days
        if wait_s is not None:
            raise BatchNeeded(retry_after_s=wait_s)


def _proposal(platform: Platform, asked: Asked, body: ProposeIsolation, head: Head, order: Isolation) -> Proposal:
    return Proposal(
        case_id=platform.new_ulid(asked.now),
        person_id=head.person_id,
        community=head.community,
        kind=order.kind.value,
        reason=order.reason.value,
        since=order.since,
        until=order.until,
        place=order.place,
        evidence=body.evidence,
        legal_basis=body.legal_basis,
        proposed_by=StaffId(asked.actor.id),
        role=asked.actor.role.value,
        organisation=asked.actor.organisation,
        proposed_at=asked.now,
        due_at=_due_at(asked.now, order),
    )


def _due_at(now: Instant, order: Isolation) -> Instant:
    """An order that would be over is not decided any more either."""
    return min(now + PROPOSAL_S, order.until)
