"""What is known about a person, as far as the asker may see it.

Class, time, source and basis of every record are for whoever has the person in scope. Health detail takes a purpose
and a case besides, as the matrix of roles says, and is never for the district command.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nanhai.domain import masking
from nanhai.domain.actors import Role
from nanhai.domain.errors import Fault, Invalid
from nanhai.domain.records import Isolation, Record, Result, Symptoms, to_wire
from nanhai.services import trail
from nanhai.services.asked import Asked
from nanhai.services.casework import accesses
from nanhai.services.casework.schemas import PersonRecord, PersonRecords, RecordsAsked
from nanhai.services.casework.subjects import subject
from nanhai.services.platform import Platform
from nanhai.services.schemas import moment
from nanhai.store import people

UNSTATED = "records"  # the purpose that the person is told where the asker named none
SEE_HEALTH = frozenset({Role.COMMUNITY_OFFICER, Role.TOWN_OFFICER, Role.HEALTH_AUTHORITY})
HEALTH: Mapping[str, frozenset[str]] = {
    Symptoms.name: frozenset({"temperature_c", "codes"}),
    Result.name: frozenset({"positive", "method"}),
    Isolation.name: frozenset({"reason"}),
}
INSTANTS = frozenset({"since", "until"})


def read(platform: Platform, asked: Asked, person_id: str, query: RecordsAsked) -> PersonRecords:
    """Oldest first. Absent for someone out of scope, Invalid for a purpose without a case or the reverse."""
    if (query.purpose is None) is not (query.case is None):
        raise Invalid(Fault("/purpose" if query.purpose is None else "/case", "casework.purpose-and-case"))
    head = subject(asked, person_id)
    trail.note(asked, head.person_id, trail.ANSWERED if query.case is None else f"{query.purpose} {query.case}")
    accesses.note(platform, asked, head.person_id, query.purpose or UNSTATED)
    health = query.purpose is not None and asked.actor.role in SEE_HEALTH
    found = sorted(people.facts_of(head), key=lambda record: (record.happened_at, record.record_id))
    return PersonRecords(head.person_id, head.community, [_told(record, health=health) for record in found])


def _told(record: Record, *, health: bool) -> PersonRecord:
    return PersonRecord(
        record_id=record.record_id,
        kind=record.fact.name,
        happened_at=moment(record.happened_at),
        recorded_at=moment(record.recorded_at),
        source=record.source.value,
        source_id=record.source_id,
        evidence=record.evidence,
        legal_basis=record.legal_basis,
        supersedes=record.supersedes,
        fact=_fact(record, frozenset() if health else HEALTH.get(record.fact.name, frozenset())),
    )


def _fact(record: Record, hidden: frozenset[str]) -> dict[str, Any]:
    fields: dict[str, Any] = to_wire(record)["f"]
    return {name: masking.HIDDEN if name in hidden else _readable(name, value) for name, value in fields.items()}


def _readable(name: str, value: object) -> object:
    return moment(value) if name in INSTANTS and isinstance(value, int) else value
