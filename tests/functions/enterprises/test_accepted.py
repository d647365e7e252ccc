"""For how many people an enterprise may order masks is what an office has accepted, whatever it submits later."""

from __future__ import annotations

import pytest
from nanhai.services.masks.headcounts import headcount

from tests.functions.enterprises.office import FOUNDRY


@pytest.fixture
def resumed(office):
    """With twenty people."""
    office.done(office.file(headcount=20))
    for decision in ("accept", "resume"):
        office.done(office.decide(office.town(), decision, 1))
    return office


def test_no_revision_after_resuming_raises_it_by_itself(resumed):
    assert resumed.done(resumed.file(headcount=900_000))["state"] == "resumed"
    assert headcount(FOUNDRY) == 20


def test_an_office_accepts_what_was_submitted_since_and_it_counts_from_then_on(resumed):
    resumed.done(resumed.file(headcount=30))
    assert resumed.done(resumed.decide(resumed.town(), "accept", 2))["state"] == "resumed"
    assert headcount(FOUNDRY) == 30
    assert resumed.decide(resumed.town(), "accept", 1).code == "enterprises.revision-superseded"


def test_fewer_people_count_at_once_and_more_again_only_when_accepted(resumed):
    counted = []
    for people in (5, 20):
        resumed.done(resumed.file(headcount=people))
        counted.append(headcount(FOUNDRY))
    assert counted == [5, 5]


def test_without_an_accepted_filing_as_it_stands_nobody_counts(office):
    counted = [headcount(FOUNDRY)]
    office.done(office.file(headcount=20))
    counted.append(headcount(FOUNDRY))
    office.done(office.decide(office.town(), "accept", 1))
    counted.append(headcount(FOUNDRY))
    office.done(office.file(headcount=25))  # what was accepted is not what is planned any more
    counted.append(headcount(FOUNDRY))
    assert counted == [0, 0, 20, 0]
