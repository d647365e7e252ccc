"""Invented people are the same every time, different from each other, and pass the checks of real ones."""

from __future__ import annotations

from datetime import date

import pytest
from nanhai.domain import resident_id
from nanhai.services.identity.codes import MOBILE
from nanhai.services.identity.proof import NAME

from infra.local import synthetic

COMMUNITIES = 307
DISTRICT = [synthetic.person(1, number, COMMUNITIES) for number in range(3_000)]


def test_the_same_seed_and_number_is_the_same_person():
    assert [synthetic.person(1, number, COMMUNITIES) for number in range(100)] == DISTRICT[:100]


def test_no_two_share_a_number_or_a_phone_whatever_the_seed():
    others = [synthetic.person(seed, number, COMMUNITIES) for seed in (0, 2, 9) for number in range(1_000)]
    everyone = DISTRICT + others
    assert len({who.id_number for who in everyone}) == len({who.phone for who in everyone}) == len(everyone)


def test_names_numbers_and_phones_pass_the_checks_of_real_ones():
    for who in DISTRICT:
        assert not list(resident_id.check(resident_id.RESIDENT, who.id_number, date(2026, 1, 1)))
        assert NAME.fullmatch(who.name)
        assert MOBILE.fullmatch(who.phone)


def test_they_are_spread_over_all_communities():
    assert {who.community for who in DISTRICT} == set(range(COMMUNITIES))


def test_the_first_ten_tell_every_story_in_the_first_community():
    assert {who.story for who in DISTRICT[:10]} == set(synthetic.WEIGHTS)
    assert {who.community for who in DISTRICT[: synthetic.NEIGHBOURS]} == {0}


@pytest.mark.parametrize("born", [date(1948, 1, 1), date(1992, 12, 31), date(2019, 2, 28)])
def test_the_numbers_of_the_cast_belong_to_nobody_else(born):
    assert synthetic.id_number("440605", born, 999)[14:17] == "999"
    assert all(who.id_number[14:17] != "999" for who in DISTRICT)
