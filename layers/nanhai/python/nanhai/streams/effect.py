"""Every minute, what time has made due in casework: orders of batches whose hold is over, gates that are to be told of
upheld appeals, alarms for appeals that nobody answers, and once a day the public figures.

Each part is right without the others, so none waits for one that fails.
"""

from __future__ import annotations

from collections.abc import Callable

from nanhai.services.casework import appeal_gates, batch_effect, figures
from nanhai.services.platform import Platform, platform
from nanhai.streams import log

Remaining = Callable[[], float]  # seconds until this process is ended


def handle(remaining_s: Remaining) -> None:
    """Raises the last failure once every part has had its turn, so that the run counts as failed."""
    here = platform()
    failed: Exception | None = None
    for part in _parts(here, remaining_s):
        try:
            part()
        except Exception as why:
            log.line(event="effect-failed", failure=type(why).__qualname__)
            failed = why
    if failed is not None:
        raise failed


def _parts(here: Platform, remaining_s: Remaining) -> tuple[Callable[[], object], ...]:
    return (
        lambda: appeal_gates.wake(here),
        lambda: batch_effect.run(here, remaining_s),
        lambda: appeal_gates.run(here, remaining_s),
        lambda: figures.take(here, here.now()),
    )
