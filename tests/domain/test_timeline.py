"""What a reader takes from a timeline: the segment of now, and how long its colour lasts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nanhai.domain.colour import Colour
from nanhai.domain.decide import decide
from nanhai.domain.identifiers import PolicyVersion, RecordId
from nanhai.domain.records import Holder
from nanhai.domain.timeline import Cause, Segment, Timeline
from nanhai.policies import shipped

from tests.strategies import histories, instants

FEVER, ORDER = (Cause(finding, 0, None, (RecordId("r"),)) for finding in ("fever", "isolation"))
SEGMENTS = (
    Segment(0, 10, Colour.GREEN, ()),
    Segment(10, 20, Colour.RED, (ORDER, FEVER)),
    Segment(20, 30, Colour.RED, (ORDER,)),
    Segment(30, None, Colour.GREEN, ()),
)
TIMELINE = Timeline(PolicyVersion("p"), Holder.PERSON, SEGMENTS)


@pytest.mark.parametrize(
    ("instant", "spell"),
    [(0, (0, 10)), (9, (0, 10)), (10, (10, 30)), (19, (10, 30)), (20, (10, 30)), (29, (10, 30)), (30, (30, None))],
)
def test_a_colour_lasts_until_it_changes_not_until_one_of_its_causes_ends(instant, spell):
    assert TIMELINE.spell(instant) == spell


def test_before_the_first_segment_it_is_grey_until_that_begins():
    assert (TIMELINE.at(-1).colour, TIMELINE.spell(-1)) == (Colour.NONE, (-1, 0))


@given(histories, st.sampled_from(shipped().policies), instants)
def test_within_its_spell_a_colour_never_changes_and_right_after_it_does(history, policy, at):
    timeline = decide(history, policy, -(2**41))
    if timeline is None:
        return
    since, until = timeline.spell(at)
    assert since <= at
    inside = [s for s in timeline.segments if since <= s.since and (until is None or s.since < until)]
    assert {s.colour for s in inside} <= {timeline.at(at).colour}
    assert until is None or timeline.at(until).colour is not timeline.at(at).colour
