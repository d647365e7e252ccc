"""Whose hands a case is in: a member of staff of one's own, another tier, or two tiers together."""

from __future__ import annotations

from nanhai.domain import cases
from nanhai.domain.appeals import MEDICAL
from nanhai.domain.case_rules import Use
from nanhai.domain.cases import ASSIGNED, TIER_OF, Case, CaseKind, StepNotNow, Tier, Way
from nanhai.domain.errors import Fault, Invalid
from nanhai.domain.identifiers import StaffId
from nanhai.services.asked import Asked
from nanhai.services.casework import appeal_reading, case_access, case_steps
from nanhai.services.casework.case_schemas import AssignCase, CaseWritten, HandCase
from nanhai.services.platform import Platform
from nanhai.store import staff


def assign(platform: Platform, asked: Asked, case_id: str, body: AssignCase) -> CaseWritten:
    """To somebody on duty whose scope holds the case, of a tier that works on it; Invalid for anybody else.

    Raises Absent, OnOneself, CaseChanged, and what `cases.check_step` raises.
    """
    case, rules = case_access.to_change(asked, case_id, body.version)
    cases.check_step(rules, case, ASSIGNED, Use.ASSIGN, asked.actor, asked.now)
    if not _can_have(case, body.staff_id, cases.working(rules, case, asked.now)):
        raise Invalid(Fault("/staff_id", "casework.staff-not-for-it"))
    step = case_steps.taken(asked, ASSIGNED, case.state, {"staff": body.staff_id})
    return case_steps.write(platform, asked, rules, case, cases.after(rules, case, step))


def hand(platform: Platform, asked: Asked, case_id: str, body: HandCase) -> CaseWritten:
    """Raises Absent, OnOneself, CaseChanged, what `cases.check_step` raises, StepNotNow where it cannot go there; for
    an appeal what `appeals.check_reviewer` raises, too."""
    way, to = Way(body.way), Tier(body.to)
    case, rules = case_access.to_change(asked, case_id, body.version)
    cases.check_step(rules, case, way.value, Use.HAND_OVER, asked.actor, asked.now)
    if not cases.can_go(case, way, to, TIER_OF.get(asked.actor.role, Tier.DISTRICT)):
        raise StepNotNow(step=way.value, state=case.state)
    if case.kind is CaseKind.APPEAL:
        _check_appeal(asked, case, way)
    step = case_steps.noted(platform, case, case_steps.taken(asked, way.value, case.state, {"to": to.value}), body.note)
    moved = cases.handed(cases.after(rules, case, step), way, to, asked.now)
    return case_steps.write(platform, asked, rules, case, moved)


def _check_appeal(asked: Asked, case: Case, way: Way) -> None:
    """Who may not judge it gives it to no other judge; what is medical is the district's by breach alone."""
    appeal, _ = appeal_reading.in_scope(asked, case.case_id)
    appeal_reading.check(asked, appeal, case)
    if appeal.record_class in MEDICAL:
        raise StepNotNow(step=way.value, state=case.state)


def _can_have(case: Case, staff_id: str, working: frozenset[Tier]) -> bool:
    found = staff.get(StaffId(staff_id))
    if found is None or not found.active or not found.scope or not case.community.startswith(found.scope):
        return False
    return TIER_OF.get(found.role) in working
