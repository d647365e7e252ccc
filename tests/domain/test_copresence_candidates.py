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
from nanhai.domain.governance import OnOneself
from nanhai.domain.sightings import Visit, by_day, day_begins, visits

DAY = 18_300
NOON = day_begins(DAY) + 12 * 3_600
MIDNIGHT = day_begins(DAY + 1)
WINDOW = (DAY, DAY + 1)
REGION = 440_605
BRIEF = CoPresenceRule(together_s=5, in_cell_s=0, days=14)


@st.composite
def phones(draw) -> list[Visit]:
    """Around midnight, so that some visits are cut there."""
    rows = draw(st.lists(st.tuples(*[st.integers(-30, 30)] * 2, st.integers(1, 3)), max_size=6))
    return list(visits(Visit(MIDNIGHT + a, MIDNIGHT + b, cell, REGION) for a, b, cell in rows))


def posted(others) -> dict[tuple[int, int], list[bytes]]:
    """Segments by day and cell, as the stream writes them; `others`: (phone, revision) with its visits."""
    found = {}
    for (phone, revision), told in others.items():
        for day, pieces in by_day(told).items():
            for place, entry in presence.entries(phone, revision, day, pieces):
                found.setdefault(place, []).append(entry)
    return {place: list(presence.segments(place[0], there)) for place, there in found.items()}


def named(theirs, segments, rule=BRIEF) -> set[str]:
    found = set()
    for place in candidates.places(theirs, WINDOW, rule):
        there = [(day, one) for day in place.own for one in segments.get((day, place.cell), [])]
        met = candidates.together(place, there, rule)
        found |= met if place.often else candidates.often(met, there, rule)
    return {phone.hex() for phone in found}


REVISED = st.dictionaries(st.tuples(st.sampled_from(["a" * 32, "b" * 32]), st.integers(1, 3)), phones())
RULES = st.sampled_from([BRIEF, CoPresenceRule(together_s=5, in_cell_s=20, days=14)])


@given(phones(), REVISED, RULES)
def test_nobody_is_missed_whichever_revision_is_right(theirs, others, rule):
    names = named(theirs, posted(others), rule)
    for (phone, _), told in others.items():
        assert not meetings(theirs, {phone: told}, rule) or phone in names


@given(phones(), phones(), RULES)
def test_who_has_one_revision_is_named_only_when_they_count(theirs, other, rule):
    """So that of those who are looked up few were looked up for nothing."""
    assert named(theirs, posted({("a" * 32, 1): other}), rule) == {
        meeting.phone for meeting in meetings(theirs, {"a" * 32: other}, rule)
    }


@given(phones(), REVISED, RULES, st.randoms(use_true_random=False))
def test_the_order_of_segments_does_not_matter_and_told_twice_is_told_once(theirs, others, rule, chance):
    there = posted(others)
    again = {place: chance.sample(there[place] * 2, len(there[place]) * 2) for place in reversed(there)}
    assert named(theirs, again, rule) == named(theirs, there, rule)


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 20)), max_size=8), st.randoms(use_true_random=False))
def test_the_longest_is_of_what_is_covered_in_any_order(drawn, chance):
    stretches = [(since, since + length) for since, length in drawn]
    seconds = sorted({second for since, until in stretches for second in range(since, until)})
    runs, last = [0], -2
    for second in seconds:
        runs.append(runs[-1] + 1 if second == last + 1 else 1)
        last = second
    assert candidates.longest(chance.sample(stretches, len(stretches))) == max(runs)


@pytest.mark.parametrize(("apart", "names"), [(0, {"a" * 32}), (1, set())])
def test_a_stretch_over_midnight_is_one(apart, names):
    theirs = [Visit(MIDNIGHT - 60, MIDNIGHT + 60, 1, REGION)]
    other = [Visit(MIDNIGHT - 3, MIDNIGHT, 1, REGION), Visit(MIDNIGHT + apart, MIDNIGHT + 3, 1, REGION)]
    assert named(theirs, posted({("a" * 32, 1): other})) == names


def test_where_the_cases_phone_was_too_briefly_nobody_is_looked_for():
    theirs = [Visit(NOON, NOON + 5, 1, REGION), Visit(NOON + 10, NOON + 16, 2, REGION)]
    assert [place.cell for place in candidates.places(theirs, WINDOW, BRIEF)] == [2]


@pytest.mark.parametrize(("hours_s", "days"), [(19, {DAY}), (20, {DAY, DAY + 1})])
def test_where_the_case_is_often_only_its_own_days_are_read(hours_s, days):
    """Elsewhere the hours of others count on every day."""
    rule = CoPresenceRule(together_s=5, in_cell_s=hours_s, days=14)
    (place,) = candidates.places([Visit(NOON, NOON + 20, 1, REGION)], WINDOW, rule)
    assert place.own.keys() == days


def test_the_hours_of_the_other_are_of_all_days():
    rule = CoPresenceRule(together_s=5, in_cell_s=1_000, days=14)
    theirs = [Visit(NOON, NOON + 60, 1, REGION)]
    for more_s, names in ((940, set()), (941, {"a" * 32})):
        other = [Visit(NOON, NOON + 60, 1, REGION), Visit(MIDNIGHT, MIDNIGHT + more_s, 1, REGION)]
        assert named(theirs, posted({("a" * 32, 1): other}), rule) == names


def test_too_many_places_are_refused():
    cells = candidates.PLACES_MAX // 2
    theirs = [Visit(NOON + n * 60, NOON + (n + 1) * 60, n, REGION) for n in range(cells + 1)]
    seldom = CoPresenceRule(together_s=5, in_cell_s=60, days=14)  # so that both days are read
    assert sum(len(place.own) for place in candidates.places(theirs[:-1], WINDOW, seldom)) == candidates.PLACES_MAX
    with pytest.raises(TooManyMet):
        candidates.places(theirs, WINDOW, seldom)


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
