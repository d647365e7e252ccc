"""Questions of co-presence: decided once and in time, found again by state, and gone after fourteen days."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from nanhai.domain.copresence_requests import State
from nanhai.store import copresences, presence
from nanhai.store.copresences import KEPT_S
from nanhai.store.presence import Segment, TooManySegments
from nanhai.store.sightings import expires_at
from nanhai.store.writes import commit

from tests.store.builders import DAY, NOW, refusal
from tests.store.copresence_rows import ASKED, DECIDED, FOUND, NAMES, approved, asked, rejected, revisions_noted

ID = ASKED.request_id


def ids(state, now=NOW, **asked_):
    return [one.request_id for one in copresences.in_state(state, now, 10, **asked_)[0]]


def test_what_was_asked_is_read_as_it_was(aws):
    asked()
    assert copresences.get(ID, NOW) == ASKED
    assert refusal(copresences.ask(ASKED)) == ("copresence",)
    assert copresences.get("another", NOW) is None


def test_what_was_found_is_read_as_it_was(aws):
    approved()
    found = copresences.get(ID, NOW)
    assert found == replace(ASKED, state=State.APPROVED, decided=DECIDED, found=FOUND, reviewed=NAMES[0])
    page, start = copresences.met(ID, FOUND.attempt, 1)
    assert page == [(NAMES[0], b"\x00sealed\xff")]
    assert copresences.met(ID, FOUND.attempt, 1, start)[0] == [(NAMES[1], b"\x00sealed\xff")]
    assert copresences.met(ID, FOUND.attempt, 10, after=NAMES[0])[0] == [(NAMES[1], b"\x00sealed\xff")]
    assert copresences.met(ID, "OTHER", 10)[0] == []


@pytest.mark.parametrize("decided", [approved, rejected])
def test_it_is_decided_once(aws, decided):
    decided()
    assert refusal(copresences.approve(ID, DECIDED, FOUND)) == ("copresence",)
    assert refusal(copresences.reject(ID, DECIDED)) == ("copresence",)


@pytest.mark.parametrize(("after_s", "refused"), [(DAY - 1, ()), (DAY, ("copresence",))])
def test_nobody_decides_once_it_has_lapsed(aws, after_s, refused):
    asked()
    assert refusal(copresences.approve(ID, replace(DECIDED, at=NOW + after_s), FOUND)) == refused


def test_it_is_found_by_its_state(aws):
    asked()
    assert (ids(State.OPEN), ids(State.OPEN, due_from=NOW + DAY + 1)) == ([ID], [])
    commit([copresences.approve(ID, DECIDED, FOUND)])
    assert (ids(State.OPEN), ids(State.APPROVED)) == ([], [ID])
    commit([copresences.answered(ID)])
    assert (ids(State.APPROVED), ids(State.ANSWERED)) == ([], [ID])
    assert refusal(copresences.reviewed(ID, NAMES[0])) == ("copresence",)


def test_an_answer_is_kept_as_long_as_its_last_day(aws):
    approved()
    last = expires_at(FOUND.last) - 1
    assert last < DECIDED.at + KEPT_S
    assert copresences.get(ID, last) is not None
    assert copresences.get(ID, last + 1) is None
    assert (ids(State.APPROVED, last), ids(State.APPROVED, last + 1)) == ([ID], [])


def test_the_key_of_an_answer_is_not_in_its_repr():
    assert "wrapped" not in repr(FOUND)


def test_a_place_is_read_whole_or_not_at_all(aws, monkeypatch):
    presence.write([Segment(18_321, 7, bytes([n]) * 10) for n in range(3)])
    monkeypatch.setattr(presence, "SEGMENTS_PER_PAGE", 1)
    assert sorted(presence.around(18_321, 7, NOW)) == [bytes([n]) * 10 for n in range(3)]
    for bound, most in (("SEGMENTS_PER_PLACE_MAX", 1), ("BYTES_PER_PLACE_MAX", 29)):
        with monkeypatch.context() as bounded:
            bounded.setattr(presence, bound, most)
            with pytest.raises(TooManySegments):
                presence.around(18_321, 7, NOW)


def test_every_revision_of_a_day_is_known_and_none_of_another(aws, monkeypatch):
    revisions_noted()
    presence.note_revisions([(18_321, 100), (18_321, 101)])
    assert presence.revisions(18_321) == [100, 101]
    assert presence.revisions(18_320) == []
    presence.note_revisions([(18_321, 102)])
    monkeypatch.setattr(presence, "ROWS_PER_PAGE", 1)
    assert presence.revisions(18_321) == [100, 101, 102]
    monkeypatch.setattr(presence, "REVISIONS_PER_DAY_MAX", 1)
    with pytest.raises(TooManySegments):
        presence.revisions(18_321)
