"""The transition matrix of a dry run."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from nanhai.domain.colour import Colour
from nanhai.domain.dryrun import SAMPLES_PER_CELL_MAX, Matrix
from nanhai.domain.identifiers import PersonId

transitions = st.lists(
    st.tuples(
        st.sampled_from(["440605011", "440605012"]),
        st.sampled_from(Colour),
        st.sampled_from(Colour),
        st.integers(0, 99).map(lambda n: PersonId(f"{n:013}")),
    ),
    max_size=40,
)


def matrix_of(rows) -> Matrix:
    matrix = Matrix()
    for row in rows:
        matrix.add(*row)
    return matrix


@given(transitions, st.integers(0, 40))
def test_parts_merge_to_the_whole_in_any_order(rows, cut):
    one, other = matrix_of(rows[:cut]), matrix_of(rows[cut:])
    merged = matrix_of(rows[cut:]).merge(one)
    assert merged.to_wire() == matrix_of(rows).to_wire() == matrix_of(rows[:cut]).merge(other).to_wire()


@given(transitions)
def test_a_matrix_survives_storage_and_counts_everyone(rows):
    matrix = matrix_of(rows)
    assert Matrix.from_wire(matrix.to_wire()).to_wire() == matrix.to_wire()
    assert matrix.total == len(rows)


def test_samples_are_few_and_only_of_those_who_change() -> None:
    matrix = matrix_of([("440605011", Colour.GREEN, Colour.YELLOW, PersonId(f"{n:013}")) for n in range(50)])
    matrix.add("440605011", Colour.GREEN, Colour.GREEN, PersonId("x"))
    changed, same = matrix.to_wire()[1], matrix.to_wire()[0]
    assert (changed["count"], len(changed["samples"])) == (50, SAMPLES_PER_CELL_MAX)
    assert same["samples"] == []
    assert matrix.worsened_share == 50 / 51
