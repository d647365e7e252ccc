"""How far each consumer of a stream has come: what `nanhai status` and /local/jobs show."""

from __future__ import annotations

from typing import Any

from infra.local.journal import Journal


def note(journal: Journal, consumer: str, *, delivered: int, failed: int, behind_s: float) -> None:
    journal.write(
        "INSERT INTO progress VALUES (?, ?, 0, ?, ?) ON CONFLICT (consumer) DO UPDATE SET"
        " behind_s = excluded.behind_s, delivered = delivered + excluded.delivered, failed = failed + excluded.failed",
        consumer,
        behind_s,
        delivered,
        failed,
    )


def caught_up(journal: Journal, consumer: str, at: float) -> None:
    """Nothing was left in the stream at that moment."""
    journal.write(
        "INSERT INTO progress VALUES (?, 0, ?, 0, 0)"
        " ON CONFLICT (consumer) DO UPDATE SET behind_s = 0, caught_up_at = excluded.caught_up_at",
        consumer,
        at,
    )


def read(journal: Journal) -> list[dict[str, Any]]:
    return [dict(row) for row in journal.rows("SELECT * FROM progress ORDER BY consumer")]
