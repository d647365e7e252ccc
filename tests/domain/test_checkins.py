"""How much of the check-ins of a workforce a machine made: what a machine does is found, what people do is not."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nanhai.domain.checkins import CheckIn, Place, Sign, check_in, pack, suspicion, unpack
from nanhai.domain.errors import Poison
from nanhai.policies.enterprises import robots

RULES = robots()
DAYS = range(18_300, 18_307)
SECONDS, TENTHS = st.integers(0, 86_399), st.sampled_from((362, 365, 366))
ONE = st.builds(CheckIn, st.integers(0, 40_000), SECONDS, st.integers(350, 420), st.sampled_from(Place))
WEEK = st.lists(st.tuples(SECONDS, TENTHS), min_size=0, max_size=7).map(lambda told: week(told))


def week(told) -> list[CheckIn]:
    return [CheckIn(day, second, tenths, Place.SITE) for day, (second, tenths) in zip(DAYS, told, strict=False)]


def honest(draw: random.Random) -> list[CheckIn]:
    """By an alarm at half past eight, give or take some minutes; with a thermometer."""
    seconds = [round(draw.gauss(30_600, 240)) for _ in DAYS]
    return week([(second, round(draw.gauss(364, 2.5))) for second in seconds])


@settings(max_examples=1_000, deadline=None)
@given(ONE)
def test_a_check_in_survives_being_stored(told):
    assert unpack(pack(told)) == told


@pytest.mark.parametrize("packed", ["", "1#2#3", "1#2#3#moon", "a#2#3#site", "1#2#3#site#5"])
def test_what_is_no_check_in_is_poison(packed):
    with pytest.raises(Poison):
        unpack(packed)


@pytest.mark.parametrize(("at", "day", "second"), [(0, 0, 8 * 3_600), (16 * 3_600 - 1, 0, 86_399), (16 * 3_600, 1, 0)])
def test_the_day_is_the_local_one(at, day, second):
    assert check_in(at, 36.55, Place.HOME) == CheckIn(day, second, 366, Place.HOME)


@settings(max_examples=1_000, deadline=None)
@given(st.lists(SECONDS, min_size=7, max_size=7), TENTHS)
def test_one_value_all_week_is_suspicious(seconds, tenths):
    assert suspicion([week([(second, tenths) for second in seconds])], RULES).signs[Sign.SAME_VALUE] == 1


@settings(max_examples=1_000, deadline=None)
@given(st.integers(0, 59), st.lists(st.integers(0, 1_439), min_size=5, max_size=7))
def test_the_same_second_of_the_minute_is_suspicious(second, minutes):
    found = suspicion([week([(minute * 60 + second, 365) for minute in minutes])], RULES)
    assert found.signs[Sign.SAME_SECOND] == 1


@settings(max_examples=1_000, deadline=None)
@given(SECONDS, st.integers(-3_000, 3_000), st.lists(st.integers(0, 4), min_size=5, max_size=7))
def test_a_clock_that_drifts_is_a_clock(first, drift, jitter):
    told = [((first + number * drift + late) % 86_400, 360 + number) for number, late in enumerate(jitter)]
    assert suspicion([week(told)], RULES).signs[Sign.TIMER] == 1


@settings(max_examples=1_000, deadline=None)
@given(st.lists(WEEK, max_size=3))
def test_who_cannot_be_judged_is_not_no_sign_is_of_more_than_are_suspicious_and_order_does_not_matter(members):
    found = suspicion(members, RULES)
    assert found.judged == sum(len(series) >= RULES.judged_from for series in members)
    assert max(found.signs.values()) <= found.suspicious <= min(found.judged, sum(found.signs.values()))
    assert suspicion(members[::-1], RULES) == found


@settings(max_examples=1_000, deadline=None)
@given(st.lists(st.tuples(SECONDS, TENTHS), min_size=8, max_size=9))
def test_only_the_last_week_counts(told):
    series = [CheckIn(day, second, tenths, Place.SITE) for day, (second, tenths) in enumerate(told)]
    assert suspicion([series], RULES) == suspicion([series[-RULES.look_back :]], RULES)


def test_one_hand_that_checks_in_for_twelve_is_found_among_three_hundred():
    draw = random.Random(1)
    people = [honest(draw) for _ in range(300)]
    moments = [(30_600 + draw.randrange(900), 360 + draw.randrange(9)) for _ in DAYS]
    found = suspicion([*people, *(week(moments) for _ in range(12))], RULES)
    assert found.signs[Sign.BURST] == 12


def test_ten_thousand_honest_people_in_one_minute_are_no_burst():
    draw = random.Random(2)
    people = [week([(30_600 + draw.randrange(60), round(draw.gauss(364, 2.5))) for _ in DAYS]) for _ in range(10_000)]
    assert suspicion(people, RULES).signs[Sign.BURST] == 0


def test_honest_people_are_hardly_ever_suspicious():
    draw = random.Random(3)
    found = suspicion([honest(draw) for _ in range(3_000)], RULES)
    assert found.judged == 3_000
    assert found.suspicious <= 3


def test_the_rules_are_data_and_a_stricter_one_finds_no_less():
    members = [week([(30_600 + 13 * number, 365)] * 5) for number in range(3)]
    assert suspicion(members, RULES).suspicious == 3
