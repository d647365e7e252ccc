"""The rules of trajectories as they ship, and the names of cities."""

from __future__ import annotations

import re

import pytest
from nanhai.domain import certificates
from nanhai.domain.days import HOUR_S
from nanhai.policies.cities import cities, city_name
from nanhai.policies.trajectories import parse, rule
from nanhai.store.sightings import KEPT_DAYS
from nanhai.texts import LANGUAGES

TOLD = {
    "operators": {"one": 1, "other": 99},
    "minimum_stay_h": 4,
    "silence_min": 120,
    "kept_days": 14,
    "co_presence": {"minutes": 10, "hours_in_cell": 30, "days": 14},
    "one_city": {"5002": "5001"},
}


def test_a_city_counts_from_over_four_hours_in_fourteen_days():
    rules = rule()
    assert (rules.cities.minimum_stay_s, rules.cities.silence_s, rules.cities.days) == (4 * HOUR_S, 2 * HOUR_S, 14)


def test_as_many_days_are_kept_as_can_be_told_and_certified():
    assert rule().kept_days == certificates.DAYS == KEPT_DAYS


def test_co_presence_is_ten_minutes_and_thirty_hours():
    found = rule().co_presence
    assert (found.together_s, found.in_cell_s, found.days) == (600, 30 * HOUR_S, 14)


@pytest.mark.parametrize("operators", [{"one": 1, "other": 1}, {"one": 0}, {"one": 100}])
def test_every_operator_has_a_number_of_its_own_that_fits_into_a_revision(operators):
    with pytest.raises(ValueError, match="operators"):
        parse(**TOLD | {"operators": operators})


@pytest.mark.parametrize("wrong", [{"minimum_stay": 4}, {"co_presence": {"minutes": 10}}])
def test_a_word_too_many_or_too_few_is_refused(wrong):
    with pytest.raises(TypeError):
        parse(**TOLD | wrong)


def test_every_city_has_a_code_of_four_digits_and_a_name_in_both_languages():
    assert all(re.fullmatch("[1-8][0-9]{3}", code) for code in cities())
    assert all(set(named) == set(LANGUAGES) and all(named.values()) for named in cities().values())
    assert len(cities()) > 340


@pytest.mark.parametrize(
    ("code", "chinese", "english"),
    [
        ("1101", "北京市", "Beijing"),
        ("5001", "重庆市", "Chongqing"),
        ("4201", "武汉市", "Wuhan"),
        ("4406", "佛山市", "Foshan"),
        ("1404", "长治市", "Changzhi"),
        ("2113", "朝阳市", "Chaoyang"),
        ("3415", "六安市", "Lu'an"),
        ("4111", "漯河市", "Luohe"),
        ("1501", "呼和浩特市", "Hohhot"),
        ("4290", "湖北省直辖县级行政区", "Hubei, directly administered"),
        ("9999", "999900", "999900"),
    ],
)
def test_a_city_is_called_by_its_name_and_an_unknown_one_by_its_code(code, chinese, english):
    assert (city_name(code, "zh-CN"), city_name(code, "en")) == (chinese, english)
