"""Which case an officer may have before them, and what of it they see."""

from __future__ import annotations

from collections.abc import Mapping

from nanhai.domain import cases, governance
from nanhai.domain.actors import NO_ORGANISATION, Role
from nanhai.domain.case_rules import KindRules
from nanhai.domain.cases import Case, CaseChanged
from nanhai.domain.errors import Absent
from nanhai.domain.masking import HIDDEN
from nanhai.policies import casework
from nanhai.services import trail
from nanhai.services.asked import Asked
from nanhai.services.casework.case_schemas import CaseListed
from nanhai.services.casework.records import SEE_HEALTH
from nanhai.services.schemas import moment
from nanhai.store import casefiles

SEE_NOTES = SEE_HEALTH | {Role.HOSPITAL}  # a hospital has only those before it that were referred to it
OF_HEALTH = frozenset({"appointment_at", "organisation"})  # details of a step


def before(asked: Asked, case_id: str) -> tuple[Case, KindRules]:
    """Absent when there is none; just the same out of scope, and for a hospital when it was not referred to it."""
    found = casefiles.get(case_id, asked.now)
    if found is None:
        raise Absent
    if asked.actor.role is Role.HOSPITAL:
        if asked.actor.organisation in {NO_ORGANISATION, ""} or found.referred_to != asked.actor.organisation:
            raise Absent
    else:
        asked.require_scope(found.community)
    return found, casework.rules_of(found)


def to_change(asked: Asked, case_id: str, version: int) -> tuple[Case, KindRules]:
    """Raises Absent, OnOneself, and CaseChanged when it is no longer the version that was read; audits the rest."""
    case, rules = before(asked, case_id)
    if case.person is not None:
        governance.check_own_hands(asked.actor, case.person)
    if case.version != version:
        raise CaseChanged
    trail.note(asked, case_id)
    return case, rules


def outcome_shown(asked: Asked, rules: KindRules, outcome: str) -> str:
    """An outcome that tells of somebody's health is ＊ for who may not see health detail."""
    told = rules.outcomes.get(outcome)
    return HIDDEN if told is not None and told.health and not sees_health(asked) else outcome


def details_shown(asked: Asked, rules: KindRules, details: Mapping[str, str]) -> dict[str, str]:
    """What a step tells besides: where and when somebody is seen by a doctor is of their health, too."""
    told = {name: HIDDEN if name in OF_HEALTH and not sees_health(asked) else text for name, text in details.items()}
    return told | ({"outcome": outcome_shown(asked, rules, told["outcome"])} if "outcome" in told else {})


def sees_health(asked: Asked) -> bool:
    return asked.actor.role in SEE_NOTES


def listed(asked: Asked, case: Case, rules: KindRules) -> CaseListed:
    now = asked.now
    return CaseListed(
        case_id=case.case_id,
        chain=case.chain,
        kind=case.kind.value,
        state=case.state,
        community=case.community,
        tier=cases.tier(rules, case, now).value,
        working=sorted(cases.working(rules, case, now)),
        opened_at=moment(case.opened_at),
        due_at=moment(cases.due_at(rules, case)),
        overdue=cases.overdue(rules, case, now),
        assignee=case.assignee or None,
        outcome=outcome_shown(asked, rules, case.outcome) or None,
        version=case.version,
    )
