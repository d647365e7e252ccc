"""Who asks in a benchmark: people with access tokens, and guards, each at a gate."""

from __future__ import annotations

from nanhai.domain.actors import Role
from nanhai.domain.identifiers import DivisionCode, GateId, OrganisationId, PersonId, Scope, StaffId
from nanhai.services.platform import Platform
from nanhai.store import gates, staff
from nanhai.store.gates import Gate
from nanhai.store.staff import StaffRecord
from nanhai.store.writes import send
from nanhai.vault import sessions

from tests.bench.population import COMMUNITY


def citizen(here: Platform, who: PersonId) -> str:
    """An access token, good for fifteen minutes."""
    return _token(here, who, "citizen", Role.CITIZEN)


def guard(here: Platform, gate: str) -> str:
    """The access token of a new guard at a new gate, which is shown no names."""
    gate_id, staff_id = GateId(gate), StaffId(f"guard-{gate}")
    new = StaffRecord(
        staff_id=staff_id,
        role=Role.GUARD,
        scope=Scope(COMMUNITY),
        organisation=OrganisationId(f"community-{COMMUNITY}"),
        organisation_kind="community",
        gate=gate_id,
        password_hash="",  # nobody signs in: the token is issued below
        totp_sealed=b"",
        device="",
        active=True,
    )
    stands = Gate(gate_id, gate, DivisionCode(COMMUNITY), shows_name=False, made_at=here.now())
    send([staff.appoint(new), gates.create(stands)])
    return _token(here, staff_id, "staff", Role.GUARD)


def _token(here: Platform, subject: str, kind: str, role: Role) -> str:
    now = here.now()
    return sessions.issue(here.ring, subject=subject, kind=kind, session=here.new_ulid(now), role=role.value, now=now)
