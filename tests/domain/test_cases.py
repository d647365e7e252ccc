"""The laws of cases: whose a case is follows from its facts and the time, and only work takes it off a list."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nanhai.domain import cases
from nanhai.domain.actors import Actor, Role
from nanhai.domain.case_rules import CLOSED, STEPS_MAX, TIERS, CaseKind, Use
from nanhai.domain.cases import STEPS_OPEN_MAX, CaseFull, OtherTier, StepNotNow, StepNotYours, Tier, Way
from nanhai.policies import casework

from tests.domain.cases_world import BOOK, HOUR_S, MOVES, T0, opened, rules_of, seconds, stepped

TABLE = [
    (version, row)
    for version in casework.names()
    for row in json.loads(
        resources.files("nanhai.policies.casework").joinpath(f"{version}.cases.json").read_text("utf-8")
    )
]
OFFICERS = {
    Tier.COMMUNITY: Actor(Role.COMMUNITY_OFFICER, "a", "440605011001"),
    Tier.TOWN: Actor(Role.TOWN_OFFICER, "b", "440605011"),
    Tier.DISTRICT: Actor(Role.DISTRICT_COMMAND, "c", "440605"),
}
kinds = st.sampled_from(CaseKind)
moments = st.integers(min_value=0, max_value=400 * HOUR_S)
tiers = st.sampled_from(Tier)


@st.composite
def histories(draw):
    """An open case of any kind after any steps that its rules allow, each some time after the one before."""
    case, at = opened(draw(kinds)), T0
    for _ in range(draw(st.integers(min_value=0, max_value=6))):
        codes = [code for code, to in rules_of(case.kind).allowed(case.state).items() if to != CLOSED]
        code, at = draw(st.sampled_from(sorted(codes))), at + draw(st.integers(min_value=0, max_value=40 * HOUR_S))
        to = draw(tiers)
        if code not in MOVES:
            case = stepped(case, code, at)
        elif cases.can_go(case, Way(code), to, Tier.DISTRICT):
            case = stepped(case, code, at, to.value)
    return case, at


@pytest.mark.parametrize(("version", "row"), TABLE, ids=[f"{version}: {row['name']}" for version, row in TABLE])
def test_the_table_of_cases_that_ships_with_the_rules(version, row):
    assert version == BOOK.version
    rules, case = rules_of(row["kind"]), opened(row["kind"])
    history = [(T0, case)]
    for at, code, *told in row["steps"]:
        case = stepped(case, code, T0 + seconds(at), *told)
        history.append((T0 + seconds(at), case))
    for then in row["then"]:
        at = T0 + seconds(then["at"])
        known = [one for since, one in history if since <= at][-1]
        assert sorted(then["working"]) == sorted(cases.working(rules, known, at))
        assert then["overdue"] is cases.overdue(rules, known, at)
        if known.open:
            assert then["tier"] == cases.tier(rules, known, at)


@given(histories(), moments, moments)
def test_without_a_step_the_tier_only_rises_and_nobody_loses_a_case(history, some_s, more_s):
    case, at = history
    rules = rules_of(case.kind)
    early, late = at + some_s, at + some_s + more_s
    assert cases.working(rules, case, early) <= cases.working(rules, case, late)
    assert TIERS.index(cases.tier(rules, case, early)) <= TIERS.index(cases.tier(rules, case, late))


@given(histories(), moments)
def test_an_open_case_is_always_somebodys_and_whoever_answers_works_on_it(history, later_s):
    case, at = history
    rules = rules_of(case.kind)
    working = cases.working(rules, case, at + later_s)
    assert cases.tier(rules, case, at + later_s) in working


@given(histories())
def test_the_district_has_every_case_in_the_end(history):
    case, _ = history
    rules = rules_of(case.kind)
    at = case.clock_from + rules.escalates_s[Tier.DISTRICT]
    assert Tier.DISTRICT in cases.working(rules, case, at)


@given(histories(), moments, tiers)
def test_a_tier_has_a_case_from_since_on_and_not_a_second_before(history, later_s, tier):
    case, at = history
    rules = rules_of(case.kind)
    since = cases.since(rules, case, tier)
    for moment in (at + later_s, since, None if since is None else since - 1):
        if moment is not None:
            assert (tier in cases.working(rules, case, moment)) is (since is not None and since <= moment)


@given(histories(), st.sampled_from(Way), tiers)
def test_no_hand_over_takes_a_case_from_a_tier_that_the_time_has_brought_in(history, way, to):
    case, at = history
    rules = rules_of(case.kind)
    brought = {tier for tier in TIERS if (due := cases.escalates_at(rules, case, tier)) is not None and due <= at}
    if cases.can_go(case, way, to, Tier.DISTRICT):
        assert brought <= cases.working(rules, cases.handed(case, way, to, at), at)


@given(histories())
def test_escalations_are_told_once_each_and_in_order(history):
    case, at = history
    rules, told = rules_of(case.kind), []
    for _ in range(5):
        following = cases.next_escalation(rules, case)
        if following is None:
            break
        told.append(following)
        step = cases.Step(
            "escalated", max(at, following[1]), "system", "system", "", case.state, {"tier": following[0]}
        )
        case = cases.after(rules, case, step)
    assert cases.next_escalation(rules, case) is None
    assert [tier for tier, _ in told] == sorted({tier for tier, _ in told}, key=TIERS.index)
    assert [when for _, when in told] == sorted(when for _, when in told)


@pytest.mark.parametrize("kind", CaseKind)
def test_who_may_take_a_step_is_what_the_rules_say_for_every_role_state_and_step(kind):
    """Exhaustive: each state of the kind, each step of any kind, each role."""
    rules = rules_of(kind)
    for state in rules.states:
        case = replace(opened(kind), state=state, given=dict.fromkeys(TIERS, T0))
        for code, about in BOOK.kinds[kind].steps.items():
            for role in Role:
                allowed = code in rules.allowed(state) and role in about.roles
                actor = Actor(role, "x", "440605")
                if allowed:
                    cases.check_step(rules, case, code, about.use, actor, T0)
                else:
                    with pytest.raises((StepNotNow, StepNotYours)):
                        cases.check_step(rules, case, code, about.use, actor, T0)


@pytest.mark.parametrize("use", Use)
def test_a_step_is_taken_by_its_own_use_case_alone(use):
    rules = rules_of(CaseKind.APPEAL)
    officer = OFFICERS[Tier.TOWN]
    if use is Use.APPEAL:
        cases.check_step(rules, opened(CaseKind.APPEAL), "answered", use, officer, T0)
    else:
        with pytest.raises(StepNotNow):
            cases.check_step(rules, opened(CaseKind.APPEAL), "answered", use, officer, T0)


@pytest.mark.parametrize(
    ("tier", "at_s", "may"),
    [
        (Tier.COMMUNITY, 0, True),
        (Tier.TOWN, 0, False),
        (Tier.TOWN, 72 * HOUR_S - 1, False),
        (Tier.TOWN, 72 * HOUR_S, True),
        (Tier.DISTRICT, 96 * HOUR_S - 1, False),
        (Tier.DISTRICT, 96 * HOUR_S, True),
    ],
)
def test_a_tier_takes_steps_from_the_second_on_at_which_it_has_the_case(tier, at_s, may):
    rules, case = rules_of(CaseKind.VERIFY_YELLOW), opened(CaseKind.VERIFY_YELLOW)
    if may:
        cases.check_step(rules, case, "called", Use.STEP, OFFICERS[tier], T0 + at_s)
    else:
        with pytest.raises(OtherTier):
            cases.check_step(rules, case, "called", Use.STEP, OFFICERS[tier], T0 + at_s)


@pytest.mark.parametrize(
    ("holder", "way", "to", "by", "goes"),
    [
        ("community", Way.OVER, "town", "community", True),
        ("community", Way.OVER, "district", "community", True),
        ("community", Way.OVER, "community", "town", False),
        ("town", Way.OVER, "district", "town", True),
        ("town", Way.OVER, "district", "community", False),
        ("town", Way.TOGETHER, "district", "community", False),
        ("town", Way.BACK, "community", "town", True),
        ("town", Way.BACK, "community", "community", False),
        ("community", Way.BACK, "town", "town", False),
        ("community", Way.TOGETHER, "town", "community", True),
        ("community", Way.TOGETHER, "community", "community", False),
        ("community", Way.ALONE, "community", "community", False),
        ("community", Way.ALONE, "town", "community", False),
    ],
)
def test_where_a_case_can_go(holder, way, to, by, goes):
    case = replace(opened(CaseKind.HOME_VISIT), holder=Tier(holder), given={Tier(holder): T0})
    assert cases.can_go(case, way, Tier(to), Tier(by)) is goes


def test_a_case_that_is_handed_on_needs_somebody_anew():
    case = replace(opened(CaseKind.HOME_VISIT), assignee="officer-1")
    assert cases.handed(case, Way.OVER, Tier.TOWN, T0).assignee == ""
    assert cases.handed(case, Way.TOGETHER, Tier.TOWN, T0).assignee == "officer-1"


def test_a_full_case_can_only_be_closed():
    case = opened(CaseKind.HOME_VISIT)
    while len(case.steps) < STEPS_OPEN_MAX:
        case = stepped(case, "called", T0)
    rules, officer = rules_of(case.kind), OFFICERS[Tier.COMMUNITY]
    with pytest.raises(CaseFull):
        cases.check_step(rules, case, "called", Use.STEP, officer, T0)
    cases.check_step(rules, case, "closed", Use.STEP, officer, T0)
    assert cases.next_escalation(rules, case) is None
    assert STEPS_OPEN_MAX < STEPS_MAX
