"""Whom postings name: never too few, whatever revisions they are of, and half-open as everything is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nanhai.domain import copresence_candidates as candidates
from nanhai.domain import presence
from nanhai.domain.actors import Actor, Role
from nanhai.domain.copresence import CoPresenceRule, meetings
from nanhai.domain.copresence_requests import SameHands, State, TooManyMet, check_second, state_at
from nanhai.domain.governance import OnOneself
from nanhai.domain.presence import Entry
from nanhai.domain.sightings import Visit, by_day, day_begins, visits

DAY = 18_300
NOON = day_begins(DAY) + 12 * 3_600
MIDNIGHT = day_begins(DAY + 1)
REGION = 440_605
BRIEF = CoPresenceRule(together_s=5, in_cell_s=0, days=14)
CASE = "c" * 32


@st.composite
def phones(draw) -> list[Visit]:
    """Around midnight, so that some visits are cut there."""
    rows = draw(st.lists(st.tuples(*[st.integers(-30, 30)] * 2, st.integers(1, 3)), max_size=6))
    return list(visits(Visit(MIDNIGHT + a, MIDNIGHT + b, cell, REGION) for a, b, cell in rows))


def posted(others) -> dict[tuple[int, int], list[Entry]]:
    """Postings by day and cell, as the stream writes them; `others`: (phone, revision) with its visits."""
    found = {}
    for (phone, revision), told in others.items():
        for day, pieces in by_day(told).items():
            for place, entry in presence.entries(phone, revision, day, pieces):
                found.setdefault(place, []).append(entry)
    return found


def named(theirs, others, rule=BRIEF) -> list[str]:
    places, postings, near = candidates.places(theirs, rule), posted(others), {}
    for (day, cell), own in places.items():
        candidates.add(near, cell, own, postings.get((day, cell), []))
    return candidates.candidates(near, CASE, rule)


@given(phones(), st.dictionaries(st.tuples(st.sampled_from(["a", "b"]), st.integers(1, 3)), phones()))
def test_nobody_is_missed_whichever_revision_is_right(theirs, others):
    found = named(theirs, others)
    for (phone, _), told in others.items():
        if meetings(theirs, {phone: told}, BRIEF):
            assert phone in found


@given(phones(), st.dictionaries(st.tuples(st.sampled_from(["a", "b"]), st.just(1)), phones()))
def test_of_one_revision_just_those_who_were_together_are_named(theirs, others):
    met = {m.phone for m in meetings(theirs, {phone: told for (phone, _), told in others.items()}, BRIEF)}
    assert set(named(theirs, others)) == met


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 20)), max_size=8), st.randoms(use_true_random=False))
def test_the_longest_is_of_what_is_covered_in_any_order(drawn, chance):
    stretches = [(since, since + length) for since, length in drawn]
    seconds = sorted({second for since, until in stretches for second in range(since, until)})
    runs, last = [0], -2
    for second in seconds:
        runs.append(runs[-1] + 1 if second == last + 1 else 1)
        last = second
    assert candidates.longest(chance.sample(stretches, len(stretches))) == max(runs)


@pytest.mark.parametrize(("apart", "found"), [(0, ["a"]), (1, [])])
def test_a_stretch_over_midnight_is_one(apart, found):
    theirs = [Visit(MIDNIGHT - 60, MIDNIGHT + 60, 1, REGION)]
    other = [Visit(MIDNIGHT - 3, MIDNIGHT, 1, REGION), Visit(MIDNIGHT + apart, MIDNIGHT + 3, 1, REGION)]
    assert named(theirs, {("a", 1): other}) == found


def test_where_the_cases_phone_was_too_briefly_nobody_is_looked_for():
    theirs = [Visit(NOON, NOON + 5, 1, REGION), Visit(NOON + 10, NOON + 16, 2, REGION)]
    assert candidates.places(theirs, BRIEF) == {(DAY, 2): [(NOON + 10, NOON + 16)]}


def test_the_case_is_not_its_own_company():
    theirs = [Visit(NOON, NOON + 600, 1, REGION)]
    assert named(theirs, {(CASE, 1): theirs, ("a", 1): theirs}) == ["a"]


def test_too_many_are_refused_and_not_cut():
    own = [(NOON, NOON + 600)]
    crowd = [Entry(f"{n:032x}", 1, NOON, NOON + 600) for n in range(candidates.CANDIDATES_MAX + 1)]
    near = {}
    candidates.add(near, 1, own, crowd[:-1])
    assert len(candidates.candidates(near, CASE, BRIEF)) == candidates.CANDIDATES_MAX
    candidates.add(near, 1, own, crowd[-1:])
    with pytest.raises(TooManyMet) as refused:
        candidates.candidates(near, CASE, BRIEF)
    assert refused.value.params == {"found": candidates.CANDIDATES_MAX + 1, "most": candidates.CANDIDATES_MAX}


def test_too_many_places_are_refused():
    step = 100
    theirs = [Visit(NOON + n * step, NOON + (n + 1) * step, n, REGION) for n in range(candidates.PLACES_MAX + 1)]
    assert len(candidates.places(theirs[:-1], BRIEF)) == candidates.PLACES_MAX
    with pytest.raises(TooManyMet):
        candidates.places(theirs, BRIEF)


@pytest.mark.parametrize(
    ("now", "stored", "state"),
    [(99, "open", "open"), (100, "open", "lapsed"), (100, "approved", "approved"), (100, "rejected", "rejected")],
)
def test_a_request_lapses_at_its_second(now, stored, state):
    assert state_at(State(stored), 100, now) == state


def test_who_asked_does_not_decide_and_nobody_about_themself():
    checker = Actor(Role.HEALTH_AUTHORITY, "doctor-2", person="P")
    check_second("doctor-1", checker, None)
    check_second("doctor-1", checker, "Q")
    with pytest.raises(SameHands):
        check_second("doctor-2", checker, "Q")
    with pytest.raises(OnOneself):
        check_second("doctor-1", checker, "P")
