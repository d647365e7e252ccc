"""Applying makes a pass; applying again changes nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest
from nanhai.domain.records import Application, Correction, Source
from nanhai.store import people

from tests.functions.passes.world import FEVER


def applications(person) -> list:
    return [record for record in people.records(person) if isinstance(record.fact, Application)]


def test_whoever_applies_has_a_pass_at_once(world):
    person = world.person(applied=False)
    answer = world.ask("POST", "/me", person, body={"holder": "person"})
    assert (answer.status, answer.json) == (202, {"person_id": person, "holder": "person"})
    assert world.colour(person) == "green"
    (record,) = applications(person)
    assert (record.source, record.source_id, record.happened_at) == (Source.CITIZEN, person, world.now)


def test_applying_again_answers_the_same_and_writes_nothing(world):
    person = world.person(applied=False)
    answers = [world.ask("POST", "/me", person, body={"holder": "person"}) for _ in range(3)]
    assert {(answer.status, answer.body) for answer in answers} == {(202, answers[0].body)}
    assert len(applications(person)) == 1


def test_one_request_told_twice_is_one_application(world):
    person = world.person(applied=False)
    key = "k" * 20
    first, second = (world.ask("POST", "/me", person, body={"holder": "person"}, once=key) for _ in range(2))
    assert first.body == second.body
    assert len(applications(person)) == 1


def test_a_guardian_applies_for_a_dependant(world):
    guardian, child = world.person(), world.person(applied=False)
    world.guards(guardian, child)
    assert world.ask("POST", f"/{child}", guardian, body={"holder": "dependant"}).status == 202
    (record,) = applications(child)
    assert (record.person_id, record.source_id) == (child, guardian)
    assert world.shown(guardian, child)["colour"] == "green"


@pytest.mark.parametrize(("who", "holder"), [("me", "dependant"), ("child", "person")])
def test_the_holder_is_who_it_is(world, who, holder):
    guardian, child = world.person(applied=False), world.person(applied=False)
    world.guards(guardian, child)
    answer = world.ask("POST", f"/{child if who == 'child' else who}", guardian, body={"holder": holder})
    assert (answer.status, answer.faults) == (422, [("/holder", "passes.holder")])


def test_nobody_applies_for_a_stranger(world):
    assert world.ask("POST", f"/{world.person()}", world.person(), body={"holder": "dependant"}).status == 404


def test_a_withdrawn_application_can_be_made_again(world):
    person = world.person()
    (record,) = applications(person)
    withdrawal = world.record(person, Correction("by the holder's wish"), source=Source.COMMUNITY, at=world.now + 1)
    world.now += 1
    people.write_records(person, [replace(withdrawal, supersedes=record.record_id)], world.now)
    assert world.ask("GET", "/me", person).code == "passes.not-applied"
    world.now += 1
    assert world.ask("POST", "/me", person, body={"holder": "person"}).status == 202
    assert world.colour(person) == "green"


def test_a_known_pass_whose_records_cannot_be_read_is_not_applied_for_again(world):
    person = world.person(FEVER)
    world.project(person)
    world.spoil(person)
    assert world.ask("POST", "/me", person, body={"holder": "person"}).status == 202
    world.learn()
    assert len(applications(person)) == 1
