"""Visits: whatever order rows come in, half-open, cut at midnight, and packed so that they come back."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nanhai.domain.days import DAY_S, day_begins
from nanhai.domain.errors import Poison
from nanhai.domain.sightings import (
    CELL_MAX,
    VISIT_BYTES,
    Visit,
    by_day,
    compact,
    h3_of,
    joined,
    pack,
    revision,
    stays,
    unpack,
    visits,
)

DAY = 18_300
BEGIN = day_begins(DAY)
HERE, THERE = 440_605, 420_100
MOMENTS = 40


@st.composite
def rows(draw, moments: int = MOMENTS, count: int = 8, step_s: int = 1) -> list[Visit]:
    """Rows of one phone, that may overlap, repeat and be empty."""
    found = []
    for _ in range(draw(st.integers(0, count))):
        since, until = (BEGIN + step_s * draw(st.integers(0, moments)) for _ in range(2))
        found.append(Visit(since, until, draw(st.integers(1, 3)), draw(st.sampled_from((HERE, THERE)))))
    return found


over_days = rows(moments=300, step_s=1_000)


@given(rows(), st.randoms(use_true_random=False))
def test_the_order_in_which_rows_are_told_does_not_matter(told, chance):
    shuffled = list(told)
    chance.shuffle(shuffled)
    assert visits(shuffled) == visits(told)


@given(rows())
def test_at_any_second_a_phone_is_where_the_row_that_began_last_says(told):
    found = visits(told)
    for at in range(BEGIN - 1, BEGIN + MOMENTS + 1):
        begun = [row for row in told if row.since <= at and row.since < row.until]
        last = max((r for r in told if r.since <= at), default=None)
        where = {(v.cell, v.region) for v in found if v.since <= at < v.until}
        expected = {(last.cell, last.region)} if last in begun and at < last.until else set()
        assert where == expected


@given(rows())
def test_visits_ascend_and_neither_overlap_nor_adjoin_in_one_place(told):
    found = visits(told)
    assert all(visit.since < visit.until for visit in found)
    for one, following in pairwise(found):
        assert one.until <= following.since
        assert one.until < following.since or (one.cell, one.region) != (following.cell, following.region)


@given(rows())
def test_what_are_visits_already_stay_as_they_are(told):
    assert visits(visits(told)) == visits(told)


@given(rows(), st.data())
def test_a_visit_told_in_two_adjacent_halves_is_one(told, data):
    found = visits(told)
    if not found:
        return
    whole = data.draw(st.sampled_from(found))
    middle = data.draw(st.integers(whole.since, whole.until))
    halves = [
        Visit(whole.since, middle, whole.cell, whole.region),
        Visit(middle, whole.until, whole.cell, whole.region),
    ]
    assert visits([*(v for v in found if v != whole), *halves]) == found


def test_a_gap_is_a_gap():
    first, second = Visit(BEGIN, BEGIN + 5, 1, HERE), Visit(BEGIN + 6, BEGIN + 9, 1, HERE)
    assert visits([second, first]) == (first, second)


@given(over_days)
def test_midnight_cuts_and_joining_makes_whole_again(told):
    found = visits(told)
    days = by_day(found)
    assert all(
        day_begins(day) <= piece.since < piece.until <= day_begins(day + 1) for day, ps in days.items() for piece in ps
    )
    assert joined(days.values()) == found


@given(over_days)
def test_what_is_packed_comes_back_at_fourteen_bytes_a_visit(told):
    for day, found in by_day(visits(told)).items():
        packed = pack(day, found)
        assert unpack(day, packed) == found
        assert len(packed) == 1 + VISIT_BYTES * len(found) == 1 + 14 * len(found)


def test_the_form_is_as_it_is_written_down():
    visit = Visit(BEGIN + 65_537, BEGIN + DAY_S, 0x01020304, HERE)
    assert pack(DAY, [visit]).hex() == "01" + "010001" + "015180" + "01020304" + "0006b91d"


@given(st.binary(max_size=60))
def test_bytes_that_nobody_packed_are_poison_or_sound(data):
    try:
        found = unpack(DAY, data)
    except Poison:
        return
    assert pack(DAY, found) == data
    assert visits(found) == found or len(found) > len(visits(found))


@pytest.mark.parametrize(
    "found",
    [
        [Visit(BEGIN, BEGIN, 1, HERE)],
        [Visit(BEGIN + 9, BEGIN + 5, 1, HERE)],
        [Visit(BEGIN, BEGIN + 9, 1, HERE), Visit(BEGIN + 8, BEGIN + 20, 2, HERE)],
        [Visit(BEGIN, BEGIN + DAY_S + 1, 1, HERE)],
        [Visit(BEGIN, BEGIN + 9, CELL_MAX + 1, HERE)],
    ],
    ids=["empty", "backwards", "overlapping", "beyond midnight", "no cell"],
)
def test_what_cannot_be_is_poison(found):
    with pytest.raises(Poison):
        unpack(DAY, pack(DAY, found))


def test_a_cell_is_an_h3_index_of_resolution_eight_without_what_they_all_share():
    guicheng = 0x884118B003FFFFF  # 23.03 N, 113.14 E
    assert h3_of(compact(guicheng)) == guicheng
    assert 0 < compact(guicheng) <= CELL_MAX


@pytest.mark.parametrize("index", [0, 0x874118B00FFFFFF, 0x894118B0003FFFF, 0x884118B003FFFFE, 2**64 - 1])
def test_no_other_index_is_a_cell(index):
    with pytest.raises(ValueError, match="resolution 8"):
        compact(index)


def test_the_later_sequence_counts_more_whoever_sent_it():
    assert revision(1, 99) < revision(2, 1) < revision(2, 2) < revision(10, 1)


def place(visit: Visit) -> int | None:
    return visit.region if visit.region != HERE else None


@pytest.mark.parametrize(
    ("silence", "expected"),
    [(59, [(THERE, 0, 100, 100), (THERE, 160, 200, 40)]), (60, [(THERE, 0, 200, 140)])],
    ids=["too long a silence", "as long as a silence may be"],
)
def test_a_stay_bears_a_short_silence(silence, expected):
    told = [Visit(BEGIN, BEGIN + 100, 1, THERE), Visit(BEGIN + 160, BEGIN + 200, 2, THERE)]
    found = stays(told, place, silence)
    assert [(s.place, s.since - BEGIN, s.until - BEGIN, s.heard_s) for s in found] == expected


def test_another_place_between_ends_a_stay_also_one_that_does_not_count():
    told = [
        Visit(BEGIN, BEGIN + 10, 1, THERE),
        Visit(BEGIN + 10, BEGIN + 11, 1, HERE),
        Visit(BEGIN + 11, BEGIN + 20, 1, THERE),
    ]
    assert [(s.since - BEGIN, s.until - BEGIN) for s in stays(told, place, 60)] == [(0, 10), (11, 20)]


@given(rows(), st.integers(0, MOMENTS))
def test_stays_hold_every_second_heard_and_no_more(told, silence):
    found = stays(told, lambda visit: visit.region, silence)
    assert sum(s.heard_s for s in found) == sum(v.until - v.since for v in visits(told))
    random.Random(0).shuffle(told)
    assert stays(told, lambda visit: visit.region, silence) == found
