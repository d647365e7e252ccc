"""Declaring one's health: everything wrong is said at once, nothing improves."""

from __future__ import annotations

import pytest
from nanhai.domain.records import SYMPTOMS, Source, Symptoms
from nanhai.store import people

from tests.functions.passes.world import FEVER

HOUR_S = 3_600


def declarations(person) -> list:
    return [record for record in people.records(person) if isinstance(record.fact, Symptoms)]


@pytest.mark.parametrize(
    ("body", "fact", "colour"),
    [
        ({"temperature_c": 37.6, "symptoms": ["fever"]}, Symptoms(37.6, ("fever",)), "yellow"),
        ({"temperature_c": 37.3, "symptoms": []}, Symptoms(37.3, ()), "yellow"),
        ({"temperature_c": 37.2, "symptoms": []}, Symptoms(37.2, ()), "green"),
        ({"temperature_c": None, "symptoms": ["fever"]}, Symptoms(None, ("fever",)), "yellow"),
        ({"temperature_c": None, "symptoms": []}, Symptoms(None, ()), "green"),
        ({"temperature_c": 35, "symptoms": ["cough", "cough"]}, Symptoms(35.0, ("cough",)), "green"),
        ({"temperature_c": 42.0, "symptoms": sorted(SYMPTOMS)}, Symptoms(42.0, tuple(sorted(SYMPTOMS))), "yellow"),
    ],
)
def test_what_is_declared_is_a_record_of_the_citizen(world, body, fact, colour):
    person = world.person()
    answer = world.ask("POST", "/me/declarations", person, body=body)
    assert answer.status == 201
    (record,) = declarations(person)
    assert (record.record_id, record.fact, record.source) == (answer.json["record_id"], fact, Source.CITIZEN)
    assert world.colour(person) == colour


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        ({"temperature_c": 34.9, "symptoms": []}, [("/temperature_c", "passes.temperature")]),
        ({"temperature_c": 42.1, "symptoms": []}, [("/temperature_c", "passes.temperature")]),
        (
            {"temperature_c": 0, "symptoms": ["cough", "hunger", "love"]},
            [
                ("/temperature_c", "passes.temperature"),
                ("/symptoms/1", "passes.symptom"),
                ("/symptoms/2", "passes.symptom"),
            ],
        ),
    ],
)
def test_all_that_is_wrong_is_said_at_once_and_nothing_is_written(world, body, faults):
    person = world.person()
    answer = world.ask("POST", "/me/declarations", person, body=body)
    assert (answer.status, answer.faults) == (422, faults)
    assert declarations(person) == []


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"temperature_c": 37.0},
        {"temperature_c": "37.0", "symptoms": []},
        {"temperature_c": True, "symptoms": []},
        {"temperature_c": None, "symptoms": "fever"},
        {"temperature_c": None, "symptoms": ["cough"] * 21},
        {"temperature_c": None, "symptoms": [], "colour": "green"},
    ],
)
def test_what_has_not_the_form_is_refused(world, body):
    assert world.ask("POST", "/me/declarations", world.person(), body=body).status == 400


def test_declaring_to_be_well_ends_no_fever(world):
    person = world.person(FEVER)
    world.now += HOUR_S
    world.ask("POST", "/me/declarations", person, body={"temperature_c": 36.5, "symptoms": []})
    assert world.colour(person) == "yellow"


def test_who_has_not_applied_yet_can_declare(world):
    person = world.person(applied=False)
    assert world.ask("POST", "/me/declarations", person, body={"temperature_c": 38, "symptoms": []}).status == 201


def test_a_guardian_declares_for_a_dependant(world):
    guardian, child = world.person(), world.person()
    world.guards(guardian, child)
    world.ask("POST", f"/{child}/declarations", guardian, body={"temperature_c": 38.5, "symptoms": []})
    assert (world.shown(guardian, child)["colour"], world.colour(guardian)) == ("yellow", "green")


def test_a_person_declares_so_often_in_a_day_and_no_oftener(world):
    person, body = world.person(), {"temperature_c": 36.6, "symptoms": []}
    statuses = [world.ask("POST", "/me/declarations", person, body=body).status for _ in range(26)]
    assert statuses == [201] * 24 + [429] * 2
    assert world.ask("POST", "/me/declarations", world.person(), body=body).status == 201


def test_a_declaration_told_twice_is_one(world):
    person, body = world.person(), {"temperature_c": 38, "symptoms": []}
    first, again = (world.ask("POST", "/me/declarations", person, body=body, once="k" * 16) for _ in range(2))
    other = world.ask("POST", "/me/declarations", person, body=body | {"temperature_c": 37}, once="k" * 16)
    assert (first.status, first.body, other.code) == (201, again.body, "edge.idempotency-key-reused")
    assert len(declarations(person)) == 1


def test_whoever_is_nobody_declares_nothing(world):
    answer = world.ask(
        "POST", "/me/declarations", world.here.new_person_id(), body={"temperature_c": 38, "symptoms": []}
    )
    assert answer.code == "absent"
