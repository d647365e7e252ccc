"""Nothing has to run for a pass to be right: no stream, no schedule. What cannot be read is grey, never a colour."""

from __future__ import annotations

from dataclasses import replace

import pytest
from nanhai.domain.policy import PolicyBook
from nanhai.store import passes
from nanhai.store.connection import client, table_name

from tests.functions.passes.conftest import operations
from tests.functions.passes.world import FEVER, WELL


def test_a_pass_is_shown_with_one_request(world, requests):
    person = world.person()
    world.project(person)
    requests.clear()
    world.shown(person)
    assert operations(requests) == ["BatchGetItem"]


def test_so_are_its_tokens_and_before_the_stream_has_done_anything(world, requests):
    person = world.person(FEVER)
    requests.clear()
    assert world.ask("GET", "/me/tokens", person).status == 200
    assert operations(requests) == ["BatchGetItem"]


def test_a_declared_fever_shows_at_once_though_no_stream_has_run(world):
    person = world.person()
    world.project(person)
    world.ask("POST", "/me/declarations", person, body={"temperature_c": 37.6, "symptoms": []})
    assert passes.one(person)[1].colour_told == "green"
    assert world.colour(person) == "yellow"


@pytest.mark.parametrize("projected", [True, False])
def test_an_order_ends_at_its_second_though_nothing_runs(world, projected):
    order = world.order(lasts_s=3_600 + 7)
    person = world.person(order)
    if projected:
        world.project(person)
    seen = []
    for at in range(order.until - 2, order.until + 2):
        world.now = at
        seen.append(world.colour(person))
    assert seen == ["red", "red", "green", "green"]


def test_an_order_begins_at_its_second_too(world):
    order = world.order(starts_s=100)
    person = world.person(order)
    world.project(person)
    seen = []
    for at in (order.since - 1, order.since):
        world.now = at
        seen.append(world.colour(person))
    assert seen == ["green", "red"]


def test_another_policy_counts_from_its_first_second_on(world, monkeypatch):
    person = world.person(region="430102")
    world.project(person)
    older, newer = world.here.policies.policies
    begins = world.now + 60
    tomorrow = replace(newer, version="tomorrow", valid_from=begins, green_regions=("43",))
    book = replace(world.here, policies=PolicyBook.of([older, newer, tomorrow]))
    monkeypatch.setattr("functions.passes.app.platform", lambda: book)
    seen = []
    for at in (begins - 1, begins):
        world.now = at
        shown = world.shown(person)
        seen.append((shown["colour"], shown["policy"]))
    assert seen == [("blue", newer.version), ("green", "tomorrow")]


@pytest.mark.parametrize("fact", [WELL, FEVER])
@pytest.mark.parametrize("projected", [True, False])
def test_a_record_that_cannot_be_read_makes_the_pass_grey(world, fact, projected):
    """It may be an order, it may be a release: nobody knows, so nobody is told a colour."""
    person = world.person(fact)
    if projected:
        world.project(person)
    world.spoil(person)
    shown = world.shown(person)
    assert (shown["colour"], shown["verdict"], shown["reasons"]) == ("none", "cannot-verify", [])
    assert {slot["token"] for slot in world.ask("GET", "/me/tokens", person).json["slots"]} == {None}
    world.learn()
    assert world.colour(person) in {"green", "yellow"}


def test_a_stored_pass_that_cannot_be_read_is_made_anew_by_the_reader(world):
    person = world.person(FEVER)
    world.project(person)
    world.garble(person)
    assert world.colour(person) == "yellow"


def test_a_pass_without_a_person_is_none(world):
    person = world.person()
    world.project(person)
    client().delete_item(TableName=table_name("people"), Key={"person_id": {"S": person}, "sk": {"S": "head"}})
    assert world.ask("GET", "/me", person).code == "passes.not-applied"
