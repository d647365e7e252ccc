"""Where time comes from: the machine, or on a local stage the machine plus an offset that a story may move."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from nanhai.domain.identifiers import Instant
from nanhai.services.settings import Misconfigured, Settings
from nanhai.vault.stages import LOCAL_STAGES

Clock = Callable[[], Instant]


def clock(settings: Settings) -> Clock:
    if settings.clock_file is None:
        return system
    if settings.stage not in LOCAL_STAGES:
        raise Misconfigured("a movable clock exists on a local stage only")
    return _movable(settings.clock_file)


def system() -> Instant:
    return int(time.time())


def _movable(path: Path) -> Clock:
    """The offset is read again whenever the file has changed; no file: no offset."""
    known: tuple[int, int] = (-1, 0)

    def now() -> Instant:
        nonlocal known
        try:
            changed_ns = path.stat().st_mtime_ns
            if changed_ns != known[0]:
                known = (changed_ns, int(path.read_text("ascii") or 0))
        except FileNotFoundError:
            known = (-1, 0)
        return system() + known[1]

    return now
