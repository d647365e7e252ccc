"""What the edge itself writes to the audit: refused attempts, and answers that show personal data to staff."""

from __future__ import annotations

import re
from collections.abc import Mapping

from nanhai.domain.actors import Actor
from nanhai.domain.errors import Refusal
from nanhai.domain.identifiers import ALPHABET, PERSON_ID_LENGTH, ULID_LENGTH, Instant
from nanhai.edge import authority
from nanhai.edge.call import Call
from nanhai.store import audit
from nanhai.store.audit import AuditEntry

ANSWERED = "answered"
# A person's id or a ULID. Whatever else stands in a path may be a name or a number, and the audit keeps it for ever.
IDENTIFIER = re.compile(rf"[{ALPHABET}]{{{PERSON_ID_LENGTH}}}|[{ALPHABET}]{{{ULID_LENGTH}}}")
UNKNOWN = "?"
REFUSED_KINDS = frozenset({"unauthenticated", "forbidden", "absent"})


def answered(call: Call) -> None:
    """Writes down that the answer is about to be given; until that is stored, it is not."""
    if call.operation in authority.AUDITED_READS:
        audit.append([_entry(call.operation, call.actor, call.path, ANSWERED, call.correlation_id)], call.now)


def refused(
    operation: str, actor: Actor, path: Mapping[str, str], refusal: Refusal, correlation_id: str, now: Instant
) -> None:
    """Writes down an attempt that was refused. Attempts by nobody known are only logged: anyone could make any number
    of them, and the chain would be theirs to fill."""
    if operation in authority.AUDITED and actor.id and refusal.kind in REFUSED_KINDS:
        audit.append([_entry(operation, actor, path, refusal.code, correlation_id)], now)


def _entry(operation: str, actor: Actor, path: Mapping[str, str], outcome: str, correlation_id: str) -> AuditEntry:
    return AuditEntry(
        actor=actor.id,
        role=actor.role.value,
        operation=operation,
        subject=",".join(told if IDENTIFIER.fullmatch(told) else UNKNOWN for told in path.values()),
        outcome=outcome,
        correlation_id=correlation_id,
    )
