"""States of a filing, and what may be told of how many: laws over every count that there can be."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nanhai.domain.figures import SMALLEST, is_small
from nanhai.domain.resumption import (
    COUNTED,
    NEXT,
    OFFICES,
    Action,
    Cell,
    NotNow,
    State,
    accepted_headcount,
    after,
    told,
)

FEW_AND_MANY = st.integers(0, 25) | st.just(300)
CELLS = st.fixed_dictionaries({state: st.builds(Cell, FEW_AND_MANY, FEW_AND_MANY) for state in COUNTED})


def test_every_state_and_action_has_an_answer():
    for state, action in product(State, Action):
        if (state, action) in NEXT:
            assert after(state, action) is NEXT[state, action]
        else:
            with pytest.raises(NotNow):
                after(state, action)


def test_every_state_is_reached_and_none_leads_back_to_nothing():
    reached = {State.UNFILED}
    for _ in State:
        reached |= {following for (state, _), following in NEXT.items() if state in reached}
    assert reached == set(State)
    assert State.UNFILED not in NEXT.values()


def test_only_what_an_office_accepted_is_resumed_and_only_what_it_saw_is_accepted():
    assert {state for (state, action), _ in NEXT.items() if action is Action.RESUME} == {State.ACCEPTED}
    assert {state for (state, action) in NEXT if action is Action.RETURN} == {State.SUBMITTED}
    assert {state for (state, action) in NEXT if action is Action.ACCEPT} == {State.SUBMITTED, State.RESUMED}
    assert {following for (_, action), following in NEXT.items() if action is Action.SUBMIT} <= OFFICES


@given(st.lists(st.tuples(st.sampled_from(Action), st.integers(0, 1_000_000)), max_size=12))
def test_no_submission_raises_the_headcount_that_an_office_has_accepted(steps):
    accepted, submitted = None, 0
    for action, headcount in steps:
        before = accepted
        if action is Action.SUBMIT:
            submitted = headcount
        accepted = accepted_headcount(accepted, action, submitted)
        if action is Action.ACCEPT:
            assert accepted == submitted
        elif before is None:
            assert accepted is None
        else:
            assert accepted <= before


@settings(max_examples=1_000, deadline=None)
@given(CELLS)
def test_no_number_about_few_is_told_and_none_follows_from_the_others_and_the_total(cells):
    found = told(cells)
    for state, cell in cells.items():
        assert found.enterprises[state] in {None, cell.enterprises}
        assert found.enterprises[state] is None or not is_small(cell.enterprises)
        assert found.headcounts[state] is None or not is_small(cell.headcount)
        assert found.headcounts[state] is None or found.enterprises[state] is not None
    hidden = [cell.enterprises for state, cell in cells.items() if found.enterprises[state] is None]
    assert found.total is None or not hidden or (len(hidden) >= 2 and sum(hidden) >= SMALLEST)
    if found.resumed is not None:
        resumed = cells[State.RESUMED].enterprises
        assert found.total is not None
        assert not is_small(found.total - resumed)
        assert found.resumed == round(resumed / found.total, 2)


@settings(max_examples=200, deadline=None)
@given(CELLS.filter(lambda cells: not any(is_small(cell.enterprises) for cell in cells.values())))
def test_where_nothing_is_about_few_everything_is_told(cells):
    found = told(cells)
    assert found.enterprises == {state: cell.enterprises for state, cell in cells.items()}
    assert found.total == sum(cell.enterprises for cell in cells.values())
