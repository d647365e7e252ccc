"""The pass as its holder sees it."""

from __future__ import annotations

import pytest
from nanhai.domain.records import Clearance, IdentityLink

from tests.functions.passes.world import FEVER, rfc3339

DAY_S = 86_400


def test_a_green_pass_in_full(world):
    person = world.person()
    world.project(person)
    began = rfc3339(world.now)
    world.now += 60
    assert world.shown(person) == {
        "person_id": person,
        "colour": "green",
        "word": "Green",
        "shape": "circle",
        "verdict": "admit",
        "since": began,
        "until": None,
        "reasons": [],
        "permits": [],
        "policy": "nanhai-2020-03-01",
        "record_version": 1,
        "as_of": rfc3339(world.now),
        "server_time": rfc3339(world.now),
    }


def test_a_reason_says_what_and_from_when_to_when(world):
    person = world.person(FEVER)
    shown = world.shown(person)
    since, until = rfc3339(world.now), rfc3339(world.now + 14 * DAY_S)
    assert (shown["colour"], shown["shape"], shown["verdict"], shown["until"]) == ("yellow", "triangle", "hold", until)
    assert shown["reasons"] == [
        {
            "code": "fever",
            "text": "A temperature of 37.3 °C or more, or fever, was declared.",
            "since": since,
            "until": until,
        }
    ]


@pytest.mark.parametrize(("language", "word"), [("en", "Yellow"), ("zh-CN", "黄码")])
def test_the_word_is_in_the_language_of_the_reader(world, language, word):
    shown = world.ask("GET", "/me", world.person(FEVER), headers={"Accept-Language": language}).json
    assert shown["word"] == word
    assert shown["reasons"][0]["text"]


@pytest.mark.parametrize(
    ("facts", "region", "colour", "shape", "verdict"),
    [
        ((), "440605", "green", "circle", "admit"),
        ((), "430102", "blue", "square", "admit"),
        ((IdentityLink("420106"),), "420106", "yellow", "triangle", "hold"),
    ],
)
def test_each_colour_has_its_shape_and_verdict(world, facts, region, colour, shape, verdict):
    shown = world.shown(world.person(*facts, region=region))
    assert (shown["colour"], shown["shape"], shown["verdict"]) == (colour, shape, verdict)


def test_an_order_is_red_and_refused(world):
    shown = world.shown(world.person(world.order()))
    assert (shown["colour"], shown["shape"], shown["verdict"]) == ("red", "octagon", "refuse")
    assert [reason["code"] for reason in shown["reasons"]] == ["isolation"]


def test_without_a_proved_residence_the_pass_is_grey(world):
    shown = world.shown(world.person(proven=False))
    assert (shown["colour"], shown["word"], shown["shape"]) == ("none", "No colour", "dash")
    assert (shown["verdict"], shown["reasons"]) == ("cannot-verify", [])


def test_a_clearance_is_shown_while_it_matters(world):
    until = world.now + DAY_S
    person = world.person(FEVER)
    world.now += 1
    world.add(person, Clearance(("GATE-1",), until))
    (permit,) = world.shown(person)["permits"]
    assert permit == {"places": ["GATE-1"], "since": rfc3339(world.now), "until": rfc3339(until)}
    world.now = until
    assert world.shown(person)["permits"] == []


def test_who_has_not_applied_is_told_so(world):
    answer = world.ask("GET", "/me", world.person(applied=False))
    assert (answer.status, answer.code) == (404, "passes.not-applied")


def test_somebody_elses_pass_is_absent_and_a_dependants_is_not(world):
    guardian, child, stranger = world.person(FEVER), world.person(), world.person()
    world.guards(guardian, child, days=1)
    assert world.shown(guardian, child)["colour"] == "green"
    assert [world.ask("GET", f"/{who}", guardian).code for who in (stranger, "nobody", "x.y")] == ["absent"] * 3
    assert world.ask("GET", f"/{guardian}", child).code == "absent"
    world.now += DAY_S
    assert world.ask("GET", f"/{child}", guardian).code == "absent"


def test_ones_own_id_is_me(world):
    person = world.person()
    assert world.shown(person, person) == world.shown(person)
