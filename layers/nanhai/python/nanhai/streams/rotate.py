"""Every night, ten minutes after midnight: signing keys for the weeks ahead, and the days that are over anchored."""

from __future__ import annotations

import json

from nanhai.domain.days import local_day
from nanhai.domain.identifiers import Instant
from nanhai.services.platform import platform
from nanhai.services.rotation import rotate
from nanhai.store import audit
from nanhai.store.audit import Anchor, AuditEntry
from nanhai.store.writes import ConditionFailed
from nanhai.vault.ring import Ring, sign_with

AUDIT_CONTEXT = b"nhpass/v1/audit\0"
ANCHORED_DAYS = 7  # a week of missed nights is made up for
OPERATION = "keys.rotate"
UNCHANGED, ROTATED, ANCHORED, LOST = "unchanged", "rotated", "anchored", "anchor lost"


def handle(correlation_id: str) -> None:
    here = platform()
    now = here.now()
    ring, changed = rotate(here, now)
    over = range(local_day(now) - ANCHORED_DAYS, local_day(now))
    lost = [_subject(day) for day in over if anchor(ring, day, now, correlation_id) == LOST]
    done = [(f"ring {ring.version}", ROTATED if changed else UNCHANGED), *((subject, LOST) for subject in lost)]
    audit.append([_entry(subject, what, correlation_id) for subject, what in done], now)


def anchor(ring: Ring, day: int, now: Instant, correlation_id: str) -> str:
    """Signs the heads of a day's audit chains, once; UNCHANGED when there is nothing to sign, or it was done before.

    LOST when the audit since says that it was done and the signature is gone: what is there now may not be what was.
    """
    heads = {} if audit.anchored(day) else {chain: list(head) for chain, head in audit.heads(day).items()}
    if not heads:
        return UNCHANGED
    if _was_anchored(day, local_day(now)):
        return LOST
    payload = json.dumps(heads, sort_keys=True, separators=(",", ":"))
    signed = Anchor(day, payload, sign_with(ring.root, AUDIT_CONTEXT + payload.encode()))
    try:
        audit.append([_entry(_subject(day), ANCHORED, correlation_id)], now, [audit.anchor(signed)])
    except ConditionFailed:
        return UNCHANGED
    return ANCHORED


def _was_anchored(day: int, today: int) -> bool:
    """Read in all entries of the days since: of minutes, unless nights were missed."""
    since = (found.entry for later in range(day + 1, today + 1) for found in audit.entries(later))
    return (OPERATION, _subject(day), ANCHORED) in ((told.operation, told.subject, told.outcome) for told in since)


def _subject(day: int) -> str:
    return f"audit {day}"


def _entry(subject: str, outcome: str, correlation_id: str) -> AuditEntry:
    return AuditEntry(
        actor="rotate",
        role="system",
        operation=OPERATION,
        subject=subject,
        outcome=outcome,
        correlation_id=correlation_id,
    )
