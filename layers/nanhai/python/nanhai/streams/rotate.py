"""Every night, ten minutes after midnight: signing keys for the weeks ahead, and the days that are over anchored."""

from __future__ import annotations

import json

from nanhai.domain.pseudonym import local_day
from nanhai.services.platform import platform
from nanhai.services.rotation import rotate
from nanhai.store import audit
from nanhai.store.audit import Anchor, AuditEntry
from nanhai.store.writes import ConditionFailed
from nanhai.vault.ring import Ring, sign_with

AUDIT_CONTEXT = b"nhpass/v1/audit\0"
ANCHORED_DAYS = 7  # a week of missed nights is made up for
UNCHANGED, ROTATED = "unchanged", "rotated"


def handle(correlation_id: str) -> None:
    here = platform()
    now = here.now()
    ring, changed = rotate(here, now)
    anchored = [day for day in range(local_day(now) - ANCHORED_DAYS, local_day(now)) if anchor(ring, day)]
    outcome = ROTATED if changed else UNCHANGED
    done = [(f"ring {ring.version}", outcome), *((f"audit {day}", "anchored") for day in anchored)]
    audit.append([_entry(subject, what, correlation_id) for subject, what in done], now)


def anchor(ring: Ring, day: int) -> bool:
    """Signs the heads of a day's audit chains, once; False when there is nothing to sign, or it was done before."""
    if audit.anchored(day) is not None:
        return False
    heads = {chain: list(head) for chain, head in audit.heads(day).items()}
    if not heads:
        return False
    payload = json.dumps(heads, sort_keys=True, separators=(",", ":"))
    try:
        audit.anchor(Anchor(day, payload, sign_with(ring.root, AUDIT_CONTEXT + payload.encode())))
    except ConditionFailed:
        return False
    return True


def _entry(subject: str, outcome: str, correlation_id: str) -> AuditEntry:
    return AuditEntry(
        actor="rotate",
        role="system",
        operation="keys.rotate",
        subject=subject,
        outcome=outcome,
        correlation_id=correlation_id,
    )
