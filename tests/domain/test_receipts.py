"""Receipt codes are easy to type and impossible to guess."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nanhai.domain.receipts import RECEIPT_BYTES, read, receipt

entropy = st.binary(min_size=RECEIPT_BYTES, max_size=RECEIPT_BYTES)


@given(entropy)
def test_a_code_is_four_groups_of_four_without_letters_that_look_like_digits(bits):
    assert re.fullmatch(r"([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}", receipt(bits))


@given(entropy, entropy)
def test_no_two_of_the_80_bits_share_a_code(one, other):
    assert (receipt(one) == receipt(other)) == (one == other)
    assert RECEIPT_BYTES * 8 == 80


def wide(code):
    return "".join(chr(ord(letter) + 0xFEE0) for letter in code)


TYPED = [
    str,
    str.lower,
    lambda code: code.replace("-", ""),
    lambda code: code.replace("-", "  "),
    lambda code: code.replace("-", "—"),
    lambda code: f" {code}\n",
    lambda code: code.replace("0", "o").replace("1", "l"),
    lambda code: code.replace("0", "O").replace("1", "i"),
    wide,
]


@pytest.mark.parametrize("typed", TYPED)
@given(entropy)
def test_what_people_make_of_it_is_read_as_it_was(typed, bits):
    assert read(typed(receipt(bits))) == receipt(bits)


@pytest.mark.parametrize(
    "typed", ["", "-", "ABCD", "ABCD-EFGH-JKMN-PQR", "ABCD-EFGH-JKMN-PQRST", "回执", "U" * 16, "A" * 99]
)
def test_what_cannot_be_one_is_none(typed):
    assert read(typed) is None


@given(st.text(max_size=60))
def test_whatever_is_typed_is_a_code_or_none(text):
    found = read(text)
    assert found is None or read(found) == found
