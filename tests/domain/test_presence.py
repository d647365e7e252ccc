"""Postings: the same entries make the same segment, and none is lost in packing."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nanhai.domain import presence
from nanhai.domain.days import day_begins
from nanhai.domain.errors import Poison
from nanhai.domain.presence import Entry, entries, name_of, pack, segments, unpack
from nanhai.domain.sightings import Visit

DAY = 18_300
BEGIN = day_begins(DAY)


@st.composite
def entry(draw) -> Entry:
    since, until = sorted(draw(st.lists(st.integers(0, 86_400), min_size=2, max_size=2, unique=True)))
    phone = draw(st.integers(0, 5)).to_bytes(16, "big").hex()
    return Entry(phone, draw(st.integers(100, 10**12)), BEGIN + since, BEGIN + until)


some = st.lists(entry(), max_size=12, unique=True)


@given(some)
def test_what_is_packed_comes_back(found):
    assert unpack(DAY, pack(DAY, found)) == sorted(found)


@given(some, st.randoms(use_true_random=False))
def test_the_same_entries_in_any_order_and_told_twice_are_one_segment_of_one_name(found, chance):
    shuffled = [*found, *found[:3]]
    chance.shuffle(shuffled)
    assert [*segments(DAY, shuffled)] == [*segments(DAY, found)]
    assert {name_of(one) for one in segments(DAY, shuffled)} == {name_of(one) for one in segments(DAY, found)}


@given(some)
def test_a_long_list_is_several_segments_that_hold_all(found):
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(presence, "ENTRIES_PER_SEGMENT_MAX", 3)
        packed = [*segments(DAY, found)]
    assert all(len(unpack(DAY, one)) <= 3 for one in packed)
    assert sorted(e for one in packed for e in unpack(DAY, one)) == sorted(found)


@given(st.binary(max_size=80))
def test_bytes_that_nobody_packed_are_poison_or_entries(data):
    with contextlib.suppress(Poison):
        unpack(DAY, data)


def test_a_person_day_is_an_entry_in_each_of_its_cells():
    phone = "ab" * 16
    found = list(entries(phone, 101, DAY, [Visit(BEGIN, BEGIN + 5, 7, 440605), Visit(BEGIN + 5, BEGIN + 9, 8, 440605)]))
    assert found == [
        ((DAY, 7), Entry(phone, 101, BEGIN, BEGIN + 5)),
        ((DAY, 8), Entry(phone, 101, BEGIN + 5, BEGIN + 9)),
    ]
