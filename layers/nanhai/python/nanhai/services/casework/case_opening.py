"""An officer opens a case, about a person or about their community."""

from __future__ import annotations

from nanhai.domain import governance
from nanhai.domain.cases import CaseKind, StepNotYours
from nanhai.domain.errors import Absent, Fault, Invalid
from nanhai.domain.identifiers import PersonId
from nanhai.policies import casework
from nanhai.policies.divisions import divisions
from nanhai.services import cases, trail
from nanhai.services.asked import Asked
from nanhai.services.cases import NewCase
from nanhai.services.casework import case_access
from nanhai.services.casework.case_schemas import CaseWritten, OpenCase
from nanhai.services.casework.subjects import subject
from nanhai.services.platform import Platform


def open_(platform: Platform, asked: Asked, body: OpenCase) -> CaseWritten:
    """Absent for someone or somewhere out of scope, and so for `follows`; StepNotYours, OnOneself, Invalid."""
    kind = CaseKind(body.kind)
    rules = casework.begun(kind, asked.now)
    if asked.actor.role not in rules.opened_by:
        raise StepNotYours
    person, community = _about(platform, asked, body)
    chain, origin = _follows(asked, body)
    new = NewCase(
        kind,
        community,
        origin,
        person,
        body.summary,
        by=asked.actor.id,
        role=asked.actor.role.value,
        organisation=asked.actor.organisation,
        chain=chain,
    )
    opened = cases.opened(platform, asked.now, new)
    trail.note(asked, person or opened.case_id)
    return platform.commit(opened.writes, asked.once, CaseWritten(opened.case_id, rules.begins, 1))


def _about(platform: Platform, asked: Asked, body: OpenCase) -> tuple[PersonId | None, str]:
    if (body.person_id is None) is (body.community is None):
        raise Invalid(Fault("/community", "casework.person-or-community"))
    if body.person_id is not None:
        head = subject(asked, body.person_id)
        governance.check_own_hands(asked.actor, head.person_id)
        return head.person_id, head.community
    community = body.community or ""
    asked.require_scope(community)
    if divisions(platform.settings.district).community(community) is None:
        raise Absent
    return None, community


def _follows(asked: Asked, body: OpenCase) -> tuple[str, str]:
    if body.follows is None:
        return "", "officer"
    before, _ = case_access.before(asked, body.follows)
    return before.chain, f"case:{before.case_id}"
