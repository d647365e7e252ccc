"""Every five minutes: what may be kept of trajectories no longer is dropped, as far as the time goes."""

from __future__ import annotations

from collections.abc import Callable

from nanhai.services.platform import platform
from nanhai.services.trajectories import forgetting
from nanhai.streams import log

RESERVE_S = 30.0  # more than a page takes

Remaining = Callable[[], float]  # seconds until this process is ended


def handle(remaining_s: Remaining) -> None:
    """Goes on where the last run stopped."""
    here = platform()
    for table in forgetting.TABLES:
        dropped = 0
        while remaining_s() > RESERVE_S:
            found = forgetting.step(here, table)
            if found is None:
                break
            dropped += found
        if dropped:
            log.line(event="forgotten", table=table, items=dropped)
