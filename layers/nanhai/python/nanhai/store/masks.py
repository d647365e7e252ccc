"""The table `masks`: rounds, and who has entered them with which ticket.

A person's entry lies with the person, its ticket on one of 32 shelves of the round: in a rush no item is written
twice, and no partition gets more than its share. How a draw, the stock and what is kept for whom lie here is told in
`mask_draws`, `mask_stock`, `mask_claims` and `mask_orders`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

import msgspec
from pynamodb.attributes import BinaryAttribute, UnicodeAttribute

from nanhai.domain.identifiers import ALPHABET, DivisionCode, Instant, PersonId, StaffId
from nanhai.domain.lottery import Entry
from nanhai.domain.rounds import Times, Window
from nanhai.store import batch, model
from nanhai.store.attributes import WholeNumberAttribute
from nanhai.store.model import Start, Table, Write
from nanhai.store.silent import Silent
from nanhai.store.words import words

SHELVES = tuple(ALPHABET)  # a ticket is random: it lies on the shelf of its first letter
ROUNDS_PER_PAGE_MAX = ENTRIES_PER_PAGE_MAX = 100
TICKETS_PER_PAGE = 1_000
ROUND, ROUNDS, ENDS, ENTRY = "round", "rounds", "ends", "entry#"


class MasksTable(Table):
    class Meta:
        table_name = "masks"

    holder = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)


class RoundRow(MasksTable):
    """`points` and `windows` are JSON; `seed` is sealed."""

    title = UnicodeAttribute()
    opens_at = WholeNumberAttribute()
    closes_at = WholeNumberAttribute()
    reserve_by = WholeNumberAttribute()
    windows = UnicodeAttribute()
    points = UnicodeAttribute()
    packs_per_person = WholeNumberAttribute()
    packs_per_employee = WholeNumberAttribute()
    beacon_source = UnicodeAttribute(null=True)
    commitment = UnicodeAttribute()
    seed = BinaryAttribute(legacy_encoding=False)
    made_by = UnicodeAttribute()
    made_at = WholeNumberAttribute()


class ListedRow(MasksTable):
    """Its holder is ROUNDS: the rounds in the order of their making; or ENDS: by when their last windows end."""


class EntryRow(MasksTable):
    ticket = UnicodeAttribute()
    points = UnicodeAttribute()
    entered_at = WholeNumberAttribute()
    entered_by = UnicodeAttribute()


class TicketRow(MasksTable):
    person_id = UnicodeAttribute()
    points = UnicodeAttribute()


class Point(msgspec.Struct, frozen=True):
    """Where masks are handed out. `portions` are drawn, `for_enterprises` packs are ordered; `slots`: in each window
    so many people are let come."""

    point_id: str
    name: str
    community: DivisionCode
    portions: int
    for_enterprises: int
    slots: int


class Round(Silent, frozen=True):
    """Never changed once it is made. `beacon_source`: where in public the draw's second secret will be read, if any."""

    round_id: str
    title: str
    times: Times
    points: tuple[Point, ...]
    packs_per_person: int
    packs_per_employee: int
    beacon_source: str | None
    commitment: str
    seed: bytes
    made_by: StaffId
    made_at: Instant

    def point(self, point_id: str) -> Point | None:
        return next((point for point in self.points if point.point_id == point_id), None)


class Entered(msgspec.Struct, frozen=True):
    person_id: PersonId
    round_id: str
    entry: Entry
    entered_at: Instant
    entered_by: PersonId


def create(new: Round) -> list[Write]:
    stored = RoundRow(
        round_key(new.round_id),
        ROUND,
        title=new.title,
        opens_at=new.times.opens_at,
        closes_at=new.times.closes_at,
        reserve_by=new.times.reserve_by,
        windows=json.dumps([[window.begins_at, window.ends_at] for window in new.times.windows]),
        points=json.dumps([msgspec.structs.asdict(point) for point in new.points], ensure_ascii=False),
        packs_per_person=new.packs_per_person,
        packs_per_employee=new.packs_per_employee,
        beacon_source=new.beacon_source,
        commitment=new.commitment,
        seed=new.seed,
        made_by=new.made_by,
        made_at=new.made_at,
    )
    places = ListedRow(ROUNDS, new.round_id), ListedRow(ENDS, f"{_ends(new.times.ends_at)}#{new.round_id}")
    return [model.put("round", stored, NEW), *(model.put("listed", place) for place in places)]


def get(round_id: str) -> Round | None:
    found = model.get(RoundRow, round_key(round_id), ROUND)
    return None if found is None else _round(found)


