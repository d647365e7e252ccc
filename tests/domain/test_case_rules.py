"""Rules of casework are refused whole when a case could get stuck, or a word means nothing."""

from __future__ import annotations

import copy

import pytest
from nanhai.domain.actors import Role
from nanhai.domain.case_rules import CLOSED, CaseKind, CaseRulesBook, Tier, Use
from nanhai.domain.case_rules_reading import BadCaseRules, parse, reached
from nanhai.domain.days import HOUR_S
from nanhai.policies import casework
from nanhai.texts import LANGUAGES, loaded

BOOK = casework.shipped()
VERSION = "nanhai-casework-2020-03-01"
EVERY = [(rules, kind) for rules in BOOK.rules for kind in rules.kinds.values()]
each = pytest.mark.parametrize(("rules", "kind"), EVERY, ids=[f"{r.version}-{k.kind}" for r, k in EVERY])
HOME = ("kinds", "home-visit")
WELL = "/kinds/home-visit/outcomes/well"
AFTER = {"steps": ["called"], "times": 3, "not_for": ["town"]}


@each
def test_every_state_is_reached_and_ends(rules, kind):
    assert reached(kind.states, kind.begins) == set(kind.states)
    assert all(CLOSED in reached(kind.states, state) for state in kind.states)
    assert [state for state, steps in kind.states.items() if not steps] == [CLOSED]


@each
def test_every_outcome_can_be_had_and_every_state_that_ends_has_one(rules, kind):
    ends = {state for state, steps in kind.states.items() if CLOSED in steps.values()}
    assert all(outcome.states and outcome.states <= ends for outcome in kind.outcomes.values())
    assert set().union(*(outcome.states for outcome in kind.outcomes.values())) == ends


@each
def test_somebody_may_end_it_from_every_state_that_ends(rules, kind):
    for state, steps in kind.states.items():
        enders = [code for code, to in steps.items() if to == CLOSED]
        assert all(kind.steps[code].roles for code in enders), state


@each
def test_whoever_has_a_case_may_take_a_step_of_it_in_every_state(rules, kind):
    """No tier can have a case on its list that it can do nothing about."""
    roles = {Tier.COMMUNITY: Role.COMMUNITY_OFFICER, Tier.TOWN: Role.TOWN_OFFICER, Tier.DISTRICT: Role.DISTRICT_COMMAND}
    for state, steps in kind.states.items():
        for tier, role in roles.items():
            assert state == CLOSED or any(role in kind.steps[code].roles for code in steps), (state, tier)


@each
def test_clocks_are_those_that_were_published(rules, kind):
    if kind.kind is CaseKind.APPEAL:
        assert (kind.due_s, kind.limit_s, kind.escalates_s) == (8 * HOUR_S, 24 * HOUR_S, {Tier.DISTRICT: 8 * HOUR_S})
        return
    assert kind.escalates_s == {Tier.TOWN: 72 * HOUR_S, Tier.DISTRICT: 96 * HOUR_S}
    assert (kind.first, kind.due_s <= 72 * HOUR_S) == (Tier.COMMUNITY, True)


def test_a_yellow_is_cleared_by_a_clearance_and_an_appeal_upheld_by_a_correction():
    kinds = BOOK.get(VERSION).kinds
    assert kinds[CaseKind.VERIFY_YELLOW].outcomes["cleared"].rests_on == {"clearance"}
    assert kinds[CaseKind.ISOLATION].outcomes["released"].rests_on == {"release"}
    assert kinds[CaseKind.APPEAL].outcomes["upheld"].rests_on == {"correction"}


def test_what_ends_a_check_or_an_isolation_without_a_record_looks_at_the_pass_or_names_another_case():
    kinds = BOOK.get(VERSION).kinds
    for kind in (CaseKind.VERIFY_YELLOW, CaseKind.ISOLATION):
        groundless = [outcome for outcome in kinds[kind].outcomes.values() if not outcome.rests_on]
        assert groundless
        assert all(outcome.needs for outcome in groundless)


def test_an_appeal_stays_with_who_may_judge_it():
    steps = {code for own in BOOK.get(VERSION).kinds[CaseKind.APPEAL].states.values() for code in own}
    assert steps == {"assigned", "handed-over", "escalated", "evidence-added", "noted", "answered"}


def test_an_appeal_is_opened_by_no_officer_and_answered_nowhere_else():
    appeal = BOOK.get(VERSION).kinds[CaseKind.APPEAL]
    enders = {code for steps in appeal.states.values() for code, to in steps.items() if to == CLOSED}
    assert (appeal.opened_by, {appeal.steps[code].use for code in enders}) == (frozenset(), {Use.APPEAL})


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_step_and_outcome_has_a_text(language):
    told = set(loaded(language))
    for rules, kind in EVERY:
        words = {f"case.kind.{kind.kind}", *(f"case.step.{code}" for code in kind.steps)}
        words |= {f"case.outcome.{name}" for name in kind.outcomes}
        assert words <= told, rules.version


def changed(path, value):
    document = copy.deepcopy(casework.document(VERSION))
    place = document
    for name in path[:-1]:
        place = place[name]
    if value is None:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return document


