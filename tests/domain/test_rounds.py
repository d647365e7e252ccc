"""A round's states follow from the time and from its draw; none is ever gone back to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nanhai.domain.rounds import (
    DRAW_AFTER_S,
    KEPT_S,
    STATES,
    Held,
    Phase,
    Standing,
    State,
    Times,
    Window,
    kept_until,
    standing,
    state_at,
)

TIMES = Times(opens_at=100, closes_at=200, reserve_by=500, windows=(Window(600, 700), Window(700, 800)))
PHASES = [None, *Phase]


@pytest.mark.parametrize(
    ("now", "phase", "state"),
    [
        (99, None, State.ANNOUNCED),
        (100, None, State.OPEN),
        (199, None, State.OPEN),
        (200, None, State.CLOSED),
        (650, None, State.CLOSED),
        (400, Phase.COLLECTING, State.DRAWING),
        (400, Phase.LISTED, State.DRAWING),
        (650, Phase.STOCKING, State.DRAWING),
        (599, Phase.DRAWN, State.DRAWN),
        (600, Phase.TOLD, State.PICKING_UP),
        (799, Phase.TOLD, State.PICKING_UP),
        (800, Phase.TOLD, State.OVER),
        (800, None, State.OVER),
    ],
)
def test_a_rounds_state(now, phase, state):
    assert state_at(TIMES, phase, now) is state


@given(st.lists(st.tuples(st.integers(0, 900), st.sampled_from(range(len(PHASES))))))
def test_no_state_is_gone_back_to(moments):
    order = [state for state, _ in STATES]
    clock, phases = sorted(now for now, _ in moments), sorted(phase for _, phase in moments)
    seen = [order.index(state_at(TIMES, PHASES[phase], now)) for now, phase in zip(clock, phases, strict=True)]
    assert seen == sorted(seen)


def test_every_state_is_reached():
    assert {state for state, _ in STATES} == set(State)
    assert {state_at(TIMES, phase, now) for now in range(0, 900, 50) for phase in PHASES} == set(State)


def test_the_draw_waits_for_whoever_was_let_in_at_the_last_second():
    assert TIMES.draws_from - TIMES.closes_at == DRAW_AFTER_S >= 60  # a request is answered or dead after thirty


@pytest.mark.parametrize(
    ("won", "held", "now", "stands"),
    [
        (False, None, 499, Standing.WAITING),
        (False, None, 900, Standing.WAITING),
        (True, None, 499, Standing.WON),
        (True, None, 500, Standing.RETURNED),
        (False, Held(Standing.CALLED, 650), 649, Standing.CALLED),
        (False, Held(Standing.CALLED, 650), 650, Standing.RETURNED),
        (True, Held(Standing.RESERVED, 700), 699, Standing.RESERVED),
        (True, Held(Standing.RESERVED, 700), 700, Standing.RETURNED),
        (True, Held(Standing.PICKED_UP, 700), 900, Standing.PICKED_UP),
        (True, Held(Standing.RETURNED, 700), 650, Standing.RETURNED),
    ],
)
def test_how_it_stands_with_an_entry(won, held, now, stands):
    assert standing(won, held, TIMES.reserve_by, now) is stands


DAY = Times(0, 100, 1_000, (Window(2_000, 3 * KEPT_S),))
MOMENTS = st.integers(0, 4 * KEPT_S)


@pytest.mark.parametrize(
    ("drawn_at", "until"),
    [
        (220, KEPT_S + 220),
        (KEPT_S, 2 * KEPT_S),
        (2 * KEPT_S, 3 * KEPT_S),
        (2 * KEPT_S + 1, 3 * KEPT_S),  # nothing is kept beyond the last window
    ],
)
def test_a_late_draw_moves_on_until_when_portions_are_kept(drawn_at, until):
    assert kept_until(DAY, drawn_at) == until


@given(MOMENTS, MOMENTS, MOMENTS)
def test_who_draws_late_takes_nothing_from_winners(reserve_by, drawn_at, later):
    """Whenever it is drawn that it can be, whoever wins has a day, and all that was announced."""
    times = Times(0, 100, min(reserve_by, DAY.ends_at), DAY.windows)
    if drawn_at <= times.draws_until:
        assert kept_until(times, drawn_at) >= max(times.reserve_by, drawn_at + KEPT_S)
        assert kept_until(times, drawn_at) <= times.ends_at
    assert kept_until(times, drawn_at) <= kept_until(times, drawn_at + later)
