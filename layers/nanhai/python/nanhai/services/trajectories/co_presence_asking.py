"""Somebody of the health authority asks who was where a case's person was; another decides before it is looked for."""

from __future__ import annotations

from nanhai.domain import governance
from nanhai.domain.cases import Case
from nanhai.domain.copresence_requests import KINDS, LAPSES_S, State
from nanhai.domain.days import DAY_S
from nanhai.domain.errors import Absent, Fault, Invalid
from nanhai.domain.identifiers import PersonId, StaffId
from nanhai.policies.trajectories import rule
from nanhai.services import trail
from nanhai.services.asked import Asked
from nanhai.services.casework.purposes import CASE_UNKNOWN
from nanhai.services.identity.limits import Limit, spend
from nanhai.services.platform import Platform
from nanhai.services.schemas import moment
from nanhai.services.trajectories.co_presence_schemas import AskCoPresence, CoPresenceAsked
from nanhai.services.trajectories.phones import pseudonym
from nanhai.store import casefiles, copresences
from nanhai.store.copresences import Request

PER_ORGANISATION = Limit("co-presences", 50, DAY_S)
NO_CASE = "?"


def ask(platform: Platform, asked: Asked, body: AskCoPresence) -> CoPresenceAsked:
    """Invalid for a case that is not there or not the asker's, is over, is not about an infection, or is about somebody
    whose phone is not known; OnOneself; TooMany beyond PER_ORGANISATION."""
    case, person = _case(asked, body)
    governance.check_own_hands(asked.actor, person)
    if not phone_of(platform, person):
        raise Invalid(Fault("/case_id", "trajectories.no-phone"))
    spend(platform, PER_ORGANISATION, asked.actor.organisation, asked.now)
    new = Request(
        request_id=platform.new_ulid(asked.now),
        state=State.OPEN,
        due_at=asked.now + LAPSES_S,
        case_id=case.case_id,
        community=case.community,
        days=body.days,
        purpose=body.purpose,
        legal_basis=body.legal_basis,
        asked_by=StaffId(asked.actor.id),
        organisation=asked.actor.organisation,
        asked_at=asked.now,
    )
    trail.note(asked, f"{new.request_id} {case.case_id} {body.purpose}")
    answer = CoPresenceAsked(new.request_id, State.OPEN.value, moment(new.due_at))
    return platform.commit([copresences.ask(new)], asked.once, answer)


def phone_of(platform: Platform, person: PersonId) -> str:
    """The operators' pseudonym of the phone that somebody registered with; empty when there is none, or no such person
    any more."""
    try:
        number = platform.profile(person).phone
    except Absent:
        return ""
    return pseudonym(platform, number) if number else ""


def _case(asked: Asked, body: AskCoPresence) -> tuple[Case, PersonId]:
    """Whoever names a case that is none, or not theirs, is written down; of what is no case, not what they typed."""
    found = casefiles.get(body.case_id, asked.now)
    days_max = rule().co_presence.days
    faults = [] if body.days <= days_max else [Fault("/days", "trajectories.too-many-days", {"days": days_max})]
    if found is None or found.person is None or not asked.sees(found.community):
        trail.note(asked, NO_CASE if found is None else found.case_id, CASE_UNKNOWN)
        raise Invalid(Fault("/case_id", CASE_UNKNOWN), *faults)
    if not found.open:
        faults.append(Fault("/case_id", "trajectories.case-over"))
    if found.kind not in KINDS:
        faults.append(Fault("/case_id", "trajectories.case-unfit"))
    if faults:
        raise Invalid(*faults)
    return found, found.person
