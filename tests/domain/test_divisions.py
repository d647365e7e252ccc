"""The divisions of Nanhai, and what contains what."""

from __future__ import annotations

import pytest
from nanhai.domain.divisions import contains
from nanhai.policies.divisions import divisions

NANHAI = divisions("440605")


def test_nanhai_has_seven_towns_and_307_communities() -> None:
    assert (len(NANHAI.towns), len(NANHAI.communities)) == (7, 307)


def test_every_community_lies_in_its_town_and_every_town_in_the_district() -> None:
    assert all(contains(row.town, row.code) for row in NANHAI.communities)
    assert all(contains("440605", town) for town in NANHAI.towns)


def test_communities_come_in_the_order_of_their_codes() -> None:
    codes = [row.code for row in NANHAI.communities]
    assert codes == sorted(set(codes))


def test_a_community_is_found_by_its_code() -> None:
    found = NANHAI.community("440605011001")
    assert found is not None
    assert (found.name, found.town, found.town_name) == ("桂一社区居委会", "440605011", "桂城街道")


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("440605124", "狮山镇"),
        ("440605011004", "叠二社区居委会"),
        ("440605", None),
        ("440605011999", None),
        ("440606003", None),
        ("", None),
    ],
)
def test_names_are_of_towns_and_communities_of_this_district_only(code: str, name: str | None) -> None:
    assert NANHAI.name(code) == name
    assert (code in NANHAI) is (name is not None)


@pytest.mark.parametrize(
    ("outer", "inner", "expected"),
    [
        ("440605", "440605", True),
        ("440605", "440605011", True),
        ("440605", "440605011001", True),
        ("440605011", "440605011001", True),
        ("440605011001", "440605011001", True),
        ("440605011", "440605121001", False),
        ("440605011001", "440605011004", False),
        ("440605011001", "440605011", False),
        ("", "440605011001", False),
        ("4", "440605011001", False),
        ("440605", "", False),
        ("44060501", "440605011001", False),
        ("４４０６０５", "440605011001", False),
    ],
)
def test_a_division_contains_what_its_code_begins(outer: str, inner: str, expected: bool) -> None:
    assert contains(outer, inner) is expected


def test_an_unknown_district_has_no_divisions() -> None:
    with pytest.raises(LookupError):
        divisions("110101")
