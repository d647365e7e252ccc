"""Every minute: draws that were begun go on, and what was not reserved or fetched goes to the waiting list.

Nothing rests on when this runs: a draw killed anywhere goes on from its last step, and what is kept for whom is
computed from the time by whoever asks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from nanhai.services.masks import drawing, known, returning
from nanhai.services.platform import Platform, platform
from nanhai.store import masks
from nanhai.store.masks import Round
from nanhai.streams import log

ROUNDS_LOOKED_AT = 20  # the newest; a round lasts 90 days at most
RESERVE_S = 20.0  # more than the longest step of a draw of a million takes

Remaining = Callable[[], float]  # seconds until this process is ended


def handle(remaining_s: Remaining) -> None:
    here = platform()
    for found in _going_on(here):
        try:
            work(here, found, remaining_s)
        except Exception as why:  # one round's failure is never another's; it is tried again in a minute
            log.line(event="draw-failed", failure=type(why).__qualname__)


def work(here: Platform, found: Round, remaining_s: Remaining) -> None:
    """The round's draw, then its returns, as far as the time goes."""
    while remaining_s() > RESERVE_S and drawing.step(here, found, here.now()):
        pass
    for point in found.points:
        while remaining_s() > RESERVE_S and returning.settle(here, found, point, here.now()):
            pass


def _going_on(here: Platform) -> Iterator[Round]:
    """Rounds that can be drawn, or whose masks can be fetched, now; longest first."""
    ids, _ = masks.listed(ROUNDS_LOOKED_AT)
    for round_id in reversed(ids):
        found = known.round_of(round_id)
        if found.times.draws_from <= here.now() < found.times.ends_at:
            yield found
