"""How a draw begins: by itself once its round has closed, or when the command asks for it first.

Nobody can ruin a round by waiting: what a draw needs is there as soon as the last entry is written, but for the beacon
of a round that named one.
"""

from __future__ import annotations

from contextlib import suppress

from nanhai.domain import lottery
from nanhai.domain.identifiers import Instant, StaffId
from nanhai.domain.rounds import Phase
from nanhai.services.platform import Platform
from nanhai.store import audit, mask_draws
from nanhai.store.audit import AuditEntry
from nanhai.store.mask_draws import Draw
from nanhai.store.masks import Round
from nanhai.store.writes import ConditionFailed

ITSELF = StaffId("system")


def by_itself(platform: Platform, found: Round, at: Instant) -> bool:
    """Begins the draw of a round; False when its time has not come, or has passed."""
    if not found.times.draws_from <= at <= found.times.draws_until:
        return False
    entry = AuditEntry(
        actor=ITSELF,
        role=ITSELF,
        operation="round.draw",
        subject=f"draw {found.round_id}",
        outcome=Phase.COLLECTING.value,
        correlation_id=platform.new_ulid(at),
    )
    with suppress(ConditionFailed):  # somebody else has begun it in this very moment
        audit.append([entry], at, [mask_draws.begin(new(found, ITSELF, at))])
    return True


def new(found: Round, by: StaffId, at: Instant) -> Draw:
    """A draw of which nothing is done yet."""
    return Draw(
        found.round_id,
        version=1,
        phase=Phase.COLLECTING,
        begun_by=by,
        begun_at=at,
        list_hash=lottery.no_entries(found.round_id),
        last_ticket="",
        tickets=0,
        list_pages=0,
        listed_at=None,
        beacon=None,
        seed=None,
        buckets=0,
        done=0,
        ranked=0,
        told=0,
        left={point.point_id: point.portions for point in found.points},
        drawn_at=None,
    )
