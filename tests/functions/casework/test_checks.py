"""Clearances, releases and results: each a record whose effect is seen at the gate."""

from __future__ import annotations

import pytest
from nanhai.domain.actors import Role
from nanhai.domain.records import Clearance
from nanhai.store import people

from tests.functions.casework.desk import DAY_S, clearance, get, isolation, post, release, result
from tests.functions.casework.work import referred, step
from tests.functions.checkpoints.stand import (
    DISTRICT,
    FEVER,
    GATE,
    HERE,
    NEXT_DOOR,
    OTHER_GATE,
    TOWN,
    rfc3339,
)


def test_a_community_lets_a_yellow_holder_pass_at_one_gate(stand, community, guard):
    stand.gate(OTHER_GATE)
    person = stand.person(FEVER)
    assert stand.verdict(guard, stand.shown(person)) == "hold"
    stand.now += 1
    written = post(stand, community, "/clearances", clearance(stand, person))
    assert written.status == 201
    other = stand.guard(OTHER_GATE)
    assert [stand.verdict(who, stand.shown(person)) for who in (guard, other)] == ["admit-temporary", "hold"]
    (record,) = [record for record in people.records(person) if isinstance(record.fact, Clearance)]
    assert (record.record_id, record.source, record.source_id) == (
        written.json["record_id"],
        "community",
        "community-1/officer-1",
    )
    assert ("clearance.write", person, "asked") in stand.audited()


@pytest.mark.parametrize("facts", [(), ("order",)], ids=["green", "red"])
def test_a_clearance_lifts_yellow_and_nothing_else(stand, community, guard, facts):
    person = stand.person(*(stand.order() for _ in facts))
    before = stand.verdict(guard, stand.shown(person))
    post(stand, community, "/clearances", clearance(stand, person))
    assert stand.verdict(guard, stand.shown(person)) == before != "admit-temporary"


def test_every_place_and_time_that_cannot_be_is_named(stand, community):
    stand.gate(GATE)
    body = clearance(
        stand,
        stand.person(FEVER),
        places=[GATE, HERE, "GATE-9", NEXT_DOOR, TOWN, DISTRICT],
        until=rfc3339(stand.now + 15 * DAY_S),
    )
    refused = post(stand, community, "/clearances", body)
    assert (refused.status, refused.faults) == (
        422,
        [
            ("/places/2", "casework.place-unknown"),
            ("/places/3", "casework.place-unknown"),
            ("/places/4", "casework.place-unknown"),
            ("/places/5", "casework.place-unknown"),
            ("/until", "casework.clearance-too-long"),
        ],
    )
    over = post(stand, community, "/clearances", body | {"places": [HERE], "until": rfc3339(stand.now)})
    assert over.faults == [("/until", "casework.already-over")]


def test_a_gate_next_door_is_no_place_of_this_office(stand, community, town):
    stand.gate(GATE, NEXT_DOOR)
    body = clearance(stand, stand.person(FEVER), places=[GATE])
    assert post(stand, community, "/clearances", body).faults == [("/places/0", "casework.place-unknown")]
    assert post(stand, town, "/clearances", body).status == 201


def test_no_order_is_released_by_guess_while_a_record_cannot_be_read(stand, health):
    person = stand.person()
    order = stand.add(person, stand.order())
    stand.spoil(person)
    refused = post(stand, health, "/releases", release(person, order))
    assert (refused.status, refused.code) == (503, "records.unreadable")


def test_a_person_out_of_scope_is_absent_with_the_same_answer_as_nobody(stand, community, health):
    stand.gate(GATE)
    stranger, nobody = stand.person(FEVER, community=NEXT_DOOR), stand.here.new_person_id()
    answers = [
        answer
        for person in (stranger, nobody)
        for answer in (
            post(stand, community, "/clearances", clearance(stand, person)),
            post(stand, community, "/isolations", isolation(stand, person)),
            get(stand, community, f"/persons/{person}/records"),
        )
    ]
    assert {(answer.status, answer.body) for answer in answers} == {(404, answers[0].body)}
    assert post(stand, health, "/releases", release(nobody, "01ARZ3NDEKTSV4RRFFQ69G5FAV")).body == answers[0].body
    assert ("clearance.write", "", "absent") in stand.audited()
    assert ("person.records", stranger, "absent") in stand.audited()


def test_an_officer_clears_nobody_who_is_themself(stand):
    stand.gate(GATE)
    person = stand.person(FEVER)
    own = stand.duty(Role.COMMUNITY_OFFICER, person=person)
    refused = post(stand, own, "/clearances", clearance(stand, person))
    assert (refused.status, refused.code) == (403, "casework.on-oneself")
    assert ("clearance.write", "", "casework.on-oneself") in stand.audited()


