"""Postings of person-days: who was in which cell on which day, one segment for each cell and day of a batch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from nanhai.domain import presence
from nanhai.domain.presence import Cell, Entry
from nanhai.services.trajectories.days import Told
from nanhai.store import presence as store
from nanhai.store.presence import Segment


def post(told: Iterable[Told]) -> None:
    """Adds what the days tell; the same days together again add nothing. StoreUnavailable: tell all of them again."""
    store.write(segments(told))


def segments(told: Iterable[Told]) -> Iterator[Segment]:
    """The segments of a batch, whatever order it comes in."""
    found: dict[Cell, list[Entry]] = {}
    for one in told:
        for place, entry in presence.entries(one.stored.phone, one.stored.revision, one.stored.day, one.visits):
            found.setdefault(place, []).append(entry)
    for (day, cell), there in found.items():
        for packed in presence.segments(day, there):
            yield Segment(day, cell, packed)
