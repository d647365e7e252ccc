"""What a gate is told of colours that it saw and that were wrong: by the day pseudonyms that it saw, and no name."""

from __future__ import annotations

from typing import Any

from nanhai.domain.actors import Actor
from nanhai.domain.identifiers import Instant
from nanhai.services.checkpoints.posts import gate_of
from nanhai.services.checkpoints.schemas import CorrectedSight
from nanhai.services.platform import Platform
from nanhai.services.schemas import moment
from nanhai.store import corrections
from nanhai.store.corrections import Correction

Start = dict[str, Any]


def of_gate(
    platform: Platform, guard: Actor, since: Instant, now: Instant, limit: int, start: Start | None
) -> tuple[list[CorrectedSight], Start | None]:
    """Of the guard's own gate, corrected at `since` or later, oldest first, and where the next page begins; GateUnknown
    for a gate that was never set up."""
    gate = gate_of(platform, guard, now)
    found, following = corrections.of_gate(gate.gate_id, since, now, limit, start)
    return [_told(correction) for correction in found], following


def _told(found: Correction) -> CorrectedSight:
    return CorrectedSight(
        found.pseudonym.hex(),
        found.seen.value,
        moment(found.seen_from),
        moment(found.seen_until),
        moment(found.corrected_at),
    )
