"""Rows of signalling to packed person-days, column by column: what domain/sightings.py says, a million rows at once.

Equal to the rule in the domain by a property test.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nanhai.domain.days import DAY_S, LOCAL_OFFSET_S, day_begins
from nanhai.domain.sightings import FORM, VISIT_BYTES, VISITS_PER_DAY_MAX

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
SECONDS_MAX = 1 << 32  # phone and second are one key of 64 bits
VISIT = np.dtype(
    [("since_high", "u1"), ("since", ">u2"), ("until_high", "u1"), ("until", ">u2"), ("cell", ">u4"), ("region", ">u4")]
)


@dataclass(frozen=True, slots=True)
class Rows:
    """Columns of equal length. `phone`: its number, below 2^31; `since` and `until`: unix seconds, below 2^32;
    `place`: the number of its cell and region."""

    phone: Ints
    since: Ints
    until: Ints
    place: Ints

    def __len__(self) -> int:
        return len(self.phone)

    def at(self, which: Ints | Flags) -> Rows:
        return Rows(self.phone[which], self.since[which], self.until[which], self.place[which])


@dataclass(frozen=True, slots=True)
class Places:
    """Cells and regions by number, ascending."""

    cell: Ints
    region: Ints


@dataclass(frozen=True, slots=True)
class Days:
    """Person-days, day by day: their phones and local days, and where the visits of each begin and end in `packed`."""

    phone: Ints
    day: Ints
    begins: Ints
    ends: Ints
    packed: bytes
    refused: int  # person-days with more visits than a day can have, which are left out

    @property
    def visits(self) -> int:
        return int((self.ends - self.begins).sum())

    def each(self) -> Iterator[tuple[int, int, bytes]]:
        """Phone, local day and form 1 of its visits."""
        form, packed = bytes((FORM,)), self.packed
        columns = (column.tolist() for column in (self.phone, self.day, self.begins, self.ends))
        for phone, day, begins, ends in zip(*columns, strict=True):
            yield phone, day, form + packed[begins * VISIT_BYTES : ends * VISIT_BYTES]


def days(rows: Rows, places: Places, first: int, last: int) -> Days:
    """The person-days that these rows come to on the local days `first` to `last`, by day and phone, in whatever order
    the rows stand: phones of one day that are told together share their cells' postings."""
    visits, day = _cut(_within(_merged(_ended(_sorted(rows))), first, last))
    begins = np.flatnonzero(_differs(visits.phone, day))
    ends = _ends(begins, len(visits))
    sound = ends - begins <= VISITS_PER_DAY_MAX
    begins, ends = begins[sound], ends[sound]
    refused = int(len(sound) - sound.sum())
    by_day = np.argsort(day[begins], kind="stable")
    begins, ends = begins[by_day], ends[by_day]
    return Days(visits.phone[begins], day[begins], begins, ends, _packed(visits, day, places), refused)


def _sorted(rows: Rows) -> Rows:
    """By phone, since, until and place; an operator that delivers phone by phone costs a look."""
    key = rows.phone * SECONDS_MAX + rows.since
    if bool((key[1:] > key[:-1]).all()):
        return rows
    order = np.argsort(key, kind="stable")  # quick where most of it is in order already
    key = key[order]
    if bool((key[1:] == key[:-1]).any()):
        order = np.lexsort((rows.place, rows.until, rows.phone * SECONDS_MAX + rows.since))
    return rows.at(order)


def _ended(rows: Rows) -> Rows:
    """A row ends where the phone's next one begins; empty ones vanish."""
    until = rows.until.copy()
    followed = rows.phone[1:] == rows.phone[:-1]
    until[:-1] = np.where(followed, np.minimum(until[:-1], rows.since[1:]), until[:-1])
    ended = Rows(rows.phone, rows.since, until, rows.place)
    left = rows.since < until
    return ended if bool(left.all()) else ended.at(left)


def _merged(rows: Rows) -> Rows:
    """What adjoins in one cell and region is one visit."""
    parted = _differs(rows.phone, rows.place)
    parted[1:] |= rows.until[:-1] != rows.since[1:]
    begins = np.flatnonzero(parted)
    merged = rows.at(begins)
    until = rows.until[_ends(begins, len(rows)) - 1]
    return Rows(merged.phone, merged.since, until, merged.place)


def _within(visits: Rows, first: int, last: int) -> Rows:
    """What of them lies on these local days; visits of a phone do not overlap any more, so order is none the worse."""
    begins, ends = day_begins(first), day_begins(last + 1)
    if len(visits) == 0 or (visits.since.min() >= begins and visits.until.max() <= ends):
        return visits
    since, until = np.maximum(visits.since, begins), np.minimum(visits.until, ends)
    return Rows(visits.phone, since, until, visits.place).at(since < until)


def _cut(visits: Rows) -> tuple[Rows, Ints]:
    """Visits cut at local midnights, and the day of each."""
    first = (visits.since + LOCAL_OFFSET_S) // DAY_S
    touched = (visits.until - 1 + LOCAL_OFFSET_S) // DAY_S - first + 1
    if bool((touched == 1).all()):
        return visits, first
    which = np.repeat(np.arange(len(visits)), touched)
    after = np.arange(len(which)) - np.repeat(np.cumsum(touched) - touched, touched)
    pieces, day = visits.at(which), first[which] + after
    begins = day * DAY_S - LOCAL_OFFSET_S
    since, until = np.maximum(pieces.since, begins), np.minimum(pieces.until, begins + DAY_S)
    return Rows(pieces.phone, since, until, pieces.place), day


def _packed(visits: Rows, day: Ints, places: Places) -> bytes:
    begins = day * DAY_S - LOCAL_OFFSET_S
    since, until = visits.since - begins, visits.until - begins
    packed = np.empty(len(visits), VISIT)
    packed["since_high"], packed["since"] = since >> 16, since & 0xFFFF
    packed["until_high"], packed["until"] = until >> 16, until & 0xFFFF
    packed["cell"], packed["region"] = places.cell[visits.place], places.region[visits.place]
    return packed.tobytes()


def _ends(begins: Ints, length: int) -> Ints:
    return np.append(begins[1:], length)[: len(begins)]


def _differs(*columns: Ints) -> Flags:
    """Whether a row differs from the one before it in any of these; the first does."""
    differs = np.ones(len(columns[0]), np.bool_)
    if len(differs):
        differs[1:] = False
    for column in columns:
        differs[1:] |= column[1:] != column[:-1]
    return differs
