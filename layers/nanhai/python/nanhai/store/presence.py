"""The table `presence`: who was in a cell on a local day, by the operators' pseudonyms; kept as long as `sightings`.

Segments are only ever added, each by the batch of the stream that found its entries, and called by what is in them:
nothing is contended, and what is delivered again is the same item. They tell whom to look at; what counts is in
`sightings`. Of each day it is noted which revisions of it there are at all: with that, a reader knows which postings a
later revision may have taken back, and asks for those alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pynamodb.attributes import BinaryAttribute, UnicodeAttribute

from nanhai.domain import presence
from nanhai.domain.identifiers import Instant
from nanhai.store import batch_writing, model
from nanhai.store.attributes import WholeNumberAttribute
from nanhai.store.model import Start, Table
from nanhai.store.sightings import date_of, expires_at
from nanhai.store.silent import Silent

SEGMENTS_PER_PAGE = 500  # the database ends a page at a megabyte: two or three in a cell of 2,100 residents
SEGMENTS_PER_PLACE_MAX = 5_000
BYTES_PER_PLACE_MAX = 16_000_000  # half a million entries
REVISIONS_PER_DAY_MAX = 10_000
ROWS_PER_PAGE = 500


class PresenceTable(Table):
    class Meta:
        table_name = "presence"

    place = UnicodeAttribute(hash_key=True)
    segment = UnicodeAttribute(range_key=True)


class SegmentRow(PresenceTable):
    """`entries`: packed, as domain/presence.py says."""

    entries = BinaryAttribute(legacy_encoding=False)
    expires_at = WholeNumberAttribute()


class RevisionRow(PresenceTable):
    """`place`: revisions#<date>; `segment`: the revision."""

    expires_at = WholeNumberAttribute()


class ExpiringRow(PresenceTable):
    expires_at = WholeNumberAttribute()


class TooManySegments(Exception):
    """A cell has more segments on one day, or a day more revisions, than a question may look through: `most`."""

    def __init__(self, most: int) -> None:
        super().__init__(f"more than {most:,}")
        self.most = most


class Segment(Silent, frozen=True):
    """Entries of one cell and local day, packed."""

    day: int
    cell: int
    entries: bytes


def write(segments: Iterable[Segment]) -> None:
    """All of them, each once however often it is told; StoreUnavailable when some stay unwritten: tell all again."""
    rows = {(row.place, row.segment): row for row in map(_stored, segments)}
    batch_writing.put(SegmentRow, rows.values())


def around(day: int, cell: int, now: Instant) -> list[bytes]:
    """Every segment of a cell on a local day; TooManySegments rather than a part of them."""
    there = SegmentRow.place == _place(day, cell)
    found: list[bytes] = []
    start: Start | None = None
    while len(found) <= SEGMENTS_PER_PLACE_MAX:
        page, start = model.query(
            SegmentRow, there, SEGMENTS_PER_PAGE, start=start, only=SegmentRow.expires_at > now, consistent=False
        )
        found += [row.entries for row in page]
        if sum(map(len, found)) > BYTES_PER_PLACE_MAX:
            raise TooManySegments(BYTES_PER_PLACE_MAX)
        if start is None:
            return found
    raise TooManySegments(SEGMENTS_PER_PLACE_MAX)


def note_revisions(told: Iterable[tuple[int, int]]) -> None:
    """That there are these revisions of these local days, before any of them is stored."""
    rows = [RevisionRow(_revisions(day), f"{one:012d}", expires_at=expires_at(day)) for day, one in told]
    batch_writing.put(RevisionRow, rows)


def revisions(day: int) -> list[int]:
    """Every revision of a local day, ascending, read consistently; TooManySegments rather than a part of them."""
    found: list[int] = []
    start: Start | None = None
    while len(found) <= REVISIONS_PER_DAY_MAX:
        page, start = model.query(RevisionRow, RevisionRow.place == _revisions(day), ROWS_PER_PAGE, start=start)
        found += [int(row.segment) for row in page]
        if start is None:
            return found
    raise TooManySegments(REVISIONS_PER_DAY_MAX)


def expired(
    now: Instant, segment: int, segments: int, start: Start | None = None, limit: int = ROWS_PER_PAGE
) -> tuple[list[tuple[str, str]], Start | None]:
    """Of the next `limit` items of a segment those whose time is over, as keys for `drop`; where to go on."""
    only = ExpiringRow.expires_at <= now
    found, end = model.scan(ExpiringRow, only, limit, segment=segment, segments=segments, start=start)
    return [(row.place, row.segment) for row in found], end


def drop(keys: Sequence[tuple[str, str]]) -> None:
    batch_writing.delete(SegmentRow, keys)


def _stored(new: Segment) -> SegmentRow:
    return SegmentRow(
        _place(new.day, new.cell),
        presence.name_of(new.entries),
        entries=new.entries,
        expires_at=expires_at(new.day),
    )


def _revisions(day: int) -> str:
    return f"revisions#{date_of(day)}"


def _place(day: int, cell: int) -> str:
    return f"{date_of(day)}#{cell:08x}"
