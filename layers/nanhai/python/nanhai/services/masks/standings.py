"""How it stands with an entry, computed from what was drawn, what was claimed since, and the time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from nanhai.domain.identifiers import Instant
from nanhai.domain.rounds import Standing, standing
from nanhai.services.asked import Asked
from nanhai.services.masks import codes, known
from nanhai.services.masks.schemas import OwnEntry
from nanhai.services.passes.holders import holder
from nanhai.services.platform import Platform
from nanhai.services.schemas import moment_or_none
from nanhai.store import mask_claims, masks
from nanhai.store.mask_claims import Claim
from nanhai.store.masks import Entered, Round

KEPT = frozenset({Standing.WON, Standing.CALLED, Standing.RESERVED})

Start = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Stands:
    """`rank`: from 0; `point_id` and `until`: where a portion is kept, or was, and for how long."""

    standing: Standing
    ticket: str
    rank: int | None = None
    point_id: str | None = None
    until: Instant | None = None
    claim: Claim | None = None


def own(
    platform: Platform, asked: Asked, who: str, limit: int, start: Start | None
) -> tuple[list[OwnEntry], Start | None]:
    """The entries of oneself or of a dependant, newest round first, and where the next page begins."""
    found, following = masks.entries(holder(asked, who), limit, start)
    return [_told(platform, entered, asked.now) for entered in found], following


def stands_of(found: Round, entered: Entered, now: Instant) -> Stands:
    ticket = entered.entry.ticket
    draw = known.draw_by(found, now)
    if draw is None or not draw.phase.is_drawn:
        return Stands(Standing.ENTERED, ticket)
    drawn = known.drawn(draw, ticket)
    if drawn is None:
        return Stands(Standing.NOT_LISTED, ticket)
    rank, outcome = drawn
    reserve_by = known.reserve_by(found, draw)
    claim = mask_claims.of(entered.person_id, found.round_id)
    now_is = standing(outcome.point is not None, None if claim is None else claim.held, reserve_by, now)
    if claim is not None:
        return Stands(now_is, ticket, rank, claim.point_id, claim.until, claim)
    return Stands(now_is, ticket, rank, outcome.point, reserve_by if outcome.point else None)


def _told(platform: Platform, entered: Entered, now: Instant) -> OwnEntry:
    found = known.round_of(entered.round_id)
    stands = stands_of(found, entered, now)
    claim = stands.claim if stands.standing is Standing.RESERVED else None
    code = None if claim is None else codes.code_of(platform, found.round_id, claim.person_id, claim.version)
    return OwnEntry(
        round_id=found.round_id,
        title=found.title,
        state=known.state_of(found, known.draw_by(found, now), now).value,
        ticket=stands.ticket,
        points=list(entered.entry.points),
        standing=stands.standing.value,
        rank=None if stands.rank is None else stands.rank + 1,
        point=stands.point_id,
        window=None if claim is None else claim.window,
        until=moment_or_none(stands.until if stands.standing in KEPT else None),
        code=code,
        qr=None if code is None else codes.qr_of(code),
    )
