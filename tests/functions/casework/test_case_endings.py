"""A case ends once something answers it: who is held back is on somebody's list until a record says so, or time has."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from nanhai.domain.actors import Role
from nanhai.domain.cases import CaseKind
from nanhai.domain.records import Correction, Result, Source
from nanhai.policies import casework
from nanhai.store import casefiles, people
from nanhai.streams import escalate

from tests.functions.casework.desk import DAY_S, clearance, post
from tests.functions.casework.work import HOUR_S, hand, listed, opened, read, step
from tests.functions.checkpoints.stand import DISTRICT, FEVER, HERE, NEXT_DOOR, TOWN

OFFICERS = {
    "community": (Role.COMMUNITY_OFFICER, HERE),
    "town": (Role.TOWN_OFFICER, TOWN),
    "district": (Role.DISTRICT_COMMAND, DISTRICT),
    "health": (Role.HEALTH_AUTHORITY, DISTRICT),
}
GOES_ON = [("/outcome", "casework.hand-over-instead")]
TOO_LITTLE = [("/outcome", "casework.tried-too-little")]
ALWAYS = lambda: 60.0  # noqa: E731 - seconds that a run has left


@pytest.fixture
def officer(stand):
    """A token of the moved clock."""
    for name, (role, scope) in OFFICERS.items():
        stand.duty(role, scope, organisation=f"{name}-1", staff_id=name)
    return lambda name: stand.token_of(name, OFFICERS[name][0])


def end(stand, token, case_id, outcome, **more):
    return step(stand, token, case_id, "closed", outcome=outcome, **more)


def yellow(stand) -> tuple[str, str]:
    person = stand.person(FEVER, name="陈小明")
    return person, opened(stand, "verify-yellow", person=person)


def red(stand) -> tuple[str, str, str]:
    person = stand.person(name="陈小明")
    order = stand.add(person, stand.order())
    return person, opened(stand, "isolation", person=person), order


def of_person(stand, person, *, open_=True) -> list:
    return [case for case in casefiles.of_person(person, 50, stand.now, None)[0] if case.open is open_]


def onward(stand, person):
    (case,) = of_person(stand, person)
    return case


def withdraw(stand, person, record) -> None:
    last = people.records(person)[-1]
    wrong = Correction("entered wrongly")
    new = replace(last, record_id=stand.here.new_ulid(stand.now), recorded_at=stand.now, fact=wrong, supersedes=record)
    people.write_records(person, [replace(new, source=Source.HEALTH_AUTHORITY)], stand.now)


# tries


def test_a_community_gives_nobody_up_before_it_has_tried_three_times(stand, officer):
    _, case_id = yellow(stand)
    for code in ("not-met", "called", "noted"):
        assert end(stand, officer("community"), case_id, "not-reached").faults == TOO_LITTLE
        step(stand, officer("community"), case_id, code)
    assert end(stand, officer("community"), case_id, "not-reached").faults == TOO_LITTLE
    step(stand, officer("community"), case_id, "not-met")
    assert end(stand, officer("community"), case_id, "not-reached").status == 200


@pytest.mark.parametrize("name", ["town", "district", "health"])
def test_higher_offices_count_no_tries(stand, officer, name):
    _, case_id = yellow(stand)
    stand.now += 96 * HOUR_S
    assert end(stand, officer(name), case_id, "not-reached").status == 200


def test_who_was_visited_was_reached(stand, officer):
    _, case_id = yellow(stand)
    for code in ("not-met", "not-met", "not-met", "visited"):
        step(stand, officer("community"), case_id, code)
    refused = end(stand, officer("community"), case_id, "not-reached")
    assert refused.faults == [("/outcome", "casework.outcome-not-here")]


# what goes on


def test_who_is_not_reached_and_still_yellow_is_the_next_tiers_with_the_clock_running_on(stand, officer):
    person, case_id = yellow(stand)
    before = casefiles.get(case_id, stand.now)
    stand.now += 10 * HOUR_S
    for _ in range(3):
        step(stand, officer("community"), case_id, "not-met")
    assert end(stand, officer("community"), case_id, "not-reached").status == 200
    assert listed(stand, officer("community"), "?state=closed") == [case_id]
    next_ = onward(stand, person)
    assert (next_.chain, next_.origin, next_.clock_from) == (before.chain, f"case:{case_id}", before.clock_from)
    assert casefiles.get(case_id, stand.now).steps[-1].details == {"outcome": "not-reached", "case": next_.case_id}
    assert listed(stand, officer("town")) == [next_.case_id]
    assert step(stand, officer("community"), next_.case_id, "called").code == "casework.other-tier"
    stand.now = before.opened_at + 96 * HOUR_S - 1
    assert listed(stand, officer("district")) == []
    stand.now += 1
    assert listed(stand, officer("district")) == [next_.case_id]
    assert escalate.escalate(stand.here, ALWAYS) == 1


def test_the_district_gives_it_to_itself(stand, officer):
    person, case_id = yellow(stand)
    stand.now += 100 * HOUR_S
    for _ in range(3):
        assert end(stand, officer("district"), case_id, "not-reached").status == 200
        case_id = onward(stand, person).case_id
        assert listed(stand, officer("district")) == [case_id]


def test_a_repeated_closing_opens_one_case(stand, officer):
    person, case_id = yellow(stand)
    stand.now += 72 * HOUR_S
    known = casefiles.get(case_id, stand.now).version
    answers = [end(stand, officer("town"), case_id, "not-reached", at_version=known, once="e" * 32) for _ in range(2)]
    assert answers[0].json == answers[1].json
    assert len(of_person(stand, person)) == 1


def test_once_the_colour_has_ended_nobody_has_to_go_on(stand, officer):
    person, case_id = yellow(stand)
    stand.now += 60
    stand.add(person, Result(False, "nucleic-acid"), Source.HOSPITAL)
    stand.now += 72 * HOUR_S
    assert end(stand, officer("town"), case_id, "not-reached").status == 200
    assert of_person(stand, person) == []


def test_a_cause_is_over_when_nothing_holds_the_pass_yellow(stand, officer):
    person, case_id = yellow(stand)
    assert end(stand, officer("community"), case_id, "cause-over").faults == GOES_ON
    stand.now += 60
    stand.add(person, Result(False, "nucleic-acid"), Source.HOSPITAL)
    assert end(stand, officer("community"), case_id, "cause-over").status == 200


def test_under_a_red_a_yellow_goes_on(stand, officer):
    person, case_id = yellow(stand)
    stand.add(person, stand.order())
    assert end(stand, officer("community"), case_id, "cause-over").faults == GOES_ON


@pytest.mark.parametrize("kind", ["verify-yellow", "isolation", "home-visit"])
@pytest.mark.parametrize("held", ["yellow", "red", ""])
def test_who_moves_away_is_handed_over_while_yellow_or_ordered_to_stay(stand, officer, kind, held):
    person = stand.person(*([FEVER] if held == "yellow" else []))
    if held == "red":
        stand.add(person, stand.order())
    case_id = opened(stand, kind, person=person)
    answer = end(stand, officer("community"), case_id, "moved-away")
    assert answer.status == (422 if held else 200)
    if held:
        assert answer.faults == GOES_ON
        assert hand(stand, officer("community"), case_id, "handed-over", "town").status == 200


@pytest.mark.parametrize("outcome", ["not-ordered", "moved-away", "order-over"])
def test_daily_care_ends_by_no_word_alone_while_the_order_is_in_force(stand, officer, outcome):
    _, case_id, order = red(stand)
    more = {"record": order} if outcome == "order-over" else {}
    if more:
        step(stand, officer("community"), case_id, "started")
    assert end(stand, officer("community"), case_id, outcome, **more).faults == GOES_ON
    stand.now += 14 * DAY_S
    assert end(stand, officer("community"), case_id, outcome, **more).status == 200


# records that answer


@pytest.mark.parametrize(("positive", "status"), [(True, 422), (False, 200)])
def test_tested_negative_rests_on_a_negative_test(stand, officer, positive, status):
    person, case_id = yellow(stand)
    stand.now += 60
    record = stand.add(person, Result(positive, "nucleic-acid"), Source.HOSPITAL)
    assert end(stand, officer("community"), case_id, "tested-negative", record=record).status == status


def test_isolated_rests_on_an_order_that_holds_now(stand, officer):
    person, case_id = yellow(stand)
    order = stand.add(person, stand.order(days=1))
    stand.now += DAY_S
    refused = end(stand, officer("community"), case_id, "isolated", record=order)
    assert refused.faults == [("/record", "casework.record-no-ground")]
    assert end(stand, officer("community"), case_id, "isolated", record=stand.add(person, stand.order())).status == 200


def test_a_clearance_that_was_withdrawn_answers_nothing(stand, officer, guard):
    person, case_id = yellow(stand)
    step(stand, officer("community"), case_id, "called")
    body = clearance(stand, person, evidence=case_id)
    written = post(stand, officer("community"), "/clearances", body).json["record_id"]
    stand.now += 60
    withdraw(stand, person, written)
    refused = end(stand, officer("community"), case_id, "cleared", record=written)
    assert refused.faults == [("/record", "casework.record-no-ground")]


# opened twice


def test_what_was_opened_twice_names_the_other_open_case_which_tells_of_it(stand, officer):
    person, case_id = yellow(stand)
    other = opened(stand, "verify-yellow", person=person)
    assert end(stand, officer("community"), case_id, "opened-twice", other=other).status == 200
    assert casefiles.get(case_id, stand.now).steps[-1].details == {"outcome": "opened-twice", "case": other}
    last = read(stand, officer("community"), other)["steps"][-1]
    assert (last["code"], last["details"]) == ("noted", {"case": case_id})
    back = end(stand, officer("community"), other, "opened-twice", other=case_id)
    assert back.faults == [("/other", "casework.other-case-unfit")]


def test_no_other_case_will_do(stand, officer):
    person, case_id = yellow(stand)
    _, of_another = yellow(stand)
    visit = opened(stand, "home-visit", person=person)
    for other in (case_id, of_another, visit, "unheard-of"):
        refused = end(stand, officer("community"), case_id, "opened-twice", other=other)
        assert refused.faults == [("/other", "casework.other-case-unfit")]
    refused = end(stand, officer("community"), case_id, "opened-twice")
    assert refused.faults == [("/other", "casework.other-case-needed")]
    refused = step(stand, officer("community"), case_id, "called", other=visit)
    assert refused.faults == [("/other", "casework.step-takes-it-not")]


def test_about_nobody_it_is_one_of_the_same_community(stand, officer):
    here, also, there = (opened(stand, "disinfection", community=where) for where in (HERE, HERE, NEXT_DOOR))
    assert end(stand, officer("community"), here, "opened-twice", other=there).status == 422
    assert end(stand, officer("community"), here, "opened-twice", other=also).status == 200


def test_of_two_that_name_each_other_at_once_one_stays_open(stand, officer, monkeypatch):
    person, one = yellow(stand)
    other = opened(stand, "verify-yellow", person=person)
    seen = casefiles.get(one, stand.now)
    assert end(stand, officer("community"), one, "opened-twice", other=other).status == 200
    real = casefiles.get
    with monkeypatch.context() as patched:
        patched.setattr(casefiles, "get", lambda id_, now: seen if id_ == one else real(id_, now))
        refused = post(
            stand,
            officer("community"),
            f"/cases/{other}/steps",
            {"version": real(other, stand.now).version, "step": "closed", "outcome": "opened-twice", "other": one},
        )
    assert (refused.status, refused.code) == (409, "casework.case-changed")
    assert real(other, stand.now).open


# the law


ANSWERS = {"cleared", "isolated", "tested-negative", "entered-wrongly", "released", "admitted"}
LAW = [
    (kind, outcome, name)
    for kind, name in itertools.product((CaseKind.VERIFY_YELLOW, CaseKind.ISOLATION), ("community", "health"))
    for outcome in casework.shipped().rules[-1].kinds[kind].outcomes
    if outcome not in ANSWERS
]


@pytest.mark.parametrize(("kind", "outcome", "name"), LAW)
def test_who_is_held_back_stays_on_the_lists_whatever_is_said_without_a_record(stand, officer, kind, outcome, name):
    """Exhaustive: each outcome that no record answers, whoever says it, from every state; then the clock moves."""
    states = casework.shipped().rules[-1].kinds[kind].outcomes[outcome].states
    persons = []
    for state in sorted(states):
        person, case_id, record = (*yellow(stand), None) if kind is CaseKind.VERIFY_YELLOW else red(stand)
        for code in {"contacted": ["called"], "checked": ["visited"], "running": ["started"]}.get(state, []):
            assert step(stand, officer("community"), case_id, code).status == 200
        for _ in range(2):
            step(stand, officer("community"), case_id, "not-met")
        more = {"record": record} if outcome == "order-over" else {}
        if outcome == "opened-twice":
            more = {"other": opened(stand, kind.value, person=person)}
        end(stand, officer(name), case_id, outcome, **more)
        persons.append(person)
    began = stand.now
    for hours, tier in ((0, None), (72, "town"), (96, "district")):
        stand.now = began + hours * HOUR_S
        for person in persons:
            work = {case.case_id for case in of_person(stand, person)}
            assert work
            assert tier is None or work <= set(listed(stand, officer(tier)))
