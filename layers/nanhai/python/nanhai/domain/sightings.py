"""Where a phone was: visits from signalling rows, cut into local days and packed, one item for each person and day.

Intervals are half-open, in unix seconds. At any moment a phone is where the row that began last says; what no row
covers is not known, and nothing is claimed of it.

Packed form 1: the byte 1, then 14 bytes for each visit, big-endian and ascending:
since 3 · until 3 (seconds of the local day, until up to 86,400) · cell 4 · region 4.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import Generic, TypeVar

from nanhai.domain.days import day_begins, local_day
from nanhai.domain.errors import Poison
from nanhai.domain.identifiers import Instant

FORM = 1
VISIT = struct.Struct(">BHBHII")  # since and until as one high byte and two low ones
VISIT_BYTES = VISIT.size
VISITS_PER_DAY_MAX = 1_440  # a minute each: beyond, no phone moves, a feed is broken
OPERATORS_MAX = 100
RESOLUTION = 8
CELL_MAX = 0x7FFF_FFFF
_HEAD = 0x0880_0000_0000_0000  # of an H3 index: a cell, of resolution 8
_TAIL = (1 << 21) - 1  # the finer digits, none of which it has

_ORDER = attrgetter("since", "until", "cell", "region")  # as the class has it, and four times as fast

K = TypeVar("K")


@dataclass(frozen=True, slots=True, order=True)
class Visit:
    """Presence in one cell over [since, until)."""

    since: Instant
    until: Instant
    cell: int  # 31 bits: the part of an H3 index of resolution 8 that differs
    region: int  # GB/T 2260, six digits


@dataclass(frozen=True, slots=True)
class Stretch(Generic[K]):
    """A run of visits in one place, over [since, until); for `heard_s` seconds of it the phone was heard."""

    place: K
    since: Instant
    until: Instant
    heard_s: int


def compact(h3: int) -> int:
    """The 31 bits that tell one H3 cell of resolution 8 from another; ValueError for another kind of index."""
    if h3 & ~(CELL_MAX << 21) != _HEAD | _TAIL:
        raise ValueError("an H3 cell of resolution 8")
    return h3 >> 21 & CELL_MAX


def h3_of(cell: int) -> int:
    """The H3 index that `compact` shortened."""
    return _HEAD | cell << 21 | _TAIL


def revision(sequence: int, operator: int) -> int:
    """What a delivery is worth against another one of the same day: the later sequence, then the operator's number."""
    return sequence * OPERATORS_MAX + operator


def visits(rows: Iterable[Visit]) -> tuple[Visit, ...]:
    """The visits that one phone's rows come to, in whatever order they are told: a row ends where the next one begins,
    and what adjoins in one cell and region is one visit."""
    found: list[Visit] = []
    for row in _ended(sorted(rows, key=_ORDER)):
        last = found[-1] if found else None
        if last is not None and (last.until, last.cell, last.region) == (row.since, row.cell, row.region):
            found[-1] = replace(last, until=row.until)
        else:
            found.append(row)
    return tuple(found)


def _ended(rows: Sequence[Visit]) -> Iterator[Visit]:
    for number, row in enumerate(rows):
        until = row.until if number + 1 == len(rows) else min(row.until, rows[number + 1].since)
        if row.since < until:
            yield row if row.until == until else replace(row, until=until)


def by_day(found: Iterable[Visit]) -> dict[int, tuple[Visit, ...]]:
    """Visits cut at local midnights, by the number of the local day."""
    days: dict[int, list[Visit]] = {}
    for visit in found:
        since = visit.since
        while since < visit.until:
            day = local_day(since)
            until = min(visit.until, day_begins(day + 1))
            days.setdefault(day, []).append(replace(visit, since=since, until=until))
            since = until
    return {day: tuple(pieces) for day, pieces in days.items()}


def joined(days: Iterable[Sequence[Visit]]) -> tuple[Visit, ...]:
    """The visits of several days as they were before midnight cut them."""
    return visits(visit for day in days for visit in day)


def pack(day: int, found: Sequence[Visit]) -> bytes:
    """Form 1 of one day's visits, which are ascending and lie within the day."""
    begins = day_begins(day)
    return bytes((FORM,)) + b"".join(
        VISIT.pack(*_split(v.since - begins), *_split(v.until - begins), v.cell, v.region) for v in found
    )


def unpack(day: int, packed: bytes) -> tuple[Visit, ...]:
    """The visits that `pack` packed; Poison when these bytes are not of form 1, or say what cannot be."""
    if not packed or packed[0] != FORM or (len(packed) - 1) % VISIT_BYTES:
        raise Poison("sightings: unknown form")
    begins = day_begins(day)
    found = tuple(
        Visit(begins + (since_high << 16 | since), begins + (until_high << 16 | until), cell, region)
        for since_high, since, until_high, until, cell, region in VISIT.iter_unpack(packed[1:])
    )
    if not _is_sound(found, day_begins(day + 1)):
        raise Poison("sightings: visits that cannot be")
    return found


def _is_sound(found: Sequence[Visit], ends: Instant) -> bool:
    after = [visit.since for visit in found[1:]]
    return all(
        visit.since < visit.until <= following for visit, following in zip(found, [*after, ends], strict=False)
    ) and all(visit.cell <= CELL_MAX for visit in found)


def _split(second: int) -> tuple[int, int]:
    return second >> 16, second & 0xFFFF


def stays(found: Iterable[Visit], place: Callable[[Visit], K | None], silence_s: int) -> list[Stretch[K]]:
    """Runs of visits in one place, with no other place between them and no silence longer than `silence_s`.

    `place`: where a visit is; None for places that do not count, which end a run as any other place does.
    """
    runs: list[Stretch[K]] = []
    current: Stretch[K] | None = None
    for visit in visits(found):
        where = place(visit)
        if current is not None and (where != current.place or visit.since - current.until > silence_s):
            runs.append(current)
            current = None
        if where is None:
            continue
        if current is None:
            current = Stretch(where, visit.since, visit.since, 0)
        heard_s = current.heard_s + visit.until - visit.since
        current = Stretch(where, current.since, visit.until, heard_s)
    return runs if current is None else [*runs, current]
