"""Every minute: closed rounds are drawn, and what was not reserved or fetched goes to the waiting list.

What is kept for whom is computed from the time by whoever asks, and a draw killed anywhere goes on from its last step:
nothing rests on when this runs, but that a round is drawn as soon as it can be, without anybody's doing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from nanhai.domain.days import DAY_S
from nanhai.services.masks import drawing, known, returning
from nanhai.services.platform import Platform, platform
from nanhai.store import masks
from nanhai.store.masks import Round
from nanhai.streams import log

ROUNDS_PER_REQUEST = 100
SETTLED_S = DAY_S  # after the last window: so long what nobody has fetched is taken back
RESERVE_S = 20.0  # more than the longest step of a draw of a million takes

Remaining = Callable[[], float]  # seconds until this process is ended


def handle(remaining_s: Remaining) -> None:
    here = platform()
    for found in _going_on(here, remaining_s):
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


def _going_on(here: Platform, remaining_s: Remaining) -> Iterator[Round]:
    """Rounds that can be drawn, or whose masks can be fetched or are left over, now; those that end soonest first."""
    start = None
    while remaining_s() > RESERVE_S:
        ids, start = masks.ending_after(here.now() - SETTLED_S, ROUNDS_PER_REQUEST, start)
        rounds = map(known.round_of, ids)
        yield from (found for found in rounds if found.times.draws_from <= here.now())
        if start is None:
            return
