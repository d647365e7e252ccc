"""A draw in bounded steps, each of which may be killed anywhere and done again: what was written follows from what was
written before, and from the seed.

First the list of tickets is written down and its hash put into the audit; only then the seed is opened. The ranking is
made in buckets: as places are spread evenly, each holds about a thousand tickets, and they follow each other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from msgspec.structs import replace

from nanhai.domain import lottery
from nanhai.domain.identifiers import Instant
from nanhai.domain.lottery import Entry, Outcome
from nanhai.domain.rounds import Phase
from nanhai.services.masks import beginning, rounds
from nanhai.services.masks.schemas import PAGES_MAX
from nanhai.services.news import news
from nanhai.services.platform import Platform
from nanhai.store import audit, mask_draws, mask_stock, masks
from nanhai.store.audit import AuditEntry
from nanhai.store.mask_draws import Draw, OutcomePage
from nanhai.store.masks import SHELVES, TICKETS_PER_PAGE, Round
from nanhai.store.writes import ConditionFailed, Write, send

TICKETS_PER_BUCKET = 1_000
BUCKETS_AT_ONCE = 128  # ranked in one step: so many thousand tickets are in memory
LIST_PAGES_AT_ONCE = 50
POINTS_AT_ONCE = 90
TOLD_AT_ONCE = 80
WON, WAITING = "masks-drawn-won", "masks-drawn-waiting"

Step = Callable[[Platform, Round, Draw, Instant], None]


def step(platform: Platform, found: Round, at: Instant) -> bool:
    """Does the next piece of work of a round's draw; False when there is none now. Two processes may step at once: one
    of them goes on, the other has done nothing. The first piece is to begin it, once it can be drawn."""
    draw = mask_draws.get(found.round_id)
    if draw is None:
        return beginning.by_itself(platform, found, at)
    if not _can_go_on(found, draw):
        return False
    try:
        STEPS[draw.phase](platform, found, draw, at)
    except ConditionFailed:
        return mask_draws.get(found.round_id) != draw
    return True


def _can_go_on(found: Round, draw: Draw) -> bool:
    waits_for_beacon = draw.phase is Phase.LISTED and found.beacon_source is not None and draw.beacon is None
    return draw.phase in STEPS and not waits_for_beacon


def _collect(platform: Platform, found: Round, draw: Draw, at: Instant) -> None:
    """The next page of the list; after the last one the list is fixed, and its hash is in the audit."""
    entries = _after(found.round_id, draw.last_ticket)
    if not entries:
        _fix(platform, draw, at)
        return
    more = replace(
        draw,
        version=draw.version + 1,
        list_hash=lottery.extended(draw.list_hash, entries),
        last_ticket=entries[-1].ticket,
        tickets=draw.tickets + len(entries),
        list_pages=draw.list_pages + 1,
    )
    page = mask_draws.put_list_page(found.round_id, draw.list_pages, entries)
    send([mask_draws.advance(draw, more), page])


def _after(round_id: str, ticket: str) -> list[Entry]:
    """The tickets after this one, in ascending order, over as many shelves as a page takes."""
    entries: list[Entry] = []
    for shelf in SHELVES[SHELVES.index(ticket[0]) if ticket else 0 :]:
        entries += masks.on_shelf(round_id, shelf, ticket, TICKETS_PER_PAGE - len(entries))
        if len(entries) == TICKETS_PER_PAGE:
            break
    return entries


def _fix(platform: Platform, draw: Draw, at: Instant) -> None:
    buckets = min(max(1, -(-draw.tickets // TICKETS_PER_BUCKET)), PAGES_MAX)
    fixed = replace(draw, version=draw.version + 1, phase=Phase.LISTED, listed_at=at, buckets=buckets)
    entry = AuditEntry(
        actor=draw.begun_by,
        role="system",
        operation="round.draw",
        subject=f"list {draw.round_id} {draw.list_hash}",
        outcome=Phase.LISTED.value,
        correlation_id=platform.new_ulid(at),
    )
    audit.append([entry], at, [mask_draws.advance(draw, fixed)])


def _start_ranking(_: Platform, __: Round, draw: Draw, ___: Instant) -> None:
    send([mask_draws.advance(draw, replace(draw, version=draw.version + 1, phase=Phase.RANKING))])


def _rank(platform: Platform, found: Round, draw: Draw, _: Instant) -> None:
    """The next buckets: each is ranked, chosen from what the ones before have left, and written with that."""
    key = _key(platform, found, draw)
    until = min(draw.done + BUCKETS_AT_ONCE, draw.buckets)
    buckets = _sorted_into(draw, key, range(draw.done, until))
    for number in range(draw.done, until):
        left = dict(draw.left)
        outcomes = tuple(lottery.chosen(lottery.ranked(key, buckets[number]), left))
        ranked = draw.ranked + len(outcomes)
        more = replace(draw, version=draw.version + 1, done=number + 1, ranked=ranked, left=left)
        if more.done == draw.buckets:
            more = replace(more, phase=Phase.STOCKING, done=0)
        page = mask_draws.put_outcome_page(found.round_id, number, OutcomePage(draw.ranked, outcomes))
        send([mask_draws.advance(draw, more), page])
        draw = more


def _sorted_into(draw: Draw, key: bytes, wanted: range) -> Mapping[int, list[Entry]]:
    """Of the whole list the entries in the wanted buckets."""
    buckets: dict[int, list[Entry]] = {number: [] for number in wanted}
    for entry in _list(draw):
        number = lottery.bucket(lottery.place(key, entry.ticket), draw.buckets)
        if number in buckets:
            buckets[number].append(entry)
    return buckets


def _list(draw: Draw) -> Iterator[Entry]:
    for first in range(0, draw.list_pages, LIST_PAGES_AT_ONCE):
        last = min(first + LIST_PAGES_AT_ONCE, draw.list_pages)
        yield from mask_draws.list_pages(draw.round_id, range(first, last))


def _lay_out(platform: Platform, found: Round, draw: Draw, at: Instant) -> None:
    """What is kept for winners, and what is free, at the next points; after the last one all is public."""
    points = found.points[draw.done : draw.done + POINTS_AT_ONCE]
    stock = [
        mask_stock.lay_out(draw.round_id, p.point_id, p.portions, p.portions - draw.left[p.point_id]) for p in points
    ]
    more = replace(draw, version=draw.version + 1, done=draw.done + len(points))
    if more.done == len(found.points):
        seed = rounds.seed_of(platform, found).hex()
        more = replace(more, phase=Phase.DRAWN, done=0, seed=seed, drawn_at=at)
    send([mask_draws.advance(draw, more), *stock])


def _tell(platform: Platform, found: Round, draw: Draw, _: Instant) -> None:
    """The next people are told how it went. The time told is that of the draw, so that the same news is told once."""
    page = mask_draws.outcome_page(draw.round_id, draw.done) or OutcomePage(draw.told, ())
    first = draw.told - page.first_rank
    outcomes = page.outcomes[first : first + TOLD_AT_ONCE]
    more = replace(draw, version=draw.version + 1, told=draw.told + len(outcomes))
    if first + len(outcomes) == len(page.outcomes):
        more = replace(more, done=draw.done + 1)
    if more.done == draw.buckets:
        more = replace(more, phase=Phase.TOLD)
    send([mask_draws.advance(draw, more), *_news(platform, found, draw, outcomes)])


def _news(platform: Platform, found: Round, draw: Draw, outcomes: Sequence[Outcome]) -> Iterator[Write]:
    owners = masks.owners(draw.round_id, [outcome.entry.ticket for outcome in outcomes])
    for outcome in outcomes:
        kind = WAITING if outcome.point is None else WON
        person = owners.get(outcome.entry.ticket)
        if person is not None:  # whose data were erased meanwhile is told nothing
            yield news(platform, person, draw.drawn_at or 0, kind, {"title": found.title}, draw.round_id)


def _key(platform: Platform, found: Round, draw: Draw) -> bytes:
    return lottery.draw_key(rounds.seed_of(platform, found), found.round_id, draw.list_hash, draw.beacon or "")


STEPS: Mapping[Phase, Step] = {
    Phase.COLLECTING: _collect,
    Phase.LISTED: _start_ranking,
    Phase.RANKING: _rank,
    Phase.STOCKING: _lay_out,
    Phase.DRAWN: _tell,
}
