"""The columns say what the domain says: laws held over any rows, in any order."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from nanhai.domain.days import DAY_S, day_begins
from nanhai.domain.sightings import VISITS_PER_DAY_MAX, Visit, by_day, pack, unpack, visits
from nanhai.services.trajectories import columns
from nanhai.services.trajectories.columns import Places, Rows

DAY = 18_300
MIDNIGHT = day_begins(DAY + 1)
FIRST, LAST = DAY - 1, DAY + 20
near_midnight = st.integers(MIDNIGHT - 40, MIDNIGHT + 40)
anywhere = st.integers(day_begins(DAY), day_begins(DAY + 4))
moments = near_midnight | anywhere
rows = st.lists(
    st.tuples(st.integers(0, 3), moments, moments, st.integers(0, 2), st.sampled_from([440605, 420100])), max_size=40
)


def days(told, first=FIRST, last=LAST):
    """By columns, with places numbered in their order."""
    known = sorted({row[3:] for row in told})
    numbered = [(*row[:3], known.index(row[3:])) for row in told]
    columns_ = zip(*numbered, strict=True) if told else [()] * 4
    places = zip(*known, strict=True) if known else [()] * 2
    return columns.days(_of(Rows, columns_), _of(Places, places), first, last)


def _of(kind, told):
    return kind(*(np.array(column, np.int64) for column in told))


def by_the_domain(told, first=FIRST, last=LAST) -> list:
    """Day by day, of the days that are told."""
    found = []
    for phone in sorted({row[0] for row in told}):
        theirs = visits(Visit(*row[1:]) for row in told if row[0] == phone)
        found += [
            (phone, day, pack(day, pieces)) for day, pieces in sorted(by_day(theirs).items()) if first <= day <= last
        ]
    return sorted(found, key=lambda person_day: (person_day[1], person_day[0]))


@settings(max_examples=400, deadline=None)
@given(rows, st.randoms(use_true_random=False))
@example([], None)
def test_they_are_the_domains_visits_whatever_the_order_overlaps_and_repetitions(told, random):
    expected = by_the_domain(told)
    if random is not None:
        told = told + told[: len(told) // 2]
        random.shuffle(told)
    assert list(days(told).each()) == expected


@settings(max_examples=200, deadline=None)
@given(rows, st.integers(DAY - 1, DAY + 5), st.integers(0, 3))
def test_of_other_days_than_those_told_there_is_nothing_and_these_are_as_all_rows_say(told, first, more):
    assert list(days(told, first, first + more).each()) == by_the_domain(told, first, first + more)


@pytest.mark.parametrize(("count", "refused"), [(VISITS_PER_DAY_MAX, 0), (VISITS_PER_DAY_MAX + 1, 1)])
def test_a_day_of_more_visits_than_a_day_can_have_is_left_out_and_told(count, refused):
    begins = day_begins(DAY)
    told = [(0, begins + 20 * n, begins + 20 * n + 10, 1, 440605) for n in range(count)]
    found = days([*told, (1, begins, begins + 10, 1, 440605)])
    assert (found.refused, len(found.day), found.visits) == (refused, 2 - refused, count * (1 - refused) + 1)


def test_many_days_of_one_stay_are_each_a_whole_day():
    found = list(days([(7, day_begins(DAY), day_begins(DAY + 15), 5, 440605)]).each())
    assert [(phone, day) for phone, day, _ in found] == [(7, DAY + ago) for ago in range(15)]
    for _, day, packed in found:
        assert unpack(day, packed) == (Visit(day_begins(day), day_begins(day) + DAY_S, 5, 440605),)
