"""What was not reserved or not fetched in time goes to the waiting list, in the order that was drawn.

Whether a portion is kept is computed from the time; here only the counts follow. It is done before anything is
reserved, handed out or looked at in a point, and every minute besides: when jobs stand still nothing is lost, and
nothing can be returned twice, for each move is made on the condition that what it moves is still there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from nanhai.domain.identifiers import Instant, PersonId
from nanhai.domain.lottery import Outcome
from nanhai.domain.rounds import OFFER_S, Standing
from nanhai.services.masks import known
from nanhai.services.news import news
from nanhai.services.platform import Platform
from nanhai.store import mask_claims, mask_stock, masks
from nanhai.store.mask_claims import Claim
from nanhai.store.mask_draws import Draw
from nanhai.store.mask_stock import Stock
from nanhai.store.masks import Point, Round
from nanhai.store.writes import ConditionFailed, Write, send

RETURNED_AT_ONCE, CALLED_AT_ONCE, PAGES_AT_ONCE = 20, 20, 5
POSITIONS_PER_PAGE = 100_000  # of the waiting list: page and place in one number; a page has a hundredth of that
RETURNED, CALLED = "masks-returned", "masks-called"


def settle(platform: Platform, found: Round, point: Point, at: Instant) -> bool:
    """Brings a point's counts up to the time; False when there was nothing to do. Bounded: what is left over is done
    by the next one. Nothing before the draw."""
    draw = known.draw_of(found.round_id)
    if draw is None or not draw.phase.is_drawn:
        return False
    stock = mask_stock.get(found.round_id, point.point_id)
    if stock is None:
        return False
    released = at >= found.times.reserve_by and _release_unclaimed(found, stock)
    returned = [_return(platform, found, claim, at) for claim in _ended(found, point, at)]
    if released or any(returned):
        stock = mask_stock.get(found.round_id, point.point_id) or stock
    called = at < found.times.ends_at and _call_waiting(platform, found, draw, stock, at)
    return released or any(returned) or called


def _ended(found: Round, point: Point, at: Instant) -> list[Claim]:
    return mask_claims.ended(found.round_id, point.point_id, at, RETURNED_AT_ONCE)


def _release_unclaimed(found: Round, stock: Stock) -> bool:
    """Of winners who have not reserved in time, all at once."""
    return stock.unclaimed > 0 and _is_done(mask_stock.release_unclaimed(stock, found.round_id))


def _return(platform: Platform, found: Round, claim: Claim, at: Instant) -> bool:
    over = replace(claim, version=claim.version + 1, kept=Standing.RETURNED, changed_at=at)
    return _is_done(
        mask_claims.change(claim, over),
        mask_stock.move(found.round_id, claim.point_id, {"held": -1, "free": 1}),
        news(platform, claim.person_id, at, RETURNED, {"title": found.title}, found.round_id),
    )


def _call_waiting(platform: Platform, found: Round, draw: Draw, stock: Stock, at: Instant) -> bool:
    """Free portions are kept for those who wait for this point; whoever was called to another one is passed over."""
    called = 0
    for position, ticket in _waiting(draw, stock):
        if stock.free == 0 or called == CALLED_AT_ONCE:
            break
        person = None if ticket is None else _without_claim(found, ticket)
        if ticket is None or person is None:
            stock = _passed_over(found, stock, position)
        elif _call(platform, found, stock, position, person, ticket, at):
            called += 1
            stock = replace(stock, called=position, free=stock.free - 1, held=stock.held + 1)
        else:
            return True  # somebody else calls here just now
    return called > 0


def _waiting(draw: Draw, stock: Stock) -> Iterator[tuple[int, str | None]]:
    """Whoever waits for this point, in the order drawn, from where it was called up to: position after each, ticket.
    At the end of each page a position without a ticket, so that a long search is not begun again."""
    first, skipped = divmod(stock.called, POSITIONS_PER_PAGE)
    for bucket in range(first, min(first + PAGES_AT_ONCE, draw.buckets)):
        for number, outcome in enumerate(known.page(draw.round_id, bucket).outcomes):
            if (bucket > first or number >= skipped) and _waits_for(outcome, stock.point_id):
                yield bucket * POSITIONS_PER_PAGE + number + 1, outcome.entry.ticket
        yield (bucket + 1) * POSITIONS_PER_PAGE, None


def _waits_for(outcome: Outcome, point_id: str) -> bool:
    return outcome.point is None and point_id in outcome.entry.points


def _without_claim(found: Round, ticket: str) -> PersonId | None:
    person = masks.owners(found.round_id, [ticket])[ticket]
    return person if mask_claims.of(person, found.round_id) is None else None


def _passed_over(found: Round, stock: Stock, position: int) -> Stock:
    """The stock with its waiting list called up to `position`; as it was when somebody else calls here."""
    is_done = _is_done(mask_stock.pass_over(stock, found.round_id, position))
    return replace(stock, called=position) if is_done else stock


def _call(
    platform: Platform, found: Round, stock: Stock, position: int, person: PersonId, ticket: str, at: Instant
) -> bool:
    until = min(at + OFFER_S, found.times.ends_at)
    new = Claim(person, found.round_id, 1, Standing.CALLED, stock.point_id, None, until, ticket, at)
    return _is_done(
        mask_stock.call(stock, found.round_id, position),
        mask_claims.claim(new),
        news(platform, person, at, CALLED, {"title": found.title}, found.round_id),
    )


def _is_done(*writes: Write) -> bool:
    """Whether all of it was done now; not where somebody else has done some of it."""
    try:
        send(writes)
    except ConditionFailed:
        return False
    return True
