"""Beginning a draw, giving it its beacon, and the draw as everybody sees it."""

from __future__ import annotations

from msgspec.structs import replace

from nanhai.domain.errors import Absent, Fault, Invalid, Refusal
from nanhai.domain.identifiers import Instant, StaffId
from nanhai.domain.rounds import Phase
from nanhai.services import trail
from nanhai.services.asked import Asked
from nanhai.services.masks import beginning, known
from nanhai.services.masks.schemas import BeginDraw, DrawBegun, DrawTold, OutcomeTold
from nanhai.services.platform import Platform
from nanhai.services.schemas import moment_or_none
from nanhai.store import mask_draws
from nanhai.store.mask_draws import Draw, OutcomePage
from nanhai.store.masks import Round
from nanhai.store.writes import Busy, ConditionFailed

NOTHING = OutcomePage(0, ())


class NotClosedYet(Refusal):
    """Entries may still be on their way."""

    code = "masks.not-closed-yet"
    kind = "conflict"


class AlreadyBegun(Refusal):
    """A round is drawn once."""

    code = "masks.draw-begun"
    kind = "conflict"


class TooLateToDraw(Refusal):
    """Whoever wins would have less than a day left to reserve and fetch."""

    code = "masks.too-late-to-draw"
    kind = "conflict"


class BeaconTooEarly(Refusal):
    """The list of entries is not fixed yet: whoever knows the beacon could still change it."""

    code = "masks.beacon-too-early"
    kind = "conflict"


def begin(platform: Platform, asked: Asked, round_id: str, body: BeginDraw) -> DrawBegun:
    """Without a beacon what a closed round does by itself, at once; with one, what a round that named it waits for. The
    work goes on by itself. Raises Absent, NotClosedYet, AlreadyBegun, TooLateToDraw, BeaconTooEarly, Invalid for an
    unannounced beacon."""
    found = known.round_of(round_id)
    if asked.now < found.times.draws_from:
        raise NotClosedYet(retry_after_s=found.times.draws_from - asked.now)
    if body.beacon is not None and found.beacon_source is None:
        raise Invalid(Fault("/beacon", "masks.beacon-unannounced"))
    draw = mask_draws.get(round_id)
    if body.beacon is not None:
        return _lit(platform, asked, found, draw, body.beacon)
    if draw is not None:
        raise AlreadyBegun
    _require_time(found, asked.now)
    trail.note(asked, f"draw {round_id}")
    new = beginning.new(found, StaffId(asked.actor.id), asked.now)
    try:
        return platform.commit([mask_draws.begin(new)], asked.once, DrawBegun(Phase.COLLECTING.value))
    except ConditionFailed:
        raise AlreadyBegun from None


def read(round_id: str, number: int) -> DrawTold:
    """One page of it. Absent until it has begun, and beyond the last page."""
    found, draw = known.round_of(round_id), known.draw_of(round_id)
    if draw is None:
        raise Absent
    pages = draw.buckets if draw.phase.is_drawn else 0
    if number and number >= pages:
        raise Absent
    page = known.page(round_id, number) if pages else NOTHING
    is_listed = draw.listed_at is not None
    return DrawTold(
        round_id,
        draw.phase.value,
        found.commitment,
        draw.tickets,
        draw.list_hash if is_listed else None,
        moment_or_none(draw.listed_at),
        draw.beacon,
        draw.seed if pages else None,
        moment_or_none(draw.drawn_at),
        pages,
        number,
        page.first_rank,
        [OutcomeTold(out.entry.ticket, list(out.entry.points), out.point) for out in page.outcomes],
    )


def _lit(platform: Platform, asked: Asked, found: Round, draw: Draw | None, beacon: str) -> DrawBegun:
    if draw is None or draw.phase is Phase.COLLECTING:
        raise BeaconTooEarly
    if draw.beacon is not None:
        raise AlreadyBegun
    _require_time(found, asked.now)
    trail.note(asked, f"beacon {draw.round_id}")
    lit = replace(draw, version=draw.version + 1, beacon=beacon.strip())
    try:
        return platform.commit([mask_draws.advance(draw, lit)], asked.once, DrawBegun(draw.phase.value))
    except ConditionFailed:
        raise Busy(retry_after_s=1) from None


def _require_time(found: Round, now: Instant) -> None:
    if now > found.times.draws_until:
        raise TooLateToDraw
