"""Chance that rests on the seed, the question and whom it is about, and on nothing else."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from infra.simulate.dice import Dice

LAW = settings(max_examples=100, deadline=None)
numbers = arrays.arrays(np.int64, st.integers(1, 50), elements=st.integers(0, 2**40))
DRAWN = Dice(1).unit("sleeps", np.arange(100_000))


@LAW
@given(st.integers(0, 2**31), numbers, st.data())
def test_a_person_draws_the_same_alone_and_in_any_crowd(seed, about, data):
    at = data.draw(st.integers(0, len(about) - 1))
    together, alone = Dice(seed).unit("q", about, about + 1), Dice(seed).unit("q", about[[at]], about[[at]] + 1)
    assert together[at] == alone[0]


@LAW
@given(st.integers(0, 2**31), numbers, st.integers(1, 1_000))
def test_what_is_drawn_is_within_its_bounds(seed, about, bound):
    dice = Dice(seed)
    assert ((dice.unit("q", about) >= 0) & (dice.unit("q", about) < 1)).all()
    assert ((dice.below("q", bound, about) >= 0) & (dice.below("q", bound, about) < bound)).all()
    assert ((dice.between("q", 5, 7, about) >= 5) & (dice.between("q", 5, 7, about) < 7)).all()


def test_seed_question_and_each_of_whom_it_is_about_matter():
    about = np.arange(100)
    drawn = [
        Dice(1).unit("q", about),
        Dice(2).unit("q", about),
        Dice(1).unit("r", about),
        Dice(1).unit("q", about, about),
        Dice(1).unit("q", about, about + 1),
        Dice(1).unit("q", about + 1, about),
    ]
    assert not any((one == other).any() for n, one in enumerate(drawn) for other in drawn[n + 1 :])


def test_it_is_spread_evenly_and_neighbours_have_nothing_to_do_with_each_other():
    assert np.histogram(DRAWN, 10, (0, 1))[0].tolist() == pytest.approx([10_000] * 10, rel=0.04)
    assert abs(np.corrcoef(DRAWN[1:], DRAWN[:-1])[0, 1]) < 0.01


def test_a_weight_says_how_often_and_of_weight_nothing_there_is_nobody():
    drawn = np.bincount(Dice(1).weighted("q", [0, 3, 0, 1, 0], np.arange(40_000)), minlength=5)
    assert drawn[[0, 2, 4]].tolist() == [0, 0, 0]
    assert 2.8 < drawn[1] / drawn[3] < 3.2


def test_about_many_days_each_person_draws_for_each():
    assert Dice(1).unit("q", np.arange(3)[:, None], np.arange(5)).shape == (3, 5)
