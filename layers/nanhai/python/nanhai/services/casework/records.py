"""What is known about a person, as far as the asker may see it.

Class, time, source and basis of every record are for whoever has the person in scope. What a record says is told by
class, as the matrix of roles allows it: health and evidence take a purpose and a case about the person and are never
for the district command, where somebody was is for the health authority alone, and a class that is not named here is
told to nobody.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nanhai.domain import masking
from nanhai.domain.actors import Role
from nanhai.domain.errors import Fault, Invalid
from nanhai.domain.identifiers import PersonId
from nanhai.domain.records import (
    Application,
    Arrival,
    Clearance,
    Correction,
    IdentityLink,
    Isolation,
    Record,
    Release,
    Residence,
    Result,
    Stay,
    Symptoms,
    to_wire,
)
from nanhai.services import trail
from nanhai.services.asked import Asked
from nanhai.services.casework import accesses, purposes
from nanhai.services.casework.schemas import PersonRecord, PersonRecords, RecordsAsked
from nanhai.services.casework.subjects import subject
from nanhai.services.platform import Platform
from nanhai.services.schemas import moment
from nanhai.services.unreadable import facts_of

UNSTATED = "records"  # the purpose that the person is told where the asker named none
SEE_HEALTH = frozenset({Role.COMMUNITY_OFFICER, Role.TOWN_OFFICER, Role.HEALTH_AUTHORITY})
PLAIN = frozenset({Application.name, Residence.name, Clearance.name, Release.name})
HEALTH = frozenset({Symptoms.name, Result.name, Isolation.name, IdentityLink.name, Correction.name})
TRAJECTORY = frozenset({Arrival.name, Stay.name})
WITHOUT_CASE: Mapping[Role, frozenset[str]] = {Role.COMMUNITY_OFFICER: PLAIN, Role.TOWN_OFFICER: PLAIN}
WITH_CASE: Mapping[Role, frozenset[str]] = {
    Role.COMMUNITY_OFFICER: PLAIN | HEALTH,
    Role.TOWN_OFFICER: PLAIN | HEALTH,
    Role.DISTRICT_COMMAND: PLAIN,
    Role.HEALTH_AUTHORITY: PLAIN | HEALTH | TRAJECTORY,
}
INSTANTS = frozenset({"since", "until"})


def read(platform: Platform, asked: Asked, person_id: str, query: RecordsAsked) -> PersonRecords:
    """Those that can matter for a colour, oldest first. Absent for someone out of scope, Invalid for a case without a
    purpose and as `purposes.check` says, Unreadable while one of the records cannot be read."""
    head = subject(asked, person_id)
    trail.note(asked, head.person_id, _why(asked, head.person_id, query))
    accesses.note(platform, asked, head.person_id, query.purpose or UNSTATED)
    with_case = query.case is not None and query.purpose != purposes.DESK_HELP
    seen = (WITH_CASE if with_case else WITHOUT_CASE).get(asked.actor.role, frozenset())
    found = sorted(facts_of(head), key=lambda record: (record.happened_at, record.record_id))
    evidence = with_case and asked.actor.role in SEE_HEALTH
    shown = [told(record, open_=record.fact.name in seen, evidence=evidence) for record in found]
    return PersonRecords(head.person_id, head.community, shown)


def _why(asked: Asked, person: PersonId, query: RecordsAsked) -> str:
    """For the audit."""
    if query.purpose is None:
        if query.case is not None:
            raise Invalid(Fault("/purpose", "casework.purpose-and-case"))
        return trail.ANSWERED
    purposes.check(asked, person, query.purpose, query.case)
    return purposes.told(query.purpose, query.case)


def told(record: Record, *, open_: bool, evidence: bool) -> PersonRecord:
    """`open_`: with what it says; `evidence`: with what it rests on, too."""
    return PersonRecord(
        record_id=record.record_id,
        kind=record.fact.name,
        happened_at=moment(record.happened_at),
        recorded_at=moment(record.recorded_at),
        source=record.source.value,
        source_id=record.source_id,
        evidence=record.evidence if open_ and evidence else masking.HIDDEN,
        legal_basis=record.legal_basis,
        supersedes=record.supersedes,
        fact=_fact(record, open_=open_),
    )


def _fact(record: Record, *, open_: bool) -> dict[str, Any]:
    fields: dict[str, Any] = to_wire(record)["f"]
    return {name: _readable(name, value) if open_ else masking.HIDDEN for name, value in fields.items()}


def _readable(name: str, value: object) -> object:
    return moment(value) if name in INSTANTS and isinstance(value, int) else value
