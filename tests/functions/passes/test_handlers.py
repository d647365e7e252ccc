"""The functions behind the streams, the queue and the schedules, called as Lambda calls them."""

from __future__ import annotations

import json

import pytest
from nanhai.services.sweep import segments
from nanhai.store import counters, keys, passes

from infra import functions
from infra.local.apps import load
from infra.local.context import Context
from infra.local.scheduler import event as scheduled
from tests.functions.passes.world import FEVER, HERE
from tests.streams.feed import Feed
from tests.streams.queue import waiting


def call(name, event):
    return load("passes").handler_map[name](event, Context(name, 60.0))


def test_every_handler_that_is_deployed_is_there_and_no_other():
    (told,) = [function for function in functions.load() if function.name == "passes"]
    assert {source.name for source in load("passes").event_sources} == {handler.name for handler in told.handlers}


def test_from_a_record_to_the_counters(world, durable):
    feeds = {name: Feed(durable.streams[name]) for name in ("people", "passes")}
    world.person(FEVER)
    assert call("recolour", {"Records": feeds["people"].news()}) == {"batchItemFailures": []}
    assert call("follow", {"Records": feeds["passes"].news()}) == {"batchItemFailures": []}
    assert counters.colours([HERE[:9]])[HERE[:9]]["yellow"] == 1


def test_a_sweep_message(queued):
    person = queued.person()
    segments.sweep(queued.here, "test")
    records = [
        {"messageId": told["MessageId"], "body": told["Body"], "receiptHandle": "r", "attributes": told["Attributes"]}
        for told in waiting()
    ]
    assert [call("sweep", {"Records": [record]}) for record in records] == [{"batchItemFailures": []}] * len(records)
    assert passes.one(person)[1].colour_told == "green"


def test_the_review(world):
    person = world.person(world.order(lasts_s=60))
    world.project(person)
    world.now += 60
    assert call("review", scheduled("review", world.now)) is None
    assert passes.one(person)[1].colour_told == "green"


def test_the_rotation(world):
    version = keys.ring().version
    world.now += 86_400
    told = scheduled("rotate", world.now)
    assert call("rotate", told) is None
    assert keys.ring().version == version + 1
    assert world.audited("keys.rotate") == [(f"ring {version + 1}", "rotated")]


@pytest.mark.parametrize("name", ["recolour", "follow"])
def test_garbage_never_stops_a_stream(world, name, capsys):
    garbage = {"eventName": "MODIFY", "dynamodb": {"SequenceNumber": "1", "Keys": {"sk": {"S": "now"}}}}
    assert call(name, {"Records": [{}, garbage]})["batchItemFailures"] == []
    assert all(json.loads(line) for line in capsys.readouterr().out.splitlines())
