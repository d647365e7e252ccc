"""dynoxide keeps stream records for ever: removes those that every consumer has passed.

It numbers a new record one above the highest that it still has, so the newest of a table always stay.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from infra.local.journal import Journal

EVERY_S = 30.0
KEPT = 1_000
REMOVED_AT_ONCE_MAX = 2_000  # the engine's writers wait meanwhile
AGAIN_AFTER_S = 0.2


@dataclass(frozen=True, slots=True)
class Pruner:
    journal: Journal
    database: Path
    consumers: dict[str, int]  # by stream ARN: how many consumers it has

    def step(self) -> float:
        removed = [self._prune(stream, number) for stream, number in self._passed().items()]
        return AGAIN_AFTER_S if REMOVED_AT_ONCE_MAX in removed else EVERY_S

    def _passed(self) -> dict[str, int]:
        """By stream: the highest number that every one of its consumers has behind it."""
        rows = self.journal.rows(
            "SELECT stream, min(CAST(sequence AS INTEGER)) AS passed, count(*) AS n FROM checkpoint GROUP BY stream"
        )
        return {row["stream"]: row["passed"] for row in rows if self.consumers.get(row["stream"], 0) == row["n"]}

    def _prune(self, stream: str, passed: int) -> int:
        table = stream.split("/")[1]
        with closing(sqlite3.connect(self.database, timeout=5)) as connection, connection:
            return connection.execute(
                "DELETE FROM _stream_records WHERE id IN (SELECT id FROM _stream_records WHERE table_name = ?"
                " AND CAST(sequence_number AS INTEGER) <= ? ORDER BY CAST(sequence_number AS INTEGER) LIMIT ?)",
                (table, passed - KEPT, REMOVED_AT_ONCE_MAX),
            ).rowcount
