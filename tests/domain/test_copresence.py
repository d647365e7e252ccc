"""Who was in one cell at one time: half-open, in any order, and what a look at each second says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nanhai.domain.copresence import CoPresenceRule, Meeting, meetings
from nanhai.domain.days import HOUR_S, day_begins
from nanhai.domain.sightings import Visit, visits

BEGIN = day_begins(18_300)
REGION = 440_605
ANY = CoPresenceRule(together_s=0, in_cell_s=0, days=14)
FIELD = CoPresenceRule(together_s=600, in_cell_s=30 * HOUR_S, days=14)
SECONDS = 30


@st.composite
def phones(draw) -> list[Visit]:
    rows = draw(st.lists(st.tuples(*[st.integers(0, SECONDS)] * 2, st.integers(1, 2)), max_size=5))
    return list(visits(Visit(BEGIN + a, BEGIN + b, cell, REGION) for a, b, cell in rows))


def at(visits, second: int) -> int | None:
    return next((v.cell for v in visits if v.since <= BEGIN + second < v.until), None)


@given(phones(), phones())
def test_together_is_what_a_look_at_each_second_finds(theirs, other):
    found = meetings(theirs, {"p": other}, ANY)
    met = {s for s in range(SECONDS) if at(theirs, s) is not None and at(theirs, s) == at(other, s)}
    assert {s for m in found for s in range(m.since - BEGIN, m.until - BEGIN)} == met
    assert all(at(theirs, m.since - BEGIN) == m.cell for m in found)


@given(phones(), st.dictionaries(st.sampled_from("abcd"), phones()), st.randoms(use_true_random=False))
def test_order_does_not_matter_and_nothing_is_changed(theirs, others, chance):
    before = (list(theirs), {phone: list(found) for phone, found in others.items()})
    found = meetings(theirs, others, ANY)
    assert (theirs, others) == before
    shuffled = {phone: chance.sample(told, len(told)) for phone, told in reversed(others.items())}
    assert meetings(chance.sample(theirs, len(theirs)), shuffled, ANY) == found


@given(phones(), phones())
def test_being_together_is_mutual(one, other):
    there = [(m.since, m.until, m.cell) for m in meetings(one, {"p": other}, ANY)]
    back = [(m.since, m.until, m.cell) for m in meetings(other, {"p": one}, ANY)]
    assert there == back


def test_who_leaves_as_another_comes_never_met():
    assert meetings([Visit(BEGIN, BEGIN + 5, 1, REGION)], {"p": [Visit(BEGIN + 5, BEGIN + 9, 1, REGION)]}, ANY) == ()


HOME = Visit(BEGIN, BEGIN + 30 * HOUR_S + 1, 1, REGION)


@pytest.mark.parametrize(("seconds", "counts"), [(600, False), (601, True)])
def test_ten_minutes_at_a_stretch_are_not_enough_and_a_second_more_is(seconds, counts):
    guest = Visit(BEGIN, BEGIN + seconds, 1, REGION)
    assert bool(meetings([HOME], {"p": [guest]}, FIELD)) == counts


def test_two_short_stretches_do_not_add_up():
    guest = [Visit(BEGIN, BEGIN + 400, 1, REGION), Visit(BEGIN + 500, BEGIN + 900, 1, REGION)]
    assert meetings([HOME], {"p": guest}, FIELD) == ()


def test_a_stretch_over_midnight_is_one():
    midnight = day_begins(18_301)
    guest = [Visit(midnight - 400, midnight, 1, REGION), Visit(midnight, midnight + 400, 1, REGION)]
    assert [(m.since, m.until) for m in meetings([HOME], {"p": guest}, FIELD)] == [(midnight - 400, midnight + 400)]


@pytest.mark.parametrize("seconds", [30 * HOUR_S, 30 * HOUR_S + 1])
@pytest.mark.parametrize("whose", ["theirs", "the other's"])
def test_either_phone_must_have_been_in_the_cell_for_more_than_thirty_hours(seconds, whose):
    long, short = [Visit(BEGIN, BEGIN + seconds, 1, REGION)], [Visit(BEGIN, BEGIN + 3_600, 1, REGION)]
    theirs, other = (long, short) if whose == "theirs" else (short, long)
    assert bool(meetings(theirs, {"p": other}, FIELD)) == (seconds > 30 * HOUR_S)


def test_the_answer_says_how_long_each_was_there():
    guest = [Visit(BEGIN, BEGIN + 700, 1, REGION), Visit(BEGIN + 800, BEGIN + 900, 1, REGION)]
    assert meetings([HOME], {"p": guest}, FIELD) == (Meeting("p", BEGIN, BEGIN + 700, 1, 30 * HOUR_S + 1, 800),)
