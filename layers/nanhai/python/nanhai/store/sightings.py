"""The table `sightings`: where phones were, by the operators' pseudonyms; kept 14 days.

One item for each phone, local day and revision of that day, written once and never changed: the same delivery writes
the same bytes, a corrected day is a later revision, and the latest one is what counts. In the partition of a phone that
somebody registered with stands also whose it is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date

import msgspec
from pynamodb.attributes import BinaryAttribute, UnicodeAttribute, UnicodeSetAttribute

from nanhai.domain import days as calendar
from nanhai.domain.identifiers import Instant, PersonId
from nanhai.store import batch, batch_writing, model
from nanhai.store.attributes import WholeNumberAttribute
from nanhai.store.model import Start, Table, Write
from nanhai.store.silent import Silent
from nanhai.store.wire import Item

KEPT_DAYS = 14  # of day D until the local midnight that ends D + 14
ROWS_PER_PAGE = 500
ROWS_PER_PHONE_MAX = 2_000  # 15 days, each corrected over a hundred times
DAY, PERSON = "day#", "person"


class SightingsTable(Table):
    class Meta:
        table_name = "sightings"

    phone = UnicodeAttribute(hash_key=True)
    row = UnicodeAttribute(range_key=True)


class DayRow(SightingsTable):
    """`visits`: packed, as domain/sightings.py says; `at`: when the load began that brought it."""

    visits = BinaryAttribute(legacy_encoding=False)
    at = WholeNumberAttribute()
    expires_at = WholeNumberAttribute()


class PersonRow(SightingsTable):
    """Whose phone it is, and the days of which a stay was recorded for them."""

    person_id = UnicodeAttribute()
    linked_at = WholeNumberAttribute()
    stays = UnicodeSetAttribute(null=True)


class ExpiringRow(SightingsTable):
    """What a walk for what is over looks at: of a link the noted days, of all others when they expire."""

    expires_at = WholeNumberAttribute(null=True)
    stays = UnicodeSetAttribute(null=True)


class TooManyRevisions(Exception):
    """A phone has more revisions of its days than any feed delivers."""


class PersonDay(Silent, frozen=True):
    """One revision of a phone's local day; `visits`: packed."""

    phone: str
    day: int
    revision: int
    visits: bytes
    at: Instant


class Linked(msgspec.Struct, frozen=True):
    """The person who registered with a phone, and the local days of which a stay was recorded."""

    person: PersonId
    stays: frozenset[int]
    linked_at: Instant


def write(rows: Sequence[PersonDay]) -> None:
    """All of them; the same again changes nothing. StoreUnavailable when some stay unwritten: tell all again."""
    once = {(row.phone, row.day, row.revision): row for row in rows}
    batch_writing.put(DayRow, map(_stored, once.values()))