@pytest.mark.parametrize(
    ("path", "value", "pointer", "code"),
    [
        (("more",), 1, "/more", "unknown-field"),
        (("version",), 7, "/version", "type"),
        (("valid_from",), "2020-03-01", "/valid_from", "instant"),
        (("kept_days",), 0, "/kept_days", "range"),
        (("kinds", "home-visit"), None, "/kinds/home-visit/states/closed", "no-end"),
        (("kinds", "tea-party"), {}, "/kinds/tea-party", "unknown"),
        (("steps", "called", "roles"), ["mayor"], "/steps/called/roles/mayor", "unknown"),
        (("steps", "called", "roles"), [], "/steps/called/roles", "nobody-or-the-system"),
        (("steps", "escalated", "roles"), ["hospital"], "/steps/escalated/roles", "nobody-or-the-system"),
        (("steps", "called", "takes"), ["money"], "/steps/called/takes/money", "unknown"),
        (("steps", "sung"), {"use": "step", "roles": ["hospital"], "takes": []}, "/steps/sung", "never-taken"),
        ((*HOME, "first"), "province", "/kinds/home-visit/first/province", "unknown"),
        ((*HOME, "due_h"), 721, "/kinds/home-visit/due_h", "range"),
        ((*HOME, "limit_h"), 3, "/kinds/home-visit/limit_h", "before-it-is-due"),
        ((*HOME, "escalates_h"), {"town": 72}, "/kinds/home-visit/escalates_h", "not-upwards"),
        ((*HOME, "escalates_h"), {"community": 1, "district": 9}, "/kinds/home-visit/escalates_h", "not-upwards"),
        ((*HOME, "escalates_h"), {"town": 96, "district": 72}, "/kinds/home-visit/escalates_h", "not-in-order"),
        ((*HOME, "begins"), "nowhere", "/kinds/home-visit/states/visited", "unreachable"),
        ((*HOME, "states", "dream"), {"closed": "closed"}, "/kinds/home-visit/states/dream", "unreachable"),
        ((*HOME, "states", "visited"), {}, "/kinds/home-visit/states/visited", "no-way-out"),
        ((*HOME, "states", "open", "called"), "limbo", "/kinds/home-visit/states/open/called", "unknown"),
        ((*HOME, "states", "open", "called"), "closed", "/kinds/home-visit/states/open/called", "outcome-and-end"),
        ((*HOME, "states", "open", "closed"), "open", "/kinds/home-visit/states/open/closed", "outcome-and-end"),
        ((*HOME, "outcomes"), {}, "/kinds/home-visit/states/open", "no-outcome"),
        (
            (*HOME, "outcomes", "well", "rests_on"),
            ["hearsay"],
            "/kinds/home-visit/outcomes/well/rests_on/hearsay",
            "unknown",
        ),
        ((*HOME, "outcomes", "well", "from"), ["closed"], "/kinds/home-visit/outcomes/well/from/closed", "unknown"),
        ((*HOME, "outcomes", "well", "because"), 1, "/kinds/home-visit/outcomes/well/because", "unknown-field"),
        ((*HOME, "outcomes", "well", "needs"), ["sun"], "/kinds/home-visit/outcomes/well/needs/sun", "unknown"),
        (
            (*HOME, "outcomes", "well", "needs"),
            ["negative"],
            "/kinds/home-visit/outcomes/well/needs/negative",
            "rests-on-nothing-such",
        ),
        ((*HOME, "outcomes", "well", "onward"), True, "/kinds/home-visit/outcomes/well/onward", "needs-nothing"),
        ((*HOME, "outcomes", "well", "health"), "yes", "/kinds/home-visit/outcomes/well/health", "type"),
        ((*HOME, "outcomes", "well", "after"), 3, "/kinds/home-visit/outcomes/well/after/steps", "words"),
        ((*HOME, "outcomes", "well", "after"), AFTER | {"times": 21}, f"{WELL}/after/times", "range"),
        ((*HOME, "outcomes", "well", "after"), AFTER | {"steps": ["sung"]}, f"{WELL}/after/steps/sung", "unknown"),
        ((*HOME, "outcomes", "well", "after"), AFTER | {"not_for": ["moon"]}, f"{WELL}/after/not_for/moon", "unknown"),
        ((*HOME, "restarts"), ["monitored"], "/kinds/home-visit/restarts/monitored", "unknown"),
        ((*HOME, "visible"), ["counselled"], "/kinds/home-visit/visible/counselled", "unknown"),
        ((*HOME, "visible"), 5, "/kinds/home-visit/visible", "words"),
    ],
)
def test_a_document_with_a_fault_is_refused_and_the_fault_named(path, value, pointer, code):
    with pytest.raises(BadCaseRules) as refused:
        parse(changed(path, value))
    assert (pointer, code) in {(fault.pointer, fault.code) for fault in refused.value.faults}


def test_rules_hold_from_their_date_and_a_case_keeps_to_its_own():
    later = parse(changed(("valid_from",), "2020-04-01T00:00:00+08:00") | {"version": "nanhai-casework-2020-04-01"})
    book = CaseRulesBook.of([later, *BOOK.rules])
    assert [book.in_force(at).version for at in (0, later.valid_from - 1, later.valid_from)] == [
        VERSION,
        VERSION,
        later.version,
    ]
    assert book.get(VERSION).kinds[CaseKind.APPEAL].version == VERSION
    with pytest.raises(LookupError):
        book.get("unheard-of")
