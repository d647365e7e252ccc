"""From an operator's file to the colour of a pass, by the functions that are deployed, called as Lambda calls them."""

from __future__ import annotations

import json

import pytest
from nanhai.store import passes, sightings

from infra.functions import ROOT
from infra.local.apps import load
from infra.local.context import Context
from infra.local.scheduler import event as scheduled
from tests.functions.passes.world import world
from tests.streams.feed import Feed
from tests.streams.sighted import DONE, Signalling, away, phone_of

__all__ = ["world"]

ONE = phone_of(1)


def call(name, event, function="trajectories"):
    return load(function).handler_map[name](event, Context(name, 240.0))


@pytest.fixture
def told(world, durable) -> Signalling:
    return Signalling(world, Feed(durable.streams["sightings"]))


def test_from_a_day_in_an_affected_city_to_a_yellow_pass(told, durable):
    person = told.world.person()
    told.link(ONE, person)
    told.load(away(ONE, told.today - 2))
    assert call("index", {"Records": told.news()}) == DONE
    assert call("recolour", {"Records": Feed(durable.streams["people"]).news()}, "passes") == DONE
    assert passes.one(person)[1].colour_told.value == "yellow"


def test_the_forgetting(told):
    told.load(away(ONE, told.today - 20))
    assert call("forget", scheduled("forget", told.world.now)) is None
    assert sightings.scan(0, 1) == ([], None)


def test_a_batch_is_as_large_as_a_stream_gives_and_what_fails_is_told_singly():
    (source,) = [source for source in load("trajectories").event_sources if source.name == "index"]
    merged = json.loads((ROOT / "infra" / "merge" / "trajectories.json").read_text("utf-8"))
    told = merged["Resources"]["Index"]["Properties"]["Events"]["IndexDynamodbEventSource"]["Properties"]
    assert (source.batch_size, source.starting_position) == (10_000, "TRIM_HORIZON")
    assert (told["FunctionResponseTypes"], told["BisectBatchOnFunctionError"]) == (["ReportBatchItemFailures"], True)
