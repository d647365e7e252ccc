"""Identity numbers: every slip in typing is found, and nobody valid is refused."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nanhai.domain.resident_id import (
    AGE_YEARS_MAX,
    FORMS,
    ID_TYPES,
    PERMANENT_RESIDENT,
    RESIDENT,
    born,
    check,
    check_character,
)

TODAY = date(2020, 6, 24)
WEIGHTS = [2**place % 11 for place in range(17, -1, -1)]  # GB 11643-1999, table A: the weight of each place
VALUES = {letter: value for value, letter in enumerate("0123456789X")}

births = st.dates(date(TODAY.year - AGE_YEARS_MAX, 1, 1), TODAY)
regions = st.integers(100_000, 999_999).map(str)  # 81 to 83 are residence permits, others were renamed


def number(region: str, birth: date, serial: int) -> str:
    seventeen = f"{region}{birth:%Y%m%d}{serial:03d}"
    return seventeen + check_character(seventeen)


numbers = st.builds(number, regions, births, st.integers(0, 999))


def codes(id_type: str, told: str, today: date = TODAY) -> list[str]:
    return [fault.code for fault in check(id_type, told, today)]


@given(numbers)
def test_nobody_valid_is_refused_wherever_and_whenever_born(told):
    assert codes(RESIDENT, told) == []


@given(numbers)
def test_the_check_character_is_the_standards(told):
    assert sum(weight * VALUES[letter] for weight, letter in zip(WEIGHTS, told, strict=True)) % 11 == 1


@given(numbers, st.integers(0, 17), st.sampled_from("0123456789X"))
def test_every_single_wrong_character_is_found(told, place, letter):
    slipped = told[:place] + letter + told[place + 1 :]
    assert (codes(RESIDENT, slipped) == []) == (slipped == told)


@given(numbers, st.integers(0, 16))
def test_every_swap_of_two_neighbours_is_found(told, place):
    swapped = told[:place] + told[place + 1] + told[place] + told[place + 2 :]
    assert (codes(RESIDENT, swapped) == []) == (swapped == told)


@given(regions, births, st.integers(0, 999))
def test_the_birth_date_is_read_back(region, birth, serial):
    assert born(number(region, birth, serial)) == birth


@given(regions, st.integers(1, 40_000))
def test_nobody_is_born_in_the_future(region, days):
    assert codes(RESIDENT, number(region, TODAY + timedelta(days), 1)) == ["identity.id-number-birth"]


@given(st.sampled_from(sorted(ID_TYPES)), st.text(max_size=40))
def test_any_text_is_judged_and_never_fails(id_type, told):
    assert set(codes(id_type, told)) <= {
        "identity.id-number-form",
        "identity.id-number-check",
        "identity.id-number-birth",
    }


@given(st.text(max_size=5).filter(lambda told: told not in ID_TYPES))
def test_a_type_outside_the_list_is_the_one_fault(id_type):
    (fault,) = check(id_type, "", TODAY, "/holder")
    assert (fault.pointer, fault.code) == ("/holder/id_type", "identity.id-type")


KNOWN = {  # numbers that are published as examples
    "11010519491231002X": [],  # GB 11643-1999, example
    "440524188001010014": ["identity.id-number-birth"],  # ibid.: right then, 140 years old now
    "110105194912310021": ["identity.id-number-check"],
    "11010519490231002X": ["identity.id-number-check", "identity.id-number-birth"],
    "11010519491231002x": ["identity.id-number-form"],
    "110105491231002": ["identity.id-number-form"],  # the 15 digits of before 1999
    "１1010519491231002X": ["identity.id-number-form"],
}


@pytest.mark.parametrize(("told", "expected"), KNOWN.items())
def test_published_examples(told, expected):
    assert codes(RESIDENT, told) == expected


OTHERS = {
    ("14", "H12345678"): True,
    ("14", "M1234567801"): True,
    ("14", "A12345678"): False,
    ("15", "12345678"): True,
    ("15", "1234567801"): True,
    ("15", "123456789"): False,
    ("20", "E12345678"): True,
    ("20", "E123"): False,
    ("34", "GBR350185040307"): True,
    ("34", "GBR35018504030"): False,
    ("99", "AB-1234"): True,
    ("99", "AB_1234"): False,
}


@pytest.mark.parametrize(("document", "good"), OTHERS.items())
def test_other_documents_are_checked_by_form_alone(document, good):
    assert (codes(*document) == []) == good


@given(numbers)
def test_the_new_permanent_resident_card_is_checked_like_a_resident_id(told):
    assert codes(PERMANENT_RESIDENT, told) == []
    assert "identity.id-number-check" in codes(PERMANENT_RESIDENT, told[:-1] + ("0" if told[-1] != "0" else "1"))


def test_every_type_has_a_form():
    assert FORMS.keys() == ID_TYPES
