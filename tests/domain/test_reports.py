"""When two reports may tell of one place."""

from __future__ import annotations

import pytest
from nanhai.domain.reports import Spot, same_place

HERE, THERE = "440605011001", "440605011004"
AT = (23.03, 113.15)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (Spot(HERE), Spot(HERE), True),
        (Spot(HERE), Spot(THERE), False),
        (Spot(HERE, "桂澜路 1 号"), Spot(HERE, "桂澜路１号"), True),
        (Spot(HERE, "桂澜路 1 号"), Spot(THERE, "桂澜路 1 号"), False),
        (Spot(HERE, "桂澜路 1 号"), Spot(HERE, "桂澜路 2 号"), False),
        (Spot(HERE, "桂澜路 1 号"), Spot(HERE), False),
        (Spot(HERE, "，"), Spot(HERE, "。"), False),
        (Spot(HERE, "", *AT), Spot(HERE, "", 23.0326, 113.15), True),  # 289 m north
        (Spot(HERE, "", *AT), Spot(HERE, "", 23.0328, 113.15), False),  # 311 m
        (Spot(HERE, "", *AT), Spot(HERE, "", 23.03, 113.1529), True),  # 297 m east
        (Spot(HERE, "", *AT), Spot(HERE, "", 23.03, 113.1531), False),
        (Spot(HERE, "", *AT), Spot(HERE), False),
        (Spot(HERE, "桂澜路 1 号", *AT), Spot(HERE, "桂澜路 1 号", 23.05, 113.15), True),
    ],
)
def test_the_same_address_or_points_so_near_or_nothing_told_at_all(one, other, expected):
    assert same_place(one, other) is same_place(other, one) is expected
