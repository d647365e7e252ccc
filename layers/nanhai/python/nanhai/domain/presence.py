"""Who was in a cell on a day: postings, packed into segments of a batch each. A segment is found by what is in it.

Packed form 1, big-endian: the byte 1 · number of phones 2 · for each phone its 16 bytes and its revision 8 · then for
each entry the phone's place in that list 2 · since 3 · until 3 (seconds of the local day). Sorted, so that the same
entries make the same bytes.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from nanhai.domain.errors import Poison
from nanhai.domain.identifiers import Instant
from nanhai.domain.sightings import Visit, day_begins

FORM = 1
HEAD = struct.Struct(">BH")
PHONE = struct.Struct(">16sQ")
STAY = struct.Struct(">HBHBH")
PHONE_BYTES = 16
ENTRIES_PER_SEGMENT_MAX = 4_000  # 128 KB of the 400 that an item holds
SEGMENT_NAME_CHARACTERS = 16


class Entry(NamedTuple):
    """A phone in the cell over [since, until), as one revision of its day tells it. A tuple: made in a third of the
    time that a frozen dataclass takes."""

    phone: str  # 32 hex characters
    revision: int
    since: Instant
    until: Instant


Cell = tuple[int, int]  # local day, compact cell
Stretch = tuple[Instant, Instant]
Shared = tuple[bytes, Stretch]  # the phone's 16 bytes


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
    begins = day_begins(day)
    phones = [(phone.hex(), revision) for phone, revision in _phones(packed)]
    return [Entry(*phones[number], begins + since, begins + until) for number, since, until in _stays(packed)]


def entries_in(packed: bytes) -> int:
    """How many there are, without a look at them."""
    return (len(packed) - _stays_at(packed)) // STAY.size


def shared(day: int, packed: bytes, own: Sequence[Stretch]) -> Iterator[Shared]:
    """Whose entries overlap these stretches, and over what; nothing is made of the others. Poison as above."""
    begins = day_begins(day)
    pieces = [(since - begins, until - begins) for since, until in own]
    for number, since, until in _stays(packed):
        for own_since, own_until in pieces:
            if since < own_until and own_since < until:
                yield _phone(packed, number), (begins + max(since, own_since), begins + min(until, own_until))


def heard(day: int, packed: bytes, phones: Collection[bytes]) -> Iterator[Shared]:
    """The entries of these phones; Poison as above."""
    begins = day_begins(day)
    named = {number: phone for number, (phone, _) in enumerate(_phones(packed)) if phone in phones}
    for number, since, until in _stays(packed) if named else ():
        if number in named:
            yield named[number], (begins + since, begins + until)


def _phones(packed: bytes) -> Iterator[tuple[bytes, int]]:
    return PHONE.iter_unpack(packed[HEAD.size : _stays_at(packed)])


def _phone(packed: bytes, number: int) -> bytes:
    at = HEAD.size + number * PHONE.size
    return packed[at : at + PHONE_BYTES]


def _stays(packed: bytes) -> Iterator[tuple[int, int, int]]:
    """The phone's place in the list, and seconds of the day."""
    stays_at = _stays_at(packed)
    phones = (stays_at - HEAD.size) // PHONE.size
    try:
        for number, since_high, since, until_high, until in STAY.iter_unpack(packed[stays_at:]):
            if number >= phones:
                raise Poison("presence: an entry of no phone")
            yield number, since_high << 16 | since, until_high << 16 | until
    except struct.error as garbled:
        raise Poison("presence: garbled") from garbled


def _stays_at(packed: bytes) -> int:
    if len(packed) < HEAD.size:
        raise Poison("presence: garbled")
    form, phones = HEAD.unpack_from(packed)
    if form != FORM:
        raise Poison("presence: unknown form")
    at: int = HEAD.size + phones * PHONE.size
    if len(packed) < at:
        raise Poison("presence: garbled")
    return at