def test_a_release_ends_the_order_at_once_and_once(stand, health, guard):
    person = stand.person()
    order = stand.add(person, stand.order())
    assert stand.verdict(guard, stand.shown(person)) == "refuse"
    stand.now += 60
    released = post(stand, health, "/releases", release(person, order))
    assert released.status == 201
    assert stand.verdict(guard, stand.shown(person)) == "admit"
    again = post(stand, health, "/releases", release(person, order))
    assert (again.status, again.code) == (409, "casework.order-ended")


def test_only_an_order_of_this_person_that_still_runs_is_released(stand, health):
    person = stand.person()
    order, fever = stand.add(person, stand.order(days=1)), stand.add(person, FEVER)
    for wrong in (stand.add(stand.person(), stand.order()), fever):
        refused = post(stand, health, "/releases", release(person, wrong))
        assert (refused.status, refused.faults) == (422, [("/order", "casework.order-unknown")])
    stand.now += DAY_S
    over = post(stand, stand.token_of("doctor-1", Role.HEALTH_AUTHORITY), "/releases", release(person, order))
    assert over.code == "casework.order-ended"


@pytest.fixture
def hospital(stand) -> str:
    return stand.duty(Role.HOSPITAL, DISTRICT, organisation="hospital-1", staff_id="nurse-1")


def test_a_hospitals_negative_result_ends_a_fever_and_a_positive_one_holds(stand, community, hospital, guard):
    person, told = referred(stand, community, "hospital-1", FEVER)[0], []
    for positive in (False, True):
        stand.now += 60
        assert post(stand, hospital, "/results", result(stand, person, positive=positive)).status == 201
        told.append(stand.verdict(guard, stand.shown(person)))
    assert told == ["admit", "hold"]


def test_a_hospital_writes_the_results_of_those_who_were_referred_to_it_and_of_nobody_else(stand, community, hospital):
    other = stand.duty(Role.HOSPITAL, DISTRICT, organisation="hospital-2")
    nowhere = stand.duty(Role.HOSPITAL, DISTRICT, organisation="")
    person, _ = referred(stand, community, "hospital-1", FEVER)
    stranger = stand.person(FEVER)
    asked = [(other, person), (nowhere, person), (nowhere, stranger), (hospital, stranger)]
    answers = [post(stand, token, "/results", result(stand, who)) for token, who in asked]
    assert {(answer.status, answer.code) for answer in answers} == {(404, "absent")}
    assert post(stand, hospital, "/results", result(stand, person)).status == 201


@pytest.mark.parametrize(("after_s", "status"), [(30 * DAY_S, 201), (30 * DAY_S + 1, 404)])
def test_for_thirty_days_a_hospital_adds_to_what_was_closed(stand, community, hospital, after_s, status):
    person, case_id = referred(stand, community, "hospital-1")
    assert step(stand, community, case_id, "closed", outcome="declined").status == 200
    stand.now += after_s
    nurse = stand.token_of("nurse-1", Role.HOSPITAL)
    assert post(stand, nurse, "/results", result(stand, person)).status == status


def test_the_health_authority_writes_a_result_without_a_referral(stand, health):
    assert post(stand, health, "/results", result(stand, stand.person(FEVER))).status == 201


def test_a_sample_is_neither_of_the_future_nor_of_long_ago(stand, community, hospital):
    person, _ = referred(stand, community, "hospital-1")
    faults = []
    for taken_at in (stand.now + 1, stand.now - 30 * DAY_S - 1):
        refused = post(stand, hospital, "/results", result(stand, person, taken_at=rfc3339(taken_at)))
        faults += refused.faults
    assert faults == [("/taken_at", "casework.in-the-future"), ("/taken_at", "casework.too-long-ago")]


WRITERS = {
    "/clearances": {Role.COMMUNITY_OFFICER, Role.TOWN_OFFICER},
    "/releases": {Role.HEALTH_AUTHORITY},
    "/results": {Role.HEALTH_AUTHORITY, Role.HOSPITAL},
}


def test_each_record_is_written_by_its_own_offices_only_and_other_attempts_are_audited(stand):
    for path, writers in WRITERS.items():
        for role in set(Role) - writers - {Role.ANONYMOUS, Role.CITIZEN, Role.ENTERPRISE}:
            refused = post(stand, stand.duty(role, DISTRICT, gate=GATE), path, {})
            assert (refused.status, refused.code) == (403, "edge.forbidden"), (path, role)
    outcomes = {outcome for _, _, outcome in stand.audited()}
    assert outcomes == {"edge.forbidden"}
