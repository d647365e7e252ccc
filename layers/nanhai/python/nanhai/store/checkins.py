"""The table `checkins`: a row for each member of an enterprise, with a fortnight of daily check-ins in a ring of slots.

`desk`: <organisation>#<shard>, the shard by the person. A check-in is one update of the member's own row, and its
condition is the membership: nothing else is read, no row is shared, and none grows. DynamoDB gives a partition 1,000
write units a second and a check-in takes 2 (a transaction), so SHARDS of them take 8,000 check-ins of one enterprise a
second; ten thousand in a minute are 21 units a second for each. Who wants to know who was there reads SHARDS desks.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator

import msgspec
from pynamodb.attributes import UnicodeAttribute

from nanhai.domain.checkins import KEPT_DAYS, CheckIn, pack, unpack
from nanhai.domain.days import DAY_S
from nanhai.domain.identifiers import Instant, PersonId
from nanhai.store import model
from nanhai.store.attributes import WholeNumberAttribute
from nanhai.store.model import Start, Table, Write
from nanhai.store.words import Prepared, gap

SHARDS = 16
DESK_ROWS_PER_PAGE = 500


class DeskRow(Table):
    """`invitation`: the blind index by which they joined; a slot for each of KEPT_DAYS, written over when its turn
    comes again."""

    class Meta:
        table_name = "checkins"

    desk = UnicodeAttribute(hash_key=True)
    person_id = UnicodeAttribute(range_key=True)
    invitation = UnicodeAttribute()
    joined_at = WholeNumberAttribute()
    left_at = WholeNumberAttribute(null=True)
    expires_at = WholeNumberAttribute(null=True)
    slot_0 = UnicodeAttribute(null=True)
    slot_1 = UnicodeAttribute(null=True)
    slot_2 = UnicodeAttribute(null=True)
    slot_3 = UnicodeAttribute(null=True)
    slot_4 = UnicodeAttribute(null=True)
    slot_5 = UnicodeAttribute(null=True)
    slot_6 = UnicodeAttribute(null=True)
    slot_7 = UnicodeAttribute(null=True)
    slot_8 = UnicodeAttribute(null=True)
    slot_9 = UnicodeAttribute(null=True)
    slot_10 = UnicodeAttribute(null=True)
    slot_11 = UnicodeAttribute(null=True)
    slot_12 = UnicodeAttribute(null=True)
    slot_13 = UnicodeAttribute(null=True)


SLOTS = tuple(getattr(DeskRow, f"slot_{number}") for number in range(KEPT_DAYS))
_IS_MEMBER = DeskRow.desk.exists() & DeskRow.left_at.does_not_exist()


class Seat(msgspec.Struct, frozen=True):
    """One member at the desk; `days`: their check-ins by local day; a slot that was not written over yet
    counts for nothing once its day is past."""

    person_id: PersonId
    invitation: str
    days: dict[int, CheckIn]


def sit(organisation_id: str, person: PersonId, invitation: str, at: Instant) -> Write:
    """A place for a new member; its condition fails (label "seat") while they have one."""
    new = DeskRow(_desk(organisation_id, person), person, invitation=invitation, joined_at=at)
    return model.put("seat", new, DeskRow.desk.does_not_exist() | DeskRow.left_at.exists())


def rise(organisation_id: str, person: PersonId, at: Instant) -> Write:
    """Who leaves takes their check-ins along; its condition fails (label "seat") for who is no member."""
    gone = [DeskRow.left_at.set(at), DeskRow.expires_at.set(at + DAY_S), *(slot.remove() for slot in SLOTS)]
    return model.update("seat", DeskRow(_desk(organisation_id, person), person), gone, _IS_MEMBER)


def note(organisation_id: str, person: PersonId, told: CheckIn) -> Write:
    """The check-in of a day, in place of an earlier one of that day; its condition fails (label "check-in") for who is
    no member."""
    words = _NOTED[told.day % KEPT_DAYS](told=pack(told))
    return model.update("check-in", DeskRow(_desk(organisation_id, person), person), words)


_NOTED = [Prepared(_IS_MEMBER, [slot.set(gap("told", slot))]) for slot in SLOTS]


def seats(organisation_id: str, days: range, start: Start | None = None) -> Iterator[tuple[Seat, Start]]:
    """Every member with their check-ins of `days`, and where to go on after each; a moment late, for thousands may be
    checking in. A `start` is one of those."""
    first = 0 if start is None else int(start["shard"]["N"])
    for shard in range(first, SHARDS):
        after = None if start is None or shard > first else {"desk": start["desk"], "person_id": start["person_id"]}
        for found in _rows(f"{organisation_id}#{shard}", after):
            place = {"shard": {"N": str(shard)}, "desk": {"S": found.desk}, "person_id": {"S": found.person_id}}
            yield _seat(found, days), place


def _rows(desk: str, start: Start | None) -> Iterator[DeskRow]:
    """As many pages as there are: a desk holds a SHARDS-th of an enterprise."""
    is_there = DeskRow.left_at.does_not_exist()
    while True:
        page, start = model.query(
            DeskRow, DeskRow.desk == desk, DESK_ROWS_PER_PAGE, start=start, only=is_there, consistent=False
        )
        yield from page
        if start is None:
            return


def _seat(found: DeskRow, days: range) -> Seat:
    told = [unpack(packed) for slot in SLOTS if (packed := getattr(found, slot.attr_name)) is not None]
    return Seat(PersonId(found.person_id), found.invitation, {one.day: one for one in told if one.day in days})


def _desk(organisation_id: str, person: PersonId) -> str:
    return f"{organisation_id}#{zlib.crc32(person.encode()) % SHARDS}"
