"""Why a pass had its colour: the answer as it stood then, by the policy and the records of then."""

from __future__ import annotations

import pytest
from nanhai.domain.colour import Colour
from nanhai.domain.decide import decide
from nanhai.domain.explain import explain
from nanhai.domain.identifiers import RecordId, Region
from nanhai.domain.records import (
    Application,
    Clearance,
    Correction,
    Holder,
    Isolation,
    Place,
    Reason,
    Record,
    Residence,
    Result,
    Source,
    Symptoms,
)
from nanhai.policies import shipped

from tests.strategies import DAY, PERSON

BOOK = shipped()
OLD, NEW = BOOK.policies
APPLIED = NEW.valid_from - 3 * DAY
FEVER = NEW.valid_from + 2 * DAY
CURED = FEVER + 3 * DAY
ORDER = CURED + 2 * DAY
HOUR = 3_600


def fact(name, what, happened, source=Source.COMMUNITY, recorded=None, supersedes=None) -> Record:
    known = happened if recorded is None else recorded
    return Record(RecordId(name), PERSON, happened, known, source, "office", "evidence", "basis", what, supersedes)


STORY = [
    fact("applied", Application(Holder.PERSON), APPLIED, Source.CITIZEN),
    fact("lives-here", Residence(Region("440605"), permit=False), APPLIED, Source.POLICE),
    fact("measured", Symptoms(37.6, ()), FEVER, Source.CITIZEN, recorded=FEVER + HOUR),
    fact("coughs", Symptoms(37.9, ("cough",)), FEVER + 2 * HOUR, Source.CITIZEN),
    fact("let-through", Clearance(("GATE1",), CURED), FEVER + DAY),
    fact("negative", Result(False, "nucleic-acid"), CURED, Source.HOSPITAL),
    fact("order", Isolation(Place.HOME, Reason.CLOSE_CONTACT, ORDER, ORDER + 7 * DAY, "home"), ORDER),
]


@pytest.mark.parametrize(
    ("at", "colour", "records", "permits"),
    [
        (APPLIED - 1, Colour.NONE, [], []),
        (APPLIED, Colour.GREEN, [], []),
        (FEVER + HOUR - 1, Colour.GREEN, [], []),  # nobody had told yet
        (FEVER + HOUR, Colour.YELLOW, ["measured"], []),
        (FEVER + 2 * HOUR, Colour.YELLOW, ["measured", "coughs"], []),
        (FEVER + DAY, Colour.YELLOW, ["measured", "coughs"], ["let-through"]),
        (CURED - 1, Colour.YELLOW, ["measured", "coughs"], ["let-through"]),
        (CURED, Colour.GREEN, [], []),
        (ORDER, Colour.RED, ["order"], []),
        (ORDER + 7 * DAY - 1, Colour.RED, ["order"], []),
        (ORDER + 7 * DAY, Colour.GREEN, [], []),
    ],
)
def test_the_story_of_one_pass_as_it_is_told_afterwards(at, colour, records, permits):
    told = explain(STORY, BOOK, at)
    assert (told.at, told.colour) == (at, colour)
    assert [record.record_id for record in told.records] == records
    assert [permit.record for permit in told.permits] == permits


@pytest.mark.parametrize(
    ("at", "policy"),
    [(NEW.valid_from - 1, OLD.version), (NEW.valid_from, NEW.version), (ORDER, NEW.version)],
)
def test_it_names_the_policy_in_force_then(at, policy):
    assert explain(STORY, BOOK, at).policy == policy
    assert explain([], BOOK, at).policy == policy


def test_what_was_found_wrong_later_was_still_the_reason_then():
    undone = fact(
        "undone", Correction("another person's thermometer"), FEVER, recorded=CURED, supersedes=RecordId("measured")
    )
    told = explain([*STORY, undone], BOOK, FEVER + HOUR)
    assert (told.colour, [record.record_id for record in told.records]) == (Colour.YELLOW, ["measured"])


def test_the_explanation_of_now_is_the_pass_of_now():
    for at in range(APPLIED, ORDER + 8 * DAY, 7 * HOUR):
        known = [record for record in STORY if record.recorded_at <= at]
        assert explain(STORY, BOOK, at).segment == decide(known, BOOK.in_force(at), at).at(at)


def test_a_segment_that_has_ended_is_told_with_its_true_beginning_and_end():
    segment = explain(STORY, BOOK, ORDER + DAY).segment
    assert (segment.since, segment.until) == (ORDER, ORDER + 7 * DAY)
