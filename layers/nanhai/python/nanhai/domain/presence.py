"""Who was in a cell on a day: postings, packed into segments of a batch each. A segment is found by what is in it.

Packed form 1, big-endian: the byte 1 · number of phones 2 · for each phone its 16 bytes and its revision 8 · then for
each entry the phone's place in that list 2 · since 3 · until 3 (seconds of the local day). Sorted, so that the same
entries make the same bytes.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from nanhai.domain.days import day_begins
from nanhai.domain.errors import Poison
from nanhai.domain.identifiers import Instant
from nanhai.domain.sightings import Visit

FORM = 1
HEAD = struct.Struct(">BH")
PHONE = struct.Struct(">16sQ")
STAY = struct.Struct(">HBHBH")
ENTRIES_PER_SEGMENT_MAX = 4_000  # 128 KB of the 400 that an item holds
SEGMENT_NAME_CHARACTERS = 16


class Entry(NamedTuple):
    """A phone in the cell over [since, until), as one revision of its day tells it. A tuple, for a question of
    co-presence unpacks ten thousands: made in a third of the time that a frozen dataclass takes."""

    phone: str  # 32 hex characters
    revision: int
    since: Instant
    until: Instant


Cell = tuple[int, int]  # local day, compact cell


def entries(phone: str, revision: int, day: int, visits: Iterable[Visit]) -> Iterator[tuple[Cell, Entry]]:
    """What a person-day adds to the cells where the phone was."""
    for visit in visits:
        yield (day, visit.cell), Entry(phone, revision, visit.since, visit.until)


def segments(day: int, found: Iterable[Entry]) -> Iterator[bytes]:
    """All entries of one cell and day, packed, ENTRIES_PER_SEGMENT_MAX in each at most."""
    rest = iter(sorted(set(found)))
    while chunk := list(islice(rest, ENTRIES_PER_SEGMENT_MAX)):
        yield pack(day, chunk)


def name_of(packed: bytes) -> str:
    """What a segment is called: delivered again it is the same item."""
    return hashlib.sha256(packed).hexdigest()[:SEGMENT_NAME_CHARACTERS]


def pack(day: int, found: Sequence[Entry]) -> bytes:
    """Form 1 of these entries."""
    begins = day_begins(day)
    ordered = sorted(found)
    phones = list(dict.fromkeys((entry.phone, entry.revision) for entry in ordered))
    number = {phone: at for at, phone in enumerate(phones)}
    packed = [HEAD.pack(FORM, len(phones))]
    packed += [PHONE.pack(bytes.fromhex(phone), revision) for phone, revision in phones]
    packed += [
        STAY.pack(number[e.phone, e.revision], *divmod(e.since - begins, 1 << 16), *divmod(e.until - begins, 1 << 16))
        for e in ordered
    ]
    return b"".join(packed)


def unpack(day: int, packed: bytes) -> list[Entry]:
    """The entries that `pack` packed; Poison when these bytes are not of form 1."""
    try:
        form, count = HEAD.unpack_from(packed)
        if form != FORM:
            raise Poison("presence: unknown form")
        stays_at = HEAD.size + count * PHONE.size
        phones: list[tuple[str, int]] = [(p.hex(), of) for p, of in PHONE.iter_unpack(packed[HEAD.size : stays_at])]
        begins = day_begins(day)
        return [
            Entry(
                phones[number][0],
                phones[number][1],
                begins + (since_high << 16 | since),
                begins + (until_high << 16 | until),
            )
            for number, since_high, since, until_high, until in STAY.iter_unpack(packed[stays_at:])
        ]
    except (struct.error, IndexError) as garbled:
        raise Poison(f"presence: {type(garbled).__name__}") from garbled
