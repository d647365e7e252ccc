"""A draw in the table `masks`: how far it is, the list of tickets as it was fixed, and what was drawn.

Each step of a draw is one transaction on the condition that nobody has gone on from where it began, so that a step
done again changes nothing. Pages never change once they are written.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

import msgspec
from pynamodb.attributes import UnicodeAttribute

from nanhai.domain.identifiers import Instant, StaffId
from nanhai.domain.lottery import Entry, Outcome, line
from nanhai.domain.rounds import Phase
from nanhai.store import batch, model
from nanhai.store.attributes import WholeNumberAttribute
from nanhai.store.masks import NEW, MasksTable, round_key
from nanhai.store.model import Write

DRAW, PAGE = "draw", "page"
NOWHERE = "-"  # in a line of outcomes: this ticket waits


class DrawRow(MasksTable):
    """`left` is JSON: portions by point."""

    draw_version = WholeNumberAttribute()
    phase = UnicodeAttribute()
    begun_by = UnicodeAttribute()
    begun_at = WholeNumberAttribute()
    list_hash = UnicodeAttribute()
    last_ticket = UnicodeAttribute()
    tickets = WholeNumberAttribute()
    list_pages = WholeNumberAttribute()
    listed_at = WholeNumberAttribute(null=True)
    beacon = UnicodeAttribute(null=True)
    seed = UnicodeAttribute(null=True)
    buckets = WholeNumberAttribute()
    done = WholeNumberAttribute()
    ranked = WholeNumberAttribute()
    told = WholeNumberAttribute()
    left = UnicodeAttribute()
    drawn_at = WholeNumberAttribute(null=True)


class ListPageRow(MasksTable):
    lines = UnicodeAttribute()


class OutcomePageRow(MasksTable):
    lines = UnicodeAttribute()
    first_rank = WholeNumberAttribute()


class Draw(msgspec.Struct, frozen=True):
    """`list_hash`: of the tickets up to `last_ticket`, of all once it is listed; `done`: buckets ranked, points laid
    out or buckets told, as the phase has it; `ranked`, `told`: so many tickets were; `left`: portions by point."""

    round_id: str
    version: int
    phase: Phase
    begun_by: StaffId
    begun_at: Instant
    list_hash: str
    last_ticket: str
    tickets: int
    list_pages: int
    listed_at: Instant | None
    beacon: str | None
    seed: str | None  # in hexadecimal; public once it is drawn
    buckets: int
    done: int
    ranked: int
    told: int
    left: Mapping[str, int]
    drawn_at: Instant | None


class OutcomePage(msgspec.Struct, frozen=True):
    """One bucket of the ranking; `first_rank`: how many are before it."""

    first_rank: int
    outcomes: tuple[Outcome, ...]


def begin(new: Draw) -> Write:
    """Its condition fails (label "draw") when it was begun before."""
    return model.put("draw", _row(new), NEW)


def advance(was: Draw, now_at: Draw) -> Write:
    """Its condition fails (label "draw") when somebody else has gone on from `was`."""
    return model.put("draw", _row(now_at), DrawRow.draw_version == was.version)


def get(round_id: str) -> Draw | None:
    found = model.get(DrawRow, round_key(round_id), DRAW)
    return None if found is None else _draw(found)


def put_list_page(round_id: str, number: int, entries: Sequence[Entry]) -> Write:
    lines = "".join(map(line, entries))
    return model.put("list page", ListPageRow(_list_page(round_id, number), PAGE, lines=lines), NEW)


def list_pages(round_id: str, numbers: Sequence[int]) -> Iterable[Entry]:
    """The entries of these pages, in no order."""
    table = MasksTable.Meta.table_name
    keys = [model.key_of(ListPageRow, _list_page(round_id, number), PAGE)["Key"] for number in numbers]
    for stored in batch.get({table: keys})[table]:
        for told in model.read(ListPageRow, stored).lines.splitlines():
            ticket, *points = told.split()
            yield Entry(ticket, tuple(points))


def put_outcome_page(round_id: str, bucket: int, page: OutcomePage) -> Write:
    lines = "\n".join(" ".join((out.point or NOWHERE, out.entry.ticket, *out.entry.points)) for out in page.outcomes)
    new = OutcomePageRow(_outcome_page(round_id, bucket), PAGE, lines=lines, first_rank=page.first_rank)
    return model.put("outcome page", new, NEW)


def outcome_page(round_id: str, bucket: int) -> OutcomePage | None:
    found = model.get(OutcomePageRow, _outcome_page(round_id, bucket), PAGE)
    return None if found is None else OutcomePage(found.first_rank, tuple(map(_outcome, found.lines.splitlines())))


def _outcome(told: str) -> Outcome:
    point, ticket, *points = told.split()
    return Outcome(Entry(ticket, tuple(points)), None if point == NOWHERE else point)


def _list_page(round_id: str, number: int) -> str:
    return f"list#{round_id}#{number}"


def _outcome_page(round_id: str, bucket: int) -> str:
    return f"outcomes#{round_id}#{bucket}"


def _row(draw: Draw) -> DrawRow:
    return DrawRow(
        round_key(draw.round_id),
        DRAW,
        draw_version=draw.version,
        phase=draw.phase.value,
        begun_by=draw.begun_by,
        begun_at=draw.begun_at,
        list_hash=draw.list_hash,
        last_ticket=draw.last_ticket,
        tickets=draw.tickets,
        list_pages=draw.list_pages,
        listed_at=draw.listed_at,
        beacon=draw.beacon,
        seed=draw.seed,
        buckets=draw.buckets,
        done=draw.done,
        ranked=draw.ranked,
        told=draw.told,
        left=json.dumps(draw.left),
        drawn_at=draw.drawn_at,
    )


def _draw(found: DrawRow) -> Draw:
    return Draw(
        found.holder.removeprefix(round_key("")),
        found.draw_version,
        Phase(found.phase),
        StaffId(found.begun_by),
        found.begun_at,
        found.list_hash,
        found.last_ticket,
        found.tickets,
        found.list_pages,
        found.listed_at,
        found.beacon,
        found.seed,
        found.buckets,
        found.done,
        found.ranked,
        found.told,
        json.loads(found.left),
        found.drawn_at,
    )
