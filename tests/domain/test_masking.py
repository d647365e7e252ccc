"""What others see of a name or a phone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nanhai.domain import masking


@pytest.mark.parametrize(
    ("full", "masked"),
    [
        ("陈晓", "陈＊"),
        ("陈晓明", "陈＊"),
        ("欧阳锋", "欧＊"),
        ("阿卜杜拉·买买提", "阿＊"),
        ("Maria Lopez", "M＊"),
        ("", ""),
    ],
)
def test_a_name_keeps_its_first_character(full: str, masked: str) -> None:
    assert masking.name(full) == masked


@pytest.mark.parametrize(("number", "masked"), [("+8613812341234", "138****1234"), ("", "")])
def test_a_phone_keeps_three_and_four_digits(number: str, masked: str) -> None:
    assert masking.phone(number) == masked


@given(st.text(alphabet="陈林黄张李欧阳司徒明华ABC ·", min_size=1, max_size=40))
def test_a_masked_name_does_not_tell_how_long_the_name_is(full: str) -> None:
    assert len(masking.name(full)) == 2