def days(phone: str, first: int, last: int, now: Instant) -> list[PersonDay]:
    """The newest revision of each local day from `first` to `last`, ascending: one query, read consistently."""
    theirs = (DayRow.phone == phone) & DayRow.row.between(f"{DAY}{date_of(first)}", f"{DAY}{date_of(last)}$")
    newest: dict[int, PersonDay] = {}
    start: Start | None = None
    for _ in range(ROWS_PER_PHONE_MAX // ROWS_PER_PAGE):
        page, start = model.query(DayRow, theirs, ROWS_PER_PAGE, start=start, only=DayRow.expires_at > now)
        newest |= {found.day: found for found in map(_person_day, page)}
        if start is None:
            return list(newest.values())
    raise TooManyRevisions


def there(keys: Iterable[tuple[str, int, int]]) -> set[tuple[str, int]]:
    """Of revisions (phone, local day, revision) the phones and days of those that are there, read consistently."""
    asked = [model.key_of(DayRow, phone, _row(day, one))["Key"] for phone, day, one in dict.fromkeys(keys)]
    found = [_person_day(model.read(DayRow, stored)) for stored in batch.get({"sightings": asked})["sightings"]]
    return {(one.phone, one.day) for one in found}


def scan(
    segment: int, segments: int, start: Start | None = None, limit: int = ROWS_PER_PAGE
) -> tuple[list[PersonDay], Start | None]:
    """A page of one of `segments` parallel segments, every revision, and where the next page begins."""
    only = DayRow.row.startswith(DAY)
    found, end = model.scan(DayRow, only, limit, segment=segment, segments=segments, start=start)
    return [_person_day(stored) for stored in found], end


def link(phone: str, person: PersonId, at: Instant) -> Write:
    """Whose phone it is from now on, whoever's it was; for the transaction that registers them."""
    return model.put("link", PersonRow(phone, PERSON, person_id=person, linked_at=at))


def link_first(phone: str, person: PersonId, at: Instant) -> Write:
    """The same where nobody was linked; its condition fails (label "link") otherwise."""
    return model.put("link", PersonRow(phone, PERSON, person_id=person, linked_at=at), PersonRow.phone.does_not_exist())


def links(phones: Iterable[str]) -> dict[str, Linked]:
    """Those of the phones that somebody registered with, read consistently."""
    keys = [model.key_of(PersonRow, phone, PERSON)["Key"] for phone in dict.fromkeys(phones)]
    rows = [model.read(PersonRow, stored) for stored in batch.get({"sightings": keys})["sightings"]]
    return {
        row.phone: Linked(PersonId(row.person_id), frozenset(map(_day, row.stays or ())), row.linked_at) for row in rows
    }


def note_stays(phone: str, days: Collection[int], gone: Collection[int] = ()) -> None:
    """Notes the days before their stays are recorded, and drops those `gone` by; nothing where nobody is linked."""
    theirs = PersonRow.person_id.exists()
    if days:
        model.update_item(PersonRow(phone, PERSON), [PersonRow.stays.add(set(map(date_of, days)))], theirs)
    if gone:
        model.update_item(PersonRow(phone, PERSON), [PersonRow.stays.delete(set(map(date_of, gone)))], theirs)


def expired(
    now: Instant, segment: int, segments: int, start: Start | None = None, limit: int = ROWS_PER_PAGE
) -> tuple[list[tuple[str, str]], Start | None]:
    """Of the next `limit` items of a segment those whose time is over, and links in which a day is noted that is, as
    keys for `drop`; where to go on."""
    only = (ExpiringRow.expires_at <= now) | ExpiringRow.stays.exists()
    found, end = model.scan(ExpiringRow, only, limit, segment=segment, segments=segments, start=start)
    return [(row.phone, row.row) for row in found if row.row != PERSON or _over(map(_day, row.stays or ()), now)], end


def drop(keys: Iterable[tuple[str, str]], now: Instant) -> None:
    """Whose phone it is stays: of a link only the noted days that are over are dropped."""
    over = [*keys]
    batch_writing.delete(DayRow, (key for key in over if key[1] != PERSON))
    for phone, linked in links(phone for phone, row in over if row == PERSON).items():
        note_stays(phone, (), _over(linked.stays, now))


def expires_at(day: int) -> Instant:
    """When nobody may read of a local day any more."""
    return calendar.day_begins(day + 1 + KEPT_DAYS)


def read(stored: Item) -> PersonDay | None:
    """A stored item, or an image of the stream, as a person-day; None for the row that says whose phone it is."""
    if stored["row"]["S"] == PERSON:
        return None
    return _person_day(model.read(DayRow, stored))


def _over(days: Iterable[int], now: Instant) -> set[int]:
    return {day for day in days if expires_at(day) <= now}


def _stored(new: PersonDay) -> DayRow:
    return DayRow(new.phone, _row(new.day, new.revision), visits=new.visits, at=new.at, expires_at=expires_at(new.day))


def _row(day: int, revision: int) -> str:
    return f"{DAY}{date_of(day)}#{revision:012d}"


def _person_day(stored: DayRow) -> PersonDay:
    _, day, revision = stored.row.split("#")
    return PersonDay(stored.phone, _day(day), int(revision), stored.visits, stored.at)


def day_of(row: str) -> int:
    """The local day that the key of a row names; ValueError when it names none."""
    kind, day, _ = row.split("#")
    if f"{kind}#" != DAY:
        raise ValueError
    return _day(day)


def date_of(day: int) -> str:
    """How a day is written in a key."""
    return calendar.date_of(day).isoformat()


def _day(text: str) -> int:
    return calendar.day_of(date.fromisoformat(text))
