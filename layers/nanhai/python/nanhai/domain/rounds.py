"""The life of a round of masks, and of one entry: read from facts and from the time, never set.

A round's states follow each other in the order of `STATES`; whether one is reached is a rule of its own, so that
neither a job nor a click has to move a round on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from nanhai.domain.days import DAY_S, HOUR_S
from nanhai.domain.identifiers import Instant

DRAW_AFTER_S = 120  # whoever was let in at the last second is written by then
KEPT_S = DAY_S  # a winner's portion is kept so long at least, however late the draw was
DRAWABLE_S = HOUR_S  # a round leaves so long at least in which it can be drawn
OFFER_S = DAY_S  # how long somebody from the waiting list may think about it


class State(StrEnum):
    ANNOUNCED = "announced"
    OPEN = "open"
    CLOSED = "closed"
    DRAWING = "drawing"
    DRAWN = "drawn"
    PICKING_UP = "picking-up"
    OVER = "over"


class Phase(StrEnum):
    """How far a draw is; each follows the one before."""

    COLLECTING = "collecting"  # the list of tickets is written down
    LISTED = "listed"  # it is fixed, and its hash is public
    RANKING = "ranking"
    STOCKING = "stocking"  # what the draw has left is laid out at the points
    DRAWN = "drawn"  # all is public; everybody is being told
    TOLD = "told"

    @property
    def is_drawn(self) -> bool:
        return self in {Phase.DRAWN, Phase.TOLD}


class Standing(StrEnum):
    """How it stands with one entry."""

    ENTERED = "entered"
    NOT_LISTED = "not-listed"  # written after the list was fixed, which a slow machine can do at the last second
    WON = "won"
    WAITING = "waiting"
    CALLED = "called"  # from the waiting list, to a portion that somebody else has let go
    RESERVED = "reserved"
    PICKED_UP = "picked-up"
    RETURNED = "returned"  # not reserved or not fetched in time: the portion went to the waiting list


KEEPING = frozenset({Standing.CALLED, Standing.RESERVED})  # a portion of a point, until a time


@dataclass(frozen=True, slots=True)
class Window:
    begins_at: Instant
    ends_at: Instant


@dataclass(frozen=True, slots=True)
class Times:
    """`reserve_by`: as it was announced; a late draw moves it on (`kept_until`)."""

    opens_at: Instant
    closes_at: Instant
    reserve_by: Instant
    windows: tuple[Window, ...]

    @property
    def draws_from(self) -> Instant:
        return self.closes_at + DRAW_AFTER_S

    @property
    def draws_until(self) -> Instant:
        """Who wins by a draw that begins later, or gets its beacon later, would have too little time to fetch."""
        return self.ends_at - KEPT_S

    @property
    def fetch_from(self) -> Instant:
        return self.windows[0].begins_at

    @property
    def ends_at(self) -> Instant:
        return self.windows[-1].ends_at


@dataclass(frozen=True, slots=True)
class Facts:
    times: Times
    phase: Phase | None
    now: Instant


STATES: Sequence[tuple[State, Callable[[Facts], bool]]] = (
    (State.ANNOUNCED, lambda _: True),
    (State.OPEN, lambda facts: facts.now >= facts.times.opens_at),
    (State.CLOSED, lambda facts: facts.now >= facts.times.closes_at),
    (State.DRAWING, lambda facts: facts.phase is not None),
    (State.DRAWN, lambda facts: facts.phase is not None and facts.phase.is_drawn),
    (State.PICKING_UP, lambda facts: _is_drawn(facts) and facts.now >= facts.times.fetch_from),
    (State.OVER, lambda facts: facts.now >= facts.times.ends_at),
)


def state_at(times: Times, phase: Phase | None, now: Instant) -> State:
    """The last state that is reached."""
    facts = Facts(times, phase, now)
    return next(state for state, is_reached in reversed(STATES) if is_reached(facts))


@dataclass(frozen=True, slots=True)
class Held:
    """What is kept for somebody, as it was last written: `kept`: called, reserved, picked up or returned."""

    kept: Standing
    until: Instant


def kept_until(times: Times, drawn_at: Instant) -> Instant:
    """Until when a winner's portion is kept without a reservation: as announced, and a day from the draw at least, so
    that nobody takes it away by drawing late. Nothing is kept beyond the last window."""
    return min(max(times.reserve_by, drawn_at + KEPT_S), times.ends_at)


def standing(won: bool, held: Held | None, reserve_by: Instant, now: Instant) -> Standing:
    """How it stands with a drawn entry; what was kept until now is kept no longer, whether or not anybody noticed.
    `reserve_by`: as the time of the draw has made it."""
    if held is None:
        if not won:
            return Standing.WAITING
        return Standing.WON if now < reserve_by else Standing.RETURNED
    if held.kept in KEEPING and now >= held.until:
        return Standing.RETURNED
    return held.kept


def _is_drawn(facts: Facts) -> bool:
    return facts.phase is not None and facts.phase.is_drawn
