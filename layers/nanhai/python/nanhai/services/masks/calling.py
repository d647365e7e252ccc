"""Free portions of a point are kept for those who wait for it, each in their turn, for a day at most."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from msgspec.structs import replace

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
from nanhai.store.masks import Round
from nanhai.store.writes import ConditionFailed, Write, send

LOOKED_AT_ONCE = 100  # of the waiting list: whose they are is one request, what is kept for them another
PAGES_AT_ONCE = 5
POSITIONS_PER_PAGE = 100_000  # of the waiting list: page and place in one number; a page has a hundredth of that
CALLED = "masks-called"


def call_waiting(platform: Platform, found: Round, draw: Draw, stock: Stock, at: Instant, most: int) -> int:
    """By `most` transactions at most; how many there were, 0 when nobody is to be called. Whoever was called to another
    point, or has let a portion go, is passed over."""
    if stock.free == 0 or most < 1:
        return 0
    turns = list(islice(_waiting(draw, stock), LOOKED_AT_ONCE))
    people, made = _without_claim(found, [ticket for _, ticket in turns if ticket is not None]), 0
    for position, ticket in turns:
        if ticket is None or ticket not in people:
            continue
        if stock.free == 0 or made == most:
            return made
        made += 1
        if not _call(platform, found, stock, position, people[ticket], ticket, at):
            return made  # somebody else calls here just now
        stock = replace(stock, called=position, free=stock.free - 1, held=stock.held + 1)
    if stock.free and made < most:
        made += _pass_over(found, stock, turns)
    return made


def tried(*writes: Write) -> bool:
    """Whether all of it was done now; not where somebody else has done some of it."""
    try:
        send(writes)
    except ConditionFailed:
        return False
    return True


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


def _without_claim(found: Round, tickets: Sequence[str]) -> dict[str, PersonId]:
    """By ticket those for whom nothing was ever kept; a ticket whose holder was erased has none."""
    owners = masks.owners(found.round_id, tickets)
    claimed = mask_claims.claimed(found.round_id, owners.values())
    return {ticket: person for ticket, person in owners.items() if person not in claimed}


def _call(
    platform: Platform, found: Round, stock: Stock, position: int, person: PersonId, ticket: str, at: Instant
) -> bool:
    until = min(at + OFFER_S, found.times.ends_at)
    new = Claim(person, found.round_id, 1, Standing.CALLED, stock.point_id, None, until, ticket, at)
    return tried(
        mask_stock.call(stock, found.round_id, position),
        mask_claims.claim(new),
        news(platform, person, at, CALLED, {"title": found.title}, found.round_id),
    )


def _pass_over(found: Round, stock: Stock, turns: Sequence[tuple[int, str | None]]) -> bool:
    """There is nobody more to call among these: whoever comes next looks on behind them."""
    last = turns[-1][0] if turns else stock.called
    return last > stock.called and tried(mask_stock.pass_over(stock, found.round_id, last))
