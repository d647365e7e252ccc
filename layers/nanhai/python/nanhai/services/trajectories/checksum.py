"""One number for all person-days of the table, whatever their order: equal for equal contents.

`at`, when a load was begun, is left out: two loads of the same deliveries differ in nothing else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from nanhai.store import sightings
from nanhai.store.sightings import PersonDay

SEGMENTS = 8
MODULUS = 1 << 256
ITEMS_PER_PAGE = 10_000  # or a megabyte, as DynamoDB ends every page


@dataclass(frozen=True, slots=True)
class Checksum:
    """`value`: the sum of SHA-256 of every item, modulo 2^256."""

    days: int
    value: int

    def __add__(self, other: Checksum) -> Checksum:
        return Checksum(self.days + other.days, (self.value + other.value) % MODULUS)

    def __str__(self) -> str:
        return f"{self.value:064x}"


def of_table(told: Callable[[int], None] = lambda _: None) -> Checksum:
    """Over the whole table, by SEGMENTS threads; `told` hears of each page how many items it had."""
    with ThreadPoolExecutor(SEGMENTS) as pool:
        found = pool.map(lambda segment: _segment(segment, told), range(SEGMENTS))
        return sum(found, Checksum(0, 0))


def of(rows: Iterable[PersonDay]) -> Checksum:
    total, count = 0, 0
    for row in rows:
        told = f"{row.phone} {row.day} {row.revision} ".encode() + row.visits
        total += int.from_bytes(hashlib.sha256(told).digest(), "big")
        count += 1
    return Checksum(count, total % MODULUS)


def _segment(segment: int, told: Callable[[int], None]) -> Checksum:
    found, start = Checksum(0, 0), None
    while True:
        page, start = sightings.scan(segment, SEGMENTS, start, ITEMS_PER_PAGE)
        found += of(page)
        told(len(page))
        if start is None:
            return found
