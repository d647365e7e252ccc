"""Full-chain tracking: from the first case to the release, with the records that were written on the way."""

from __future__ import annotations

from nanhai.domain.actors import Role
from nanhai.domain.records import Release
from nanhai.store import people

from tests.functions.casework.desk import clearance, get, post
from tests.functions.casework.work import asked, opened, step
from tests.functions.checkpoints.stand import FEVER, HERE, NEXT_DOOR, TOWN


def chain(stand, token, case_id) -> dict:
    answer = get(stand, token, f"/cases/{case_id}/chain")
    assert answer.status == 200, answer.body
    return answer.json


def test_a_chain_tells_every_step_and_every_record_in_the_order_of_time(stand, community, guard):
    person = stand.person(FEVER, name="陈小明")
    first = opened(stand, "verify-yellow", person=person)
    stand.now += 60
    step(stand, community, first, "visited")
    stand.now += 60
    written = post(stand, community, "/clearances", clearance(stand, person, evidence=first)).json["record_id"]
    stand.now += 60
    step(stand, community, first, "closed", outcome="cleared", record=written)
    stand.now += 60
    second = asked(stand, community, person_id=person, kind="isolation", follows=first)
    order = stand.add(person, stand.order())
    stand.now += 60
    step(stand, community, second, "started", record=order)
    stand.now += 60
    released = stand.add(person, Release(order))
    step(stand, community, second, "closed", outcome="released", record=released)
    told = chain(stand, community, second)
    assert (told["chain"], [case["case_id"] for case in told["cases"]], told["cut"]) == (first, [first, second], False)
    assert [(entry["case_id"], entry["what"], entry["code"]) for entry in told["timeline"]] == [
        (first, "step", "opened"),
        (first, "step", "visited"),
        (first, "record", "clearance"),
        (first, "step", "closed"),
        (second, "step", "opened"),
        (second, "record", "isolation"),
        (second, "step", "started"),
        (second, "step", "closed"),
        (second, "record", "release"),
    ]
    assert chain(stand, community, first)["timeline"] == told["timeline"]


def test_everyone_in_a_chain_is_told_who_looked(stand, community):
    one, other = stand.person(name="陈小明"), stand.person(name="李四")
    first = opened(stand, "verify-yellow", person=one)
    asked(stand, community, person_id=other, follows=first)
    chain(stand, community, first)
    assert [len(people.accesses(person, 10)[0]) for person in (one, other)] == [1, 1]


def test_a_chain_that_crosses_a_border_is_told_as_far_as_one_sees(stand, community):
    town = stand.duty(Role.TOWN_OFFICER, TOWN)
    first = opened(stand)
    second = asked(stand, town, community=NEXT_DOOR, kind="disinfection", follows=first)
    assert [case["case_id"] for case in chain(stand, community, first)["cases"]] == [first]
    assert [case["case_id"] for case in chain(stand, town, first)["cases"]] == [first, second]
    assert all(case["community"] == HERE for case in chain(stand, community, first)["cases"])


def test_the_records_of_another_case_are_not_in_the_chain(stand, community, guard):
    person = stand.person(FEVER, name="陈小明")
    first = opened(stand, "verify-yellow", person=person)
    post(stand, community, "/clearances", clearance(stand, person, evidence="visit 12"))
    assert [entry["what"] for entry in chain(stand, community, first)["timeline"]] == ["step"]
