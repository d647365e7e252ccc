"""One case as an officer has it before them. The person it is about is told who looked."""

from __future__ import annotations

from nanhai.domain import cases
from nanhai.domain.case_rules import CLOSED, KindRules
from nanhai.domain.cases import Case, Step
from nanhai.domain.errors import Refusal
from nanhai.domain.masking import HIDDEN
from nanhai.services import casetexts
from nanhai.services.asked import Asked
from nanhai.services.casework import accesses, case_access
from nanhai.services.casework.case_schemas import CaseRead, CaseStep
from nanhai.services.platform import Platform
from nanhai.services.schemas import moment


def read(platform: Platform, asked: Asked, case_id: str) -> CaseRead:
    """Absent when there is none, or none that the asker may see. What was written down, and what tells of health, is
    told to whom health details are told, and ＊ to others."""
    case, rules = case_access.before(asked, case_id)
    if case.person is not None:
        accesses.note(platform, asked, case.person, case.kind.value)
    summary, notes = _texts(platform, asked, case)
    can = [code for code in rules.allowed(case.state) if _can(asked, case, rules, code)]
    return CaseRead(
        case=case_access.listed(asked, case, rules),
        person_id=case.person,
        origin=case.origin,
        referred_to=_hospital(asked, case),
        limit_at=moment(cases.limit_at(rules, case)),
        summary=summary,
        steps=[_told(asked, rules, step, note) for step, note in zip(case.steps, notes, strict=True)],
        can=sorted(can),
        outcomes=sorted(_outcomes(case, rules, can)),
    )


def _texts(platform: Platform, asked: Asked, case: Case) -> tuple[str, list[str]]:
    if case_access.sees_health(asked):
        return casetexts.opened(platform, case)
    return HIDDEN if case.summary else "", [HIDDEN if step.note else "" for step in case.steps]


def _hospital(asked: Asked, case: Case) -> str | None:
    if not case.referred_to:
        return None
    return case.referred_to if case_access.sees_health(asked) else HIDDEN


def _can(asked: Asked, case: Case, rules: KindRules, code: str) -> bool:
    try:
        cases.check_step(rules, case, code, rules.steps[code].use, asked.actor, asked.now)
    except Refusal:
        return False
    return True


def _outcomes(case: Case, rules: KindRules, can: list[str]) -> list[str]:
    ends = any(rules.allowed(case.state)[code] == CLOSED for code in can)
    return [name for name, outcome in rules.outcomes.items() if ends and case.state in outcome.states]


def _told(asked: Asked, rules: KindRules, step: Step, note: str) -> CaseStep:
    return CaseStep(
        code=step.code,
        at=moment(step.at),
        by=step.by,
        role=step.role,
        office=step.organisation,
        state=step.state,
        details=case_access.details_shown(asked, rules, step.details),
        note=note,
    )
