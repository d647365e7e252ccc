"""What the apps of functions/ say of themselves is what functions.yaml says of them."""

from __future__ import annotations

import json

import pytest

from infra import functions
from infra.deploy import settings
from infra.functions import ROOT
from infra.local import apps

BATCH_MAX = 100
LARGE_BATCHES = {"index": 10_000}  # a cell has one segment for all of a batch
each = pytest.mark.parametrize("function", functions.load(), ids=lambda function: function.name)


def sources(function):
    return {source.name: source for source in apps.load(function.name).event_sources}


@each
def test_every_handler_has_its_kind_of_event(function):
    kinds = {name: type(source).__name__ for name, source in sources(function).items()}
    wanted = {
        handler.name: "DynamoDBEventConfig"
        if handler.stream
        else "SQSEventConfig"
        if handler.queue
        else "ScheduledEventConfig"
        for handler in function.handlers
    }
    assert kinds == wanted


def test_layers_have_one_source_each():
    """Two functions must not make the same layer, and none one of those that are under every function."""
    names = functions.layer_names(functions.load())
    assert names == ("dependencies", "nanhai", "sheets", "signals", "paper", "client")


@each
def test_a_folder_that_is_a_layer_lies_beside_its_app(function):
    assert all((ROOT / "functions" / function.name / folder).is_dir() for folder in function.folders.values())


@each
def test_a_stream_is_read_from_its_beginning_in_batches_of_a_bounded_size(function):
    for handler in (handler for handler in function.handlers if handler.stream):
        source = sources(function)[handler.name]
        assert source.starting_position == "TRIM_HORIZON"
        assert source.batch_size <= LARGE_BATCHES.get(handler.name, BATCH_MAX)


@each
def test_a_queue_is_worked_off_by_as_many_as_its_consumer_has_room_for(function):
    """A message that comes to a function without room is tried in vain, and after so many times set aside."""
    document = json.loads((settings.MERGE / f"{function.name}.json").read_text("utf-8"))
    for handler in (handler for handler in function.handlers if handler.queue):
        name = "".join(map(str.capitalize, handler.name.split("_")))
        events = document["Resources"][name]["Properties"]["Events"]
        told = events[f"{name}SqsEventSource"]["Properties"]["ScalingConfig"]["MaximumConcurrency"]
        assert told == handler.concurrency


@each
def test_what_is_throttled_is_every_route_and_some_by_themselves(function):
    """As CloudFormation writes paths: the initial slash, then ~1 for each of the path's own."""
    document = json.loads((settings.MERGE / f"{function.name}.json").read_text("utf-8"))
    every, *some = document["Resources"]["RestAPI"]["Properties"]["MethodSettings"]
    assert (every["ResourcePath"], every["HttpMethod"]) == ("/*", "*")
    routes = {(path, method) for path, methods in apps.load(function.name).routes.items() for method in methods}
    told = [(row["ResourcePath"][1:].replace("~1", "/") or "/", row["HttpMethod"]) for row in some]
    assert set(told) <= routes
    assert len(told) == len(set(told))


@each
def test_the_folder_is_a_chalice_project_that_plain_chalice_does_not_deploy(function):
    """Without a policy of its stage it refuses: `nanhai deploy` makes the project of a stage."""
    folder = ROOT / "functions" / function.name
    told = json.loads((folder / ".chalice" / "config.json").read_text("utf-8"))
    assert told == {"version": "2.0", "app_name": f"nanhai-{function.name}", "autogen_policy": False}
    lines = (folder / "requirements.txt").read_text("utf-8").splitlines()
    assert all(line.startswith("#") for line in lines)
