"""The platform's own controls: whether jobs run, and by how much the clock is moved."""

from __future__ import annotations

from pathlib import Path

from infra.local.journal import Journal

OFFSET_S_MAX = 400 * 86_400


def paused(journal: Journal) -> bool:
    """Whether the stream pump, the scheduler and the queue worker stand still."""
    row = journal.one("SELECT value FROM switch WHERE name = 'paused'")
    return row is not None and row["value"] == "true"


def pause(journal: Journal, paused: bool) -> None:
    journal.write("INSERT OR REPLACE INTO switch VALUES ('paused', ?)", "true" if paused else "false")


def clock_offset_s(file: Path) -> int:
    try:
        return int(file.read_text("ascii") or 0)
    except FileNotFoundError:
        return 0


def move_clock(file: Path, offset_s: int) -> None:
    """Seen by every process at its next look at the clock; replaced in one step, never half-written."""
    fresh = file.with_suffix(".new")
    fresh.write_text(str(offset_s), "ascii")
    fresh.replace(file)
