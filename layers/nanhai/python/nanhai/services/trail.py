"""The audit of use cases: what is about to be done is written down first, and done only once that is stored."""

from __future__ import annotations

from nanhai.services.asked import Asked
from nanhai.store import audit
from nanhai.store.audit import AuditEntry

ASKED = "asked"
ANSWERED = "answered"


def note(asked: Asked, subject: str, outcome: str = ASKED) -> None:
    """One entry about `subject`, a person or an approval; raises when it cannot be stored, and then nothing is done."""
    entry = AuditEntry(
        actor=asked.actor.id,
        role=asked.actor.role.value,
        operation=asked.operation,
        subject=subject,
        outcome=outcome,
        correlation_id=asked.correlation_id,
    )
    audit.append([entry], asked.now)
