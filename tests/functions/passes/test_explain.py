"""Why a pass had its colour at an instant, and what it was told to be."""

from __future__ import annotations

import pytest
from nanhai.domain.records import Clearance, Release, Source

from tests.functions.passes.world import FEVER, rfc3339

HOUR_S, DAY_S = 3_600, 86_400


def explained(world, person, at=None):
    url = "/me/explanation" if at is None else f"/me/explanation?at={rfc3339(at)}"
    answer = world.ask("GET", url, person)
    assert answer.status == 200, answer.body
    return answer.json


def test_a_past_colour_comes_with_records_policy_and_text(world):
    person = world.person()
    tuesday = world.now + DAY_S
    world.now = tuesday
    record = world.add(person, FEVER)
    world.now += 7 * DAY_S
    world.add(person, world.order())
    assert world.colour(person) == "red"
    since, until = rfc3339(tuesday), rfc3339(tuesday + 14 * DAY_S)
    assert explained(world, person, tuesday + HOUR_S) == {
        "at": rfc3339(tuesday + HOUR_S),
        "colour": "yellow",
        "word": "Yellow",
        "policy": "nanhai-2020-03-01",
        "reasons": [
            {
                "code": "fever",
                "text": "A temperature of 37.3 °C or more, or fever, was declared.",
                "since": since,
                "until": until,
                "records": [
                    {
                        "record_id": record,
                        "class": "symptoms",
                        "happened_at": since,
                        "recorded_at": since,
                        "source": "citizen",
                        "legal_basis": "basis",
                        "fact": {"temperature_c": 37.6, "codes": ["fever"]},
                        "appealable": False,
                    }
                ],
            }
        ],
        "permits": [],
    }


def test_what_was_recorded_later_plays_no_part(world):
    person = world.person(FEVER)
    noon = world.now + 2 * HOUR_S
    world.now += 6 * HOUR_S
    order = world.add(person, world.order(starts_s=-5 * HOUR_S))
    assert explained(world, person, noon)["colour"] == "yellow"
    assert explained(world, person)["reasons"][0]["records"][0]["record_id"] == order


def test_now_is_explained_when_nothing_else_is_asked(world):
    person = world.person(FEVER)
    assert explained(world, person)["at"] == rfc3339(world.now)
    assert explained(world, person) == explained(world, person, world.now)


def test_an_early_release_is_among_the_records(world):
    person = world.person()
    order = world.add(person, world.order())
    world.now += DAY_S
    release = world.add(person, Release(order), source=Source.HEALTH_AUTHORITY)
    why = explained(world, person, world.now - 1)
    assert [record["record_id"] for record in why["reasons"][0]["records"]] == [order]
    assert (explained(world, person)["colour"], release != order) == ("green", True)


def test_a_clearance_in_force_is_told(world):
    person = world.person(FEVER)
    world.now += HOUR_S
    world.add(person, Clearance(("GATE-1",), world.now + HOUR_S))
    assert [permit["places"] for permit in explained(world, person)["permits"]] == [["GATE-1"]]
    assert explained(world, person, world.now - 1)["permits"] == []


def test_before_the_application_it_is_grey(world):
    why = explained(world, world.person(FEVER), world.now - 1)
    assert (why["colour"], why["reasons"]) == ("none", [])


def test_an_old_instant_is_explained_by_the_policy_of_its_day(world):
    assert explained(world, world.person(), 1_582_000_000)["policy"] == "nanhai-2020-02-17"


@pytest.mark.parametrize(
    ("at", "status", "code"),
    [
        ("2150-01-01T00:00:00Z", 422, "invalid"),
        ("1999-12-31T23:59:59Z", 422, "invalid"),
        ("0001-01-01T00:00:00%2B08:00", 422, "invalid"),
        ("2020-03-01T00:00:00", 400, "edge.type"),
        ("yesterday", 400, "edge.type"),
        ("", 400, "edge.type"),
    ],
)
def test_the_future_the_distant_past_and_what_is_no_instant_are_refused(world, at, status, code):
    answer = world.ask("GET", f"/me/explanation?at={at}", world.person())
    assert (answer.status, answer.code, answer.faults[0][0]) == (status, code, "/at")


def test_a_pass_with_an_unreadable_record_is_not_explained_by_the_others(world):
    person = world.person(FEVER)
    world.spoil(person)
    answer = world.ask("GET", "/me/explanation", person)
    assert (answer.status, answer.code) == (503, "records.unreadable")


def test_somebody_elses_pass_is_not_explained(world):
    assert world.ask("GET", f"/{world.person(FEVER)}/explanation", world.person()).code == "absent"


def test_the_history_tells_each_change_newest_first_page_by_page(world):
    person = world.person()
    world.project(person)
    for fact in (FEVER, world.order(starts_s=180, lasts_s=HOUR_S)):
        world.now += 60
        world.add(person, fact)
        world.project(person)
    world.now += 60
    world.project(person)
    first = world.ask("GET", "/me/history?limit=3", person).json
    rest = world.ask("GET", f"/me/history?limit=3&cursor={first['next']}", person).json
    told = [
        (change["colour"], change["reasons"], change["record_version"]) for change in first["changes"] + rest["changes"]
    ]
    assert told == [
        ("red", ["isolation", "fever"], 3),
        ("yellow", ["fever"], 3),
        ("yellow", ["fever"], 2),
        ("green", [], 1),
    ]
    assert (rest["next"], first["changes"][0]["word"]) == (None, "Red")


def test_a_page_of_ones_own_history_leads_into_nobody_elses(world):
    guardian, child = world.person(), world.person()
    world.guards(guardian, child)
    for person in (guardian, child):
        world.project(person)
        world.now += 60
        world.add(person, FEVER)
        world.project(person)
    cursor = world.ask("GET", "/me/history?limit=1", guardian).json["next"]
    assert cursor
    assert world.ask("GET", f"/{child}/history?limit=1&cursor={cursor}", guardian).code == "edge.cursor"
