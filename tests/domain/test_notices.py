"""Nobody is disturbed at night: from ten in the evening to seven in the morning, where people live."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nanhai.domain.days import DAY_S, HOUR_S, LOCAL_OFFSET_S
from nanhai.domain.notices import morning_after

MIDNIGHT = 18_438 * DAY_S - LOCAL_OFFSET_S  # of 2020-06-25 in Foshan
SEVEN = MIDNIGHT + 7 * HOUR_S


@pytest.mark.parametrize(
    ("hour", "morning"),
    [(0, SEVEN), (6.999, SEVEN), (7, None), (12, None), (21.999, None), (22, SEVEN + DAY_S), (23.999, SEVEN + DAY_S)],
)
def test_the_night_and_its_end(hour, morning):
    assert morning_after(MIDNIGHT + int(hour * HOUR_S)) == morning


@given(at=st.integers(0, 2**32))
def test_a_night_ends_at_the_next_seven_o_clock_nine_hours_later_at_most(at):
    morning = morning_after(at)
    if morning is not None:
        assert at < morning <= at + 9 * HOUR_S
        assert (morning + LOCAL_OFFSET_S) % DAY_S == 7 * HOUR_S
        assert morning_after(morning) is None
