"""What was not reserved or not fetched in time goes to the waiting list, in the order that was drawn.

Whether a portion is kept is computed from the time; here only the counts follow. It is done before anything is
reserved, handed out or looked at in a point, and every minute besides: when jobs stand still nothing is lost, and
nothing can be returned twice, for each move is made on the condition that what it moves is still there. What
enterprises have not fetched when the last window ends is free stock of its point: nobody waits any more then.
"""

from __future__ import annotations

from msgspec.structs import replace

from nanhai.domain.identifiers import Instant
from nanhai.domain.rounds import Standing
from nanhai.services.masks import known
from nanhai.services.masks.calling import call_waiting, tried
from nanhai.services.news import news
from nanhai.services.platform import Platform
from nanhai.store import mask_claims, mask_orders, mask_stock
from nanhai.store.mask_claims import Claim
from nanhai.store.mask_draws import Draw
from nanhai.store.mask_stock import Stock
from nanhai.store.masks import Point, Round

AT_ONCE = 40  # transactions, some 20 ms each, of a run that has nothing else to do
IN_A_REQUEST = 10  # of them beside what was asked, which is answered within a second then; every minute the rest
RETURNED = "masks-returned"


def settle(platform: Platform, found: Round, point: Point, at: Instant, most: int = AT_ONCE) -> int:
    """Brings a point's counts up to the time by `most` transactions at most, 2 or more; how many there were, 0 when
    there was nothing to do. What is left over is done by the next one. Nothing before the draw."""
    draw = known.draw_of(found.round_id)
    if draw is None or not draw.phase.is_drawn:
        return 0
    stock = mask_stock.get(found.round_id, point.point_id)
    if stock is None:
        return 0
    made = _take_back(platform, found, draw, stock, at, most // 2)
    if at >= found.times.ends_at:
        return made
    if made:
        stock = mask_stock.get(found.round_id, point.point_id) or stock
    return made + call_waiting(platform, found, draw, stock, at, most - made)


def _take_back(platform: Platform, found: Round, draw: Draw, stock: Stock, at: Instant, most: int) -> int:
    """What winners have not reserved, all at once; then one by one what was not fetched."""
    made = int(at >= known.reserve_by(found, draw) and _release_unclaimed(found, stock))
    claims = mask_claims.ended(found.round_id, stock.point_id, at, most)
    made += sum(_return(platform, found, claim, at) for claim in claims)
    if at >= found.times.ends_at and len(claims) < most:
        orders = mask_orders.ended(found.round_id, stock.point_id, at, most - len(claims))
        made += sum(tried(*mask_orders.let_go(order)) for order in orders)
    return made


def _release_unclaimed(found: Round, stock: Stock) -> bool:
    return stock.unclaimed > 0 and tried(mask_stock.release_unclaimed(stock, found.round_id))


def _return(platform: Platform, found: Round, claim: Claim, at: Instant) -> bool:
    over = replace(claim, version=claim.version + 1, kept=Standing.RETURNED, changed_at=at)
    return tried(
        mask_claims.change(claim, over),
        mask_stock.move(found.round_id, claim.point_id, {"held": -1, "free": 1}),
        news(platform, claim.person_id, at, RETURNED, {"title": found.title}, found.round_id),
    )
