"""No public number is below ten, and none that is hidden follows from those that are told."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nanhai.domain.figures import BUCKETS, SMALLEST, bucket, is_small, median_s, share, table

COLUMNS = ("green", "yellow", "red")
counts = st.one_of(st.just(0), st.integers(0, 12), st.integers(0, 60))
tables = st.dictionaries(st.sampled_from("ABCDEFG"), st.fixed_dictionaries(dict.fromkeys(COLUMNS, counts)), max_size=7)


@settings(max_examples=1_000)
@given(tables)
def test_no_number_below_ten_is_told(rows):
    told = table(rows, COLUMNS)
    shown = [n for row in told.rows.values() if row is not None for n in row.values()]
    assert not any(is_small(n) for n in [*shown, *(total for total in told.totals.values() if total is not None)])


@settings(max_examples=1_000)
@given(tables)
def test_what_is_told_is_true(rows):
    told = table(rows, COLUMNS)
    assert told.rows.keys() == rows.keys()
    assert all(row is None or row == rows[name] for name, row in told.rows.items())
    sums = {column: sum(row[column] for row in rows.values()) for column in COLUMNS}
    assert all(total is None or total == sums[column] for column, total in told.totals.items())


@settings(max_examples=1_000)
@given(tables)
def test_a_small_cell_cannot_be_computed_from_what_is_told(rows):
    """Another table is told the same, in which that cell is another number."""
    told = table(rows, COLUMNS)
    for name, column in ((name, column) for name in rows for column in COLUMNS if is_small(rows[name][column])):
        others = [other for other in rows if other != name and told.rows[other] is None]
        if told.totals[column] is None:
            continue  # nothing is told of which the cell is a part
        assert sum(rows[other][column] for other in others) > 0, "one could be taken from another hidden row"


@settings(max_examples=1_000)
@given(tables)
def test_what_hidden_rows_come_to_together_is_no_small_number(rows):
    told = table(rows, COLUMNS)
    for column in COLUMNS:
        if told.totals[column] is not None:
            rest = told.totals[column] - sum(row[column] for row in told.rows.values() if row is not None)
            assert not is_small(rest)


@given(tables)
def test_a_table_without_small_numbers_is_told_whole(rows):
    large = {name: {column: n * SMALLEST for column, n in row.items()} for name, row in rows.items()}
    assert dict(table(large, COLUMNS).rows) == large


@pytest.mark.parametrize(
    ("part", "whole", "told"),
    [
        (0, 0, None),
        (9, 9, None),
        (0, 10, 0.0),
        (10, 10, 1.0),
        (9, 40, None),
        (31, 40, None),
        (10, 40, 0.25),
        (1, 1, None),
    ],
)
def test_a_share_is_told_where_neither_part_is_few(part, whole, told):
    assert share(part, whole) == told


@pytest.mark.parametrize(("seconds", "number"), [(-1, 0), (0, 0), (899, 0), (900, 1), (86_399, 95), (86_400, 96)])
def test_an_answers_time_falls_into_a_quarter_of_an_hour(seconds, number):
    assert bucket(seconds) == number


@given(st.lists(st.integers(0, 10 * 86_400), min_size=SMALLEST, max_size=60))
def test_the_median_is_the_end_of_the_quarter_in_which_the_middle_answer_came(answers):
    histogram = {}
    for seconds in answers:
        histogram[bucket(seconds)] = histogram.get(bucket(seconds), 0) + 1
    middle = sorted(answers)[(len(answers) - 1) // 2]
    assert median_s(histogram) == (bucket(middle) + 1) * 900
    assert bucket(middle) < BUCKETS


def test_of_few_answers_there_is_no_median():
    assert median_s({3: 9}) is None
