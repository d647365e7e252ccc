"""City by city and day by day: more than four hours count, yesterday is the newest day, the fifteenth is never told."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nanhai.domain.cities import CityDay, CityRule, city_days, window
from nanhai.domain.days import DAY_S, HOUR_S, day_begins
from nanhai.domain.sightings import Visit

TODAY = 18_320
RULE = CityRule(minimum_stay_s=4 * HOUR_S, silence_s=2 * HOUR_S, days=14)
FOSHAN, WUHAN = 440_605, 420_100


def at(days_ago: int, hour: float) -> int:
    return day_begins(TODAY - days_ago) + int(hour * HOUR_S)


def told(*visits: Visit) -> list[tuple[int, str]]:
    return [(TODAY - day.day, day.city) for day in city_days(visits, RULE, TODAY)]


@pytest.mark.parametrize(("seconds", "counts"), [(4 * HOUR_S, False), (4 * HOUR_S + 1, True)])
def test_a_city_counts_from_more_than_four_hours_on(seconds, counts):
    assert told(Visit(at(3, 8), at(3, 8) + seconds, 1, WUHAN)) == ([(3, "4201")] if counts else [])


def test_a_night_counts_on_both_its_days():
    assert told(Visit(at(3, 22), at(2, 7), 1, WUHAN)) == [(3, "4201"), (2, "4201")]


def test_cells_and_districts_of_one_city_are_one_stay():
    parts = [Visit(at(3, 8), at(3, 10), 1, 420_102), Visit(at(3, 10), at(3, 13), 2, 420_106)]
    assert told(*parts) == [(3, "4201")]


def test_a_city_with_two_codes_is_one_where_the_rules_say_so():
    parts = [Visit(at(3, 8), at(3, 11), 1, 500_103), Visit(at(3, 11), at(3, 14), 2, 500_229)]
    assert told(*parts) == []
    found = city_days(parts, replace(RULE, one_city={"5002": "5001"}), TODAY)
    assert [(TODAY - day.day, day.city) for day in found] == [(3, "5001")]


def test_another_city_between_makes_two_stays():
    assert (
        told(
            Visit(at(3, 8), at(3, 11), 1, WUHAN),
            Visit(at(3, 11), at(3, 11.5), 2, FOSHAN),
            Visit(at(3, 12), at(3, 15), 1, WUHAN),
        )
        == []
    )


@pytest.mark.parametrize(("days_ago", "seen"), [(0, False), (1, True), (14, True), (15, False)])
def test_yesterday_is_the_newest_day_and_the_fifteenth_is_never_told(days_ago, seen):
    assert bool(told(Visit(at(days_ago, 1), at(days_ago, 20), 1, WUHAN))) == seen


def test_a_stay_that_began_before_the_window_is_told_from_the_window_on():
    assert told(Visit(at(15, 0), at(13, 9), 1, WUHAN)) == [(14, "4201"), (13, "4201")]


def test_seconds_outside_the_window_help_no_stay_over_the_bound():
    """Three hours before the window and two within it are no stay of five hours here: day 15 is not even looked at."""
    assert told(Visit(at(15, 21), at(14, 0), 1, WUHAN), Visit(at(14, 0), at(14, 2), 1, WUHAN)) == []


def test_how_long_it_was_heard_that_day_is_told():
    visit = Visit(at(3, 20), at(2, 6), 1, WUHAN)
    assert city_days([visit], RULE, TODAY) == (
        CityDay(TODAY - 3, "4201", 4 * HOUR_S),
        CityDay(TODAY - 2, "4201", 6 * HOUR_S),
    )


@given(
    st.lists(
        st.builds(
            lambda begin, length, region: Visit(at(20, 0) + begin, at(20, 0) + begin + length, 1, region),
            st.integers(0, 21 * DAY_S),
            st.integers(1, DAY_S),
            st.sampled_from((FOSHAN, WUHAN, 440_111)),
        ),
        max_size=10,
    ),
    st.randoms(use_true_random=False),
)
def test_order_does_not_matter_and_no_day_outside_the_window_is_ever_told(visits, chance):
    found = city_days(visits, RULE, TODAY)
    shuffled = list(visits)
    chance.shuffle(shuffled)
    assert city_days(shuffled, RULE, TODAY) == found
    first, last = window(TODAY, RULE.days)
    assert all(first <= day.day <= last and 0 < day.heard_s <= DAY_S for day in found)
