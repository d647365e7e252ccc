"""What a candidate policy would change, counted: from colour × to colour × town, with a few samples a cell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from nanhai.domain.colour import RANK, Colour
from nanhai.domain.identifiers import PersonId

SAMPLES_PER_CELL_MAX = 5
Cell = tuple[str, Colour, Colour]  # town, before, after


@dataclass(slots=True)
class Matrix:
    """Counts of transitions; merging the parts of a sweep in any order gives the same counts."""

    counts: dict[Cell, int] = field(default_factory=dict)
    samples: dict[Cell, list[PersonId]] = field(default_factory=dict)

    def add(self, town: str, before: Colour, after: Colour, person: PersonId) -> None:
        cell = (town, before, after)
        self.counts[cell] = self.counts.get(cell, 0) + 1
        if before != after:
            self._sample(cell, (person,))

    def merge(self, other: Matrix) -> Matrix:
        for cell, count in other.counts.items():
            self.counts[cell] = self.counts.get(cell, 0) + count
        for cell, persons in other.samples.items():
            self._sample(cell, persons)
        return self

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def worsened_share(self) -> float:
        """The blast radius: which share of all passes would get a worse colour."""
        worse = sum(n for (_, before, after), n in self.counts.items() if RANK[after] > RANK[before])
        return worse / self.total if self.total else 0.0

    def to_wire(self) -> list[dict[str, Any]]:
        return [
            {
                "town": town,
                "before": before.value,
                "after": after.value,
                "count": count,
                "samples": self.samples.get((town, before, after), []),
            }
            for (town, before, after), count in sorted(self.counts.items())
        ]

    @classmethod
    def from_wire(cls, rows: Iterable[Mapping[str, Any]]) -> Matrix:
        matrix = cls()
        for row in rows:
            cell = (row["town"], Colour(row["before"]), Colour(row["after"]))
            matrix.counts[cell] = matrix.counts.get(cell, 0) + row["count"]
            matrix._sample(cell, row["samples"])
        return matrix

    def _sample(self, cell: Cell, persons: Iterable[PersonId]) -> None:
        kept = self.samples.setdefault(cell, [])
        kept[:] = sorted({*kept, *persons})[:SAMPLES_PER_CELL_MAX]
