"""What a person's data are looked at for. A purpose comes with a case that is there, or it would be a word."""

from __future__ import annotations

from nanhai.domain.cases import Case
from nanhai.domain.errors import Fault, Invalid
from nanhai.domain.identifiers import PersonId
from nanhai.services import trail
from nanhai.services.asked import Asked
from nanhai.store import casefiles, cases

CASE_UNKNOWN = "casework.case-unknown"
DESK_HELP = "desk-help"  # somebody stands at the desk: there is no case yet, and nothing of health is opened


def check(asked: Asked, person: PersonId, purpose: str, case_id: str | None) -> None:
    """Invalid unless `case_id` is a case or a proposal about this person, in the asker's scope, open or still kept; one
    is needed for every purpose but DESK_HELP. Whoever names another case is written down."""
    if case_id is None:
        if purpose != DESK_HELP:
            raise Invalid(Fault("/case", "casework.purpose-and-case"))
    elif not _is_about(asked, person, case_id):
        trail.note(asked, person, CASE_UNKNOWN)
        raise Invalid(Fault("/case", CASE_UNKNOWN))


def told(purpose: str, case_id: str | None) -> str:
    """For the audit."""
    return purpose if case_id is None else f"{purpose} {case_id}"


def _is_about(asked: Asked, person: PersonId, case_id: str) -> bool:
    found = casefiles.get(case_id, asked.now) or cases.get(case_id)
    if found is None:
        return False
    about = found.person if isinstance(found, Case) else found.person_id
    return about == person and asked.sees(found.community)
