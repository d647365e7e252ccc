"""What postings tell is what the newest revisions say, whatever else is posted, and half-open as everything is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nanhai.domain import copresence_candidates as candidates
from nanhai.domain import presence
from nanhai.domain.actors import Actor, Role
from nanhai.domain.copresence import CoPresenceRule, meetings
from nanhai.domain.copresence_requests import SameHands, State, TooManyMet, check_second, state_at
from nanhai.domain.days import day_begins
from nanhai.domain.governance import OnOneself
from nanhai.domain.presence import Entry
from nanhai.domain.sightings import Visit, by_day, visits

DAY = 18_300
NOON = day_begins(DAY) + 12 * 3_600
MIDNIGHT = day_begins(DAY + 1)
WINDOW = (DAY, DAY + 1)
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


def named(theirs, others, rule=BRIEF) -> set[str]:
    own = candidates.places(theirs, WINDOW, rule)
    found = posted(others)
    return candidates.candidates(own, {place: found.get(place, []) for place in own}, rule)


def found(theirs, others, rule=BRIEF):
    """Meetings as postings, and what later revisions took back, tell of them; every revision is of both days."""
    own = candidates.places(theirs, WINDOW, rule)
    there = posted(others)
    read = {place: there.get(place, []) for place in own}
    newest = candidates.newest(candidates.candidates(own, read, rule) - {CASE}, read)
    stored = {(phone, day, one) for phone, one in others for day in WINDOW}
    revisions = {day: {one for _, of, one in stored if of == day} for day in WINDOW}
    asked = set(candidates.later(newest, revisions))
    standing = candidates.standing(newest, {(phone, day) for phone, day, _ in asked & stored})
    return meetings(theirs, standing, rule)


REVISED = st.dictionaries(st.tuples(st.sampled_from("ab"), st.integers(1, 3)), phones())


@given(phones(), REVISED)
def test_nobody_is_missed_whichever_revision_is_right(theirs, others):
    names = named(theirs, others)
    for (phone, _), told in others.items():
        assert not meetings(theirs, {phone: told}, BRIEF) or phone in names


@given(phones(), REVISED)
def test_of_each_day_the_newest_revision_counts_whatever_else_is_posted(theirs, others):
    """Every revision here tells both days; on some the phone was not heard, or was elsewhere."""
    newest = {phone: others[phone, max(one for of, one in others if of == phone)] for phone, _ in others}
    assert found(theirs, others) == meetings(theirs, newest, BRIEF)


@given(phones(), REVISED)
def test_a_revision_of_one_day_leaves_the_other_as_it_was(theirs, others):
    """The second and third revisions are of the first day alone."""
    evening = {key: tuple(by_day(told).get(DAY, ())) if key[1] > 1 else tuple(told) for key, told in others.items()}
    stored = {(phone, day, one) for phone, one in others for day in ((DAY, DAY + 1) if one == 1 else (DAY,))}
    own = candidates.places(theirs, WINDOW, BRIEF)
    there = posted(evening)
    read = {place: there.get(place, []) for place in own}
    newest = candidates.newest(candidates.candidates(own, read, BRIEF), read)
    revisions = {day: {one for _, of, one in stored if of == day} for day in (DAY, DAY + 1)}
    gone = {(phone, day) for phone, day, _ in set(candidates.later(newest, revisions)) & stored}
    expected = {}
    for phone in {phone for phone, _ in others}:
        for day in (DAY, DAY + 1):
            ones = [one for of, when, one in stored if of == phone and when == day]
            if ones:
                expected.setdefault(phone, []).extend(by_day(evening[phone, max(ones)]).get(day, ()))
    assert meetings(theirs, candidates.standing(newest, gone), BRIEF) == meetings(theirs, expected, BRIEF)


@given(phones(), REVISED, st.randoms(use_true_random=False))
def test_the_order_of_postings_does_not_matter_and_told_twice_is_told_once(theirs, others, chance):
    own = candidates.places(theirs, WINDOW, BRIEF)
    there = posted(others)
    read = {place: there.get(place, []) for place in own}
    shuffled = {place: chance.sample(read[place] * 2, len(read[place]) * 2) for place in reversed(read)}
    names = candidates.candidates(own, read, BRIEF)
    assert candidates.candidates(own, shuffled, BRIEF) == names
    told, again = (candidates.standing(candidates.newest(names, each), ()) for each in (read, shuffled))
    assert {who: visits(found) for who, found in told.items()} == {who: visits(found) for who, found in again.items()}


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 20)), max_size=8), st.randoms(use_true_random=False))
def test_the_longest_is_of_what_is_covered_in_any_order(drawn, chance):
    stretches = [(since, since + length) for since, length in drawn]
    seconds = sorted({second for since, until in stretches for second in range(since, until)})
    runs, last = [0], -2
    for second in seconds:
        runs.append(runs[-1] + 1 if second == last + 1 else 1)
        last = second
    assert candidates.longest(chance.sample(stretches, len(stretches))) == max(runs)


@pytest.mark.parametrize(("apart", "names"), [(0, {"a"}), (1, set())])
def test_a_stretch_over_midnight_is_one(apart, names):
    theirs = [Visit(MIDNIGHT - 60, MIDNIGHT + 60, 1, REGION)]
    other = [Visit(MIDNIGHT - 3, MIDNIGHT, 1, REGION), Visit(MIDNIGHT + apart, MIDNIGHT + 3, 1, REGION)]
    assert named(theirs, {("a", 1): other}) == names


def test_where_the_cases_phone_was_too_briefly_nobody_is_looked_for():
    """Where it was long enough the hours of others count on every day."""
    theirs = [Visit(NOON, NOON + 5, 1, REGION), Visit(NOON + 10, NOON + 16, 2, REGION)]
    assert candidates.places(theirs, WINDOW, BRIEF) == {(DAY, 2): [(NOON + 10, NOON + 16)], (DAY + 1, 2): []}


def test_the_hours_of_the_other_are_of_all_days():
    often = CoPresenceRule(together_s=5, in_cell_s=1_000, days=14)
    theirs = [Visit(NOON, NOON + 60, 1, REGION)]
    other = [Visit(NOON, NOON + 60, 1, REGION), Visit(MIDNIGHT, MIDNIGHT + 941, 1, REGION)]
    (meeting,) = found(theirs, {("a", 1): other}, rule=often)
    assert meeting.other_in_cell_s == 1_001


def test_too_many_are_refused_and_not_cut():
    own = {(DAY, 1): [(NOON, NOON + 600)]}
    crowd = [Entry(f"{n:032x}", 1, NOON, NOON + 600) for n in range(candidates.CANDIDATES_MAX + 1)]
    assert len(candidates.candidates(own, {(DAY, 1): crowd[:-1]}, BRIEF)) == candidates.CANDIDATES_MAX
    with pytest.raises(TooManyMet) as refused:
        candidates.candidates(own, {(DAY, 1): crowd}, BRIEF)
    assert refused.value.params == {"found": candidates.CANDIDATES_MAX + 1, "most": candidates.CANDIDATES_MAX}


def test_too_many_places_are_refused():
    cells = candidates.PLACES_MAX // 2
    theirs = [Visit(NOON + n * 60, NOON + (n + 1) * 60, n, REGION) for n in range(cells + 1)]
    assert len(candidates.places(theirs[:-1], WINDOW, BRIEF)) == candidates.PLACES_MAX
    with pytest.raises(TooManyMet):
        candidates.places(theirs, WINDOW, BRIEF)


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
