"""Unified social credit codes: every slip is found, every fault has its name, no type since 2016 is refused."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nanhai.domain.uscc import (
    ALPHABET,
    TYPES,
    check,
    check_character,
    organisation_check_character,
)

# GB 32100-2015, 5.1 and table 4, as printed there: the weights of the places and what a letter counts.
WEIGHTS = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28]
LETTERS = [*string.digits, *"ABCDEFGHJKLMNPQRTUWXY"]
HEADS = sorted(department + kind for department, kinds in TYPES.items() for kind in kinds)

heads = st.sampled_from(HEADS)
regions = st.integers(100_000, 999_999).map(str)
eights = st.text(ALPHABET, min_size=8, max_size=8)


def inner(eight: str) -> str:
    """GB 11714-1997 in other words: what is missing to the next multiple of eleven, X for ten."""
    total = 0
    for weight, letter in zip([3, 7, 9, 10, 5, 8, 4, 2], eight, strict=True):
        total += weight * (ord(letter) - 48 if letter.isdigit() else ord(letter) - 55)
    missing = 11 - total % 11
    return {10: "X", 11: "0"}.get(missing, str(missing))


def outer(seventeen: str) -> str:
    """GB 32100-2015 in other words: what is missing to the next multiple of 31."""
    total = sum(weight * LETTERS.index(letter) for weight, letter in zip(WEIGHTS, seventeen, strict=True))
    return LETTERS[(31 - total % 31) % 31]


def code(head: str, region: str, eight: str) -> str:
    seventeen = head + region + eight + inner(eight)
    return seventeen + outer(seventeen)


codes = st.builds(code, heads, regions, eights)


def faults(told: str) -> list[str]:
    return [fault.code.removeprefix("identity.uscc-") for fault in check(told)]


@given(codes)
def test_no_valid_code_is_refused(told):
    assert faults(told) == []


@given(eights, st.text(ALPHABET, min_size=17, max_size=17))
def test_both_check_characters_are_the_standards(eight, seventeen):
    assert organisation_check_character(eight) == inner(eight)
    assert check_character(seventeen) == outer(seventeen)


@given(codes, st.integers(0, 17), st.sampled_from(ALPHABET))
def test_every_single_wrong_character_is_found(told, place, letter):
    slipped = told[:place] + letter + told[place + 1 :]
    assert (faults(slipped) == []) == (slipped == told)
    assert slipped == told or "check" in faults(slipped)


@given(codes, st.integers(0, 16))
def test_every_swap_of_two_neighbours_is_found(told, place):
    swapped = told[:place] + told[place + 1] + told[place] + told[place + 2 :]
    assert (faults(swapped) == []) == (swapped == told)
    assert swapped == told or "check" in faults(swapped)


@given(codes, st.integers(8, 16), st.sampled_from(ALPHABET))
def test_the_inner_check_finds_what_its_own_standard_finds(told, place, letter):
    """A letter counts ten and more there, so that some slips stay hidden from it: never from the outer one."""
    slipped = told[:place] + letter + told[place + 1 :]
    assert ("organisation" in faults(slipped)) == (inner(slipped[8:16]) != slipped[16])


@given(st.text(ALPHABET, min_size=2, max_size=2), regions, eights)
def test_a_head_is_good_when_the_table_has_it(head, region, eight):
    named = faults(code(head, region, eight))
    assert named == ([] if head in HEADS else ["type"] if head[0] in TYPES else ["department"])


def test_the_table_is_the_one_of_the_amendment_of_2016():
    assert " ".join(HEADS) == (
        "11 12 13 19 21 29 31 32 33 34 35 39 41 49 51 52 53 59 61 62 69 71 72 79 81 89 91 92 93 A1 A9 N1 N2 N3 N9 Y1"
    )


@given(st.text(max_size=24))
def test_any_text_is_judged_and_never_fails(told):
    assert faults(told)


PUBLISHED = {
    "91350100M000100Y43": [],  # GB 32100-2015, example
    "9144030071526726XG": [],  # an organisation code that ends in X
    "914403001922038216": [],
    "12100000400000624D": [],  # a public institution, registered by the centre
    code("N2", "440605", "MF123456"): [],  # a village's collective
    code("Y1", "440605", "MJD00001"): [],
}
WRONG = {
    "": ["length"],
    "91350100M000100Y4": ["length"],
    "91350100M000100Y433": ["length"],
    "91350100m000100y43": ["alphabet"],
    "91350100M000100V43": ["alphabet"],
    "91350100MO00100Y43": ["alphabet"],
    "９1350100M000100Y43": ["alphabet"],
    "91350100M000100Y43\n": ["length", "alphabet"],
    "440105199003078532": ["type", "region", "organisation", "check"],
    "91350100M000100Y44": ["check"],
    "91350100M000100Y53": ["organisation", "check"],
    code("Q1", "350100", "M000100Y"): ["department"],
    code("94", "350100", "M000100Y"): ["type"],
    code("91", "035010", "M000100Y"): ["region"],
    code("91", "3501A0", "M000100Y"): ["region"],
}


@pytest.mark.parametrize(("told", "expected"), (PUBLISHED | WRONG).items())
def test_examples_and_the_name_of_every_fault(told, expected):
    assert faults(told) == expected


def test_a_fault_points_where_it_is_told():
    assert [fault.pointer for fault in check("x", "/organisation/uscc")] == ["/organisation/uscc"] * 2
