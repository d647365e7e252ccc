"""A platform without a database: real keys, a fixed clock, and stand-ins for the three stores that the edge reads."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from nanhai.domain.actors import Role
from nanhai.edge import authentication, paging, serving
from nanhai.services import answers
from nanhai.store import audit, staff
from nanhai.store.writes import KeyReused
from nanhai.vault import sessions
from nanhai.vault.ring import Ring, new_ring

NOW = 1_582_000_000
DISTRICT, TOWN, COMMUNITY = "440605", "440605001", "440605001001"


@dataclass
class Here:
    """What the edge uses of a Platform, and what it did."""

    ring: Ring
    time: int = NOW
    audited: list = field(default_factory=list)
    staff: dict = field(default_factory=dict)
    stored: dict = field(default_factory=dict)

    def now(self) -> int:
        return self.time

    def token(self, role: Role, subject: str = "someone", session: str = "s1") -> str:
        kind = "citizen" if role is Role.CITIZEN else "staff"
        return sessions.issue(self.ring, subject=subject, kind=kind, session=session, role=role.value, now=self.time)

    def remember(self, once, answer: bytes) -> None:
        """As a handler's transaction does."""
        self.stored[once.owner, once.key] = (once.fingerprint, answers.seal(self.ring, once, answer))

    def recall(self, once) -> bytes | None:
        fingerprint, sealed = self.stored.get((once.owner, once.key), (once.fingerprint, None))
        if fingerprint != once.fingerprint:
            raise KeyReused
        return sealed


@pytest.fixture(scope="session")
def ring() -> Ring:
    return new_ring(NOW, "test")


@pytest.fixture
def here(ring, monkeypatch) -> Here:
    here = Here(ring)
    monkeypatch.setattr(serving, "platform", lambda: here)
    monkeypatch.setattr(paging, "platform", lambda: here)
    monkeypatch.setattr("nanhai.edge.once.recall", here.recall)
    monkeypatch.setattr(staff, "get", lambda staff_id: here.staff.get(staff_id))
    monkeypatch.setattr(audit, "append", lambda entries, now: here.audited.extend(entries))
    authentication.forget_staff()
    return here


def on_duty(
    here, role: Role, scope: str, *, gate: str | None = None, active: bool = True, staff_id: str = "staff-1"
) -> str:
    """Puts a staff record in place; returns a token for it."""
    here.staff[staff_id] = staff.StaffRecord(
        staff_id=staff_id,
        role=role,
        scope=scope,
        organisation="org-1",
        organisation_kind="community",
        gate=gate,
        password_hash="",
        totp_sealed=b"",
        device="",
        active=active,
    )
    return here.token(role, staff_id)
