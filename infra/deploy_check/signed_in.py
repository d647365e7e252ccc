"""Who asks: people, staff and an enterprise with access tokens that the stage's own keys have signed."""

from __future__ import annotations

from nanhai.domain.actors import Role
from nanhai.domain.identifiers import DivisionCode, OrganisationId, PersonId, Scope, StaffId
from nanhai.services.platform import platform
from nanhai.store import keys, organisations, staff
from nanhai.store.organisations import Organisation
from nanhai.store.staff import StaffRecord
from nanhai.store.writes import commit
from nanhai.vault import sealing, sessions

WORKS = OrganisationId("91440605MA00000000")


def citizen(person: PersonId) -> str:
    return _token(person, "citizen", Role.CITIZEN)


def officer(role: Role, division: str, name: str = "check", organisation: str = "") -> str:
    """Of somebody appointed now, over one division; of each name one in a role."""
    staff_id, office = StaffId(f"{name}-{role.value}"), OrganisationId(organisation or f"office-{division}")
    new = StaffRecord(staff_id, role, Scope(division), office, "office", None, "", b"", "", active=True)
    commit([staff.appoint(new)])
    return _token(staff_id, "staff", role)


def enterprise(community: str) -> str:
    """Of one that is known there, under WORKS."""
    new = Organisation(WORKS, "works", DivisionCode(community), above=True)
    wrapped = sealing.wrap_key(platform().ring.kek, sealing.new_data_key(), WORKS)
    commit([*organisations.changed(new, new), keys.put_wrapped(PersonId(WORKS), wrapped)])
    return _token(WORKS, "enterprise", Role.ENTERPRISE)


def _token(subject: str, kind: str, role: Role) -> str:
    here = platform()
    now = here.now()
    return sessions.issue(here.ring, subject=subject, kind=kind, session=here.new_ulid(now), role=role.value, now=now)
