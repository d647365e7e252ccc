"""From where, when and by what: what is known to be wrong with an arrival without asking anybody."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nanhai.domain.arrivals import (
    AGO_S_MAX,
    AHEAD_S_MAX,
    LOCAL,
    already_told,
    local_moment,
    number_faults,
    region_faults,
    region_of,
    time_faults,
)
from nanhai.domain.identifiers import PersonId, RecordId
from nanhai.domain.records import Arrival, Record, Source

NOW = 1_583_000_000


def codes(faults):
    return [fault.code for fault in faults]


@pytest.mark.parametrize("region", ["42", "4201", "420106", "44", "71", "810000", "659001"])
def test_a_division_of_a_province_is_one(region):
    assert codes(region_faults("/from", region)) == []


@pytest.mark.parametrize("region", ["", "4", "00", "10", "47", "99", "420", "42010", "4201060", "42\n", "４２", "ab"])
def test_what_begins_with_no_province_or_has_an_odd_length_is_none(region):
    assert codes(region_faults("/from", region)) == ["arrivals.region"]


@given(st.from_regex(r"[1-6][0-9]([0-9]{2}){0,2}", fullmatch=True))
def test_a_region_without_its_zeros_contains_what_it_was(region):
    short = region_of(region)
    assert region.startswith(short)
    assert set(region[len(short) :]) <= {"0"}
    assert region_of(short) == short


@pytest.mark.parametrize(
    ("at", "found"),
    [
        (NOW, []),
        (NOW + AHEAD_S_MAX, []),
        (NOW + AHEAD_S_MAX + 1, ["arrivals.in-the-future"]),
        (NOW - AGO_S_MAX, []),
        (NOW - AGO_S_MAX - 1, ["arrivals.too-long-ago"]),
    ],
)
def test_an_arrival_lies_within_thirty_days_and_not_ahead(at, found):
    assert codes(time_faults("/at", at, NOW)) == found


@pytest.mark.parametrize("number", ["", "G1003", "CZ3101", "粤E12345", "D7/D8", "粤E·12345"])
def test_a_number_is_letters_and_digits(number):
    assert codes(number_faults("/number", number)) == []


@pytest.mark.parametrize("number", ["<b>", "G1003\n", "x" * 17, " G1", "=1+1", "13800138000@x"])
def test_what_is_no_number_of_a_train_or_plate_is_refused(number):
    assert codes(number_faults("/number", number)) == ["arrivals.number"]


@pytest.mark.parametrize(
    "told", ["2020-02-20 08:30", "2020/02/20 08:30", "2020-2-20 8:30", "2020-02-20 08:30:00", "2020-02-20T08:30"]
)
def test_a_moment_is_read_as_people_here_write_it(told):
    assert local_moment(told) == 1_582_158_600


@given(st.text(max_size=20))
def test_any_text_is_a_moment_or_none(told):
    found = local_moment(told)
    assert found is None or isinstance(found, int)


@given(st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)))  # noqa: DTZ001 - as it stands in a sheet
def test_a_moment_that_is_written_down_is_read_again(at):
    minute = at.replace(second=0, microsecond=0, tzinfo=LOCAL)
    assert local_moment(f"{minute:%Y-%m-%d %H:%M}") == int(minute.timestamp())


def test_an_arrival_is_known_by_from_where_by_what_and_when():
    arrival = Arrival("42", "train", "G1")
    known = Record(RecordId("r"), PersonId("p"), NOW, NOW + 9, Source.CITIZEN, "p", "e", "b", arrival)
    assert already_told([known], arrival, NOW)
    assert not already_told([known], arrival, NOW + 1)
    assert not already_told([known], Arrival("42", "train", "G2"), NOW)