def listed(limit: int, start: Start | None = None) -> tuple[list[str], Start | None]:
    """The ids of rounds, newest first, and where the next page begins."""
    most = min(limit, ROUNDS_PER_PAGE_MAX)
    page, end = model.query(ListedRow, ListedRow.holder == ROUNDS, most, start=start, newest_first=True)
    return [found.sk for found in page], end


def ending_after(at: Instant, limit: int, start: Start | None = None) -> tuple[list[str], Start | None]:
    """The ids of rounds whose last window ends after `at`, soonest first, and where the next page begins."""
    later = (ListedRow.holder == ENDS) & (ListedRow.sk > _ends(at + 1))
    page, end = model.query(ListedRow, later, min(limit, ROUNDS_PER_PAGE_MAX), start=start)
    return [found.sk.partition("#")[2] for found in page], end


def enter(new: Entered) -> list[Write]:
    """The condition of the first fails (label "entry") for whoever has entered this round before."""
    points = " ".join(new.entry.points)
    entry = EntryRow(
        person_key(new.person_id),
        ENTRY + new.round_id,
        ticket=new.entry.ticket,
        points=points,
        entered_at=new.entered_at,
        entered_by=new.entered_by,
    )
    ticket = TicketRow(*_ticket(new.round_id, new.entry.ticket), person_id=new.person_id, points=points)
    return [model.put("entry", entry, NEW), model.put("ticket", ticket, NEW)]


def entered(person: PersonId, round_id: str) -> Entered | None:
    found = model.get(EntryRow, person_key(person), ENTRY + round_id)
    return None if found is None else _entered(found)


def entries(person: PersonId, limit: int, start: Start | None = None) -> tuple[list[Entered], Start | None]:
    """Those of one person, newest round first, and where the next page begins."""
    theirs = (EntryRow.holder == person_key(person)) & EntryRow.sk.startswith(ENTRY)
    most = min(limit, ENTRIES_PER_PAGE_MAX)
    page, end = model.query(EntryRow, theirs, most, start=start, newest_first=True)
    return [_entered(found) for found in page], end


def on_shelf(round_id: str, shelf: str, after: str, limit: int) -> list[Entry]:
    """Of one shelf the next `limit` tickets after a ticket, in ascending order; fewer only when there are no more."""
    found: list[Entry] = []
    start: Start | None = None
    while len(found) < limit:
        beyond = (TicketRow.holder == _shelf(round_id, shelf)) & (TicketRow.sk > (after or " "))
        page, start = model.query(TicketRow, beyond, limit - len(found), start=start)
        found += [Entry(row.sk, tuple(row.points.split())) for row in page]
        if start is None:
            break
    return found


def owners(round_id: str, tickets: Sequence[str]) -> dict[str, PersonId]:
    """Whose each ticket is, a hundred a request; nobody's where its holder was erased."""
    table = MasksTable.Meta.table_name
    keys = [model.key_of(TicketRow, *_ticket(round_id, ticket))["Key"] for ticket in tickets]
    rows = [model.read(TicketRow, stored) for stored in batch.get({table: keys})[table]]
    return {row.sk: PersonId(row.person_id) for row in rows}


def round_key(round_id: str) -> str:
    return f"round#{round_id}"


def person_key(person: PersonId) -> str:
    return f"person#{person}"


NEW = words(MasksTable.holder.does_not_exist())


def _ends(at: Instant) -> str:
    return f"{at:012d}"


def _ticket(round_id: str, ticket: str) -> tuple[str, str]:
    return _shelf(round_id, ticket[0]), ticket


def _shelf(round_id: str, shelf: str) -> str:
    return f"tickets#{round_id}#{shelf}"


def _round(found: RoundRow) -> Round:
    windows = tuple(Window(begins_at, ends_at) for begins_at, ends_at in json.loads(found.windows))
    return Round(
        found.holder.removeprefix(round_key("")),
        found.title,
        Times(found.opens_at, found.closes_at, found.reserve_by, windows),
        tuple(Point(**point) for point in json.loads(found.points)),
        found.packs_per_person,
        found.packs_per_employee,
        found.beacon_source,
        found.commitment,
        found.seed,
        StaffId(found.made_by),
        found.made_at,
    )


def _entered(found: EntryRow) -> Entered:
    return Entered(
        PersonId(found.holder.removeprefix("person#")),
        found.sk.removeprefix(ENTRY),
        Entry(found.ticket, tuple(found.points.split())),
        found.entered_at,
        PersonId(found.entered_by),
    )
