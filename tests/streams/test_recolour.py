"""The stream of people: who changed gets the pass that the records give, whatever else is in the batch."""

from __future__ import annotations

import pytest
from botocore.exceptions import ReadTimeoutError
from nanhai.domain.colour import Colour
from nanhai.services.sweep import quarantine
from nanhai.store import passes, people
from nanhai.store.writes import send
from nanhai.streams import rebuild, recolour, redrive

from tests.functions.passes.conftest import operations
from tests.functions.passes.world import FEVER, HERE, OTHER_TOWN, WELL
from tests.streams.feed import Feed, head_changed

DONE = {"batchItemFailures": []}


def handled(*persons) -> dict:
    return recolour.handle({"Records": [head_changed(person, str(n)) for n, person in enumerate(persons, 1)]})


def told(person) -> tuple:
    stored = passes.one(person)[1]
    return stored.colour_told.value, stored.record_version


def kept(stream="people") -> list:
    return quarantine.listed(stream, 100, 0)[0]


def test_a_change_gives_the_pass_that_the_records_give(world):
    person = world.person()
    assert handled(person) == DONE
    assert told(person) == ("green", 1)
    world.now += 60
    world.add(person, FEVER)
    assert handled(person) == DONE
    assert told(person) == ("yellow", 2)


def test_the_real_stream_drives_it(world, durable):
    feed = Feed(durable.streams["people"])
    persons = [world.person(FEVER), world.person()]
    assert recolour.handle({"Records": feed.news()}) == DONE
    assert [told(person)[0] for person in persons] == ["yellow", "green"]
    world.add(persons[1], world.order())
    assert recolour.handle({"Records": feed.news()}) == DONE
    assert told(persons[1])[0] == "red"


def test_a_batch_without_a_change_of_colour_is_one_request_and_no_write(world, requests):
    persons = [world.person() for _ in range(50)]
    handled(*persons)
    world.now += 60
    for person in persons:
        world.add(person, WELL)
    requests.clear()
    assert handled(*persons) == DONE
    assert operations(requests) == ["BatchGetItem"]
    assert {told(person) for person in persons} == {("green", 1)}


def test_a_changed_person_costs_one_write_and_one_look_more_for_all(world, requests):
    persons = [world.person() for _ in range(25)]
    handled(*persons)
    world.now += 60
    for person in persons:
        world.add(person, FEVER if person in persons[:2] else WELL)
    requests.clear()
    handled(*persons)
    assert operations(requests) == ["BatchGetItem", *["TransactWriteItems"] * 2, "BatchGetItem"]


def test_a_person_who_is_named_many_times_is_looked_at_once(world, requests):
    person = world.person()
    requests.clear()
    handled(*[person] * 100)
    assert operations(requests) == ["BatchGetItem", "TransactWriteItems", "BatchGetItem"]


def test_delivered_again_it_changes_nothing(world):
    person = world.person(FEVER)
    handled(person)
    before = passes.one(person), passes.past(person, 10)
    world.now += 60
    assert handled(person, person) == DONE
    assert (passes.one(person), passes.past(person, 10)) == before


def test_who_has_not_applied_or_is_not_there_gets_no_pass(world):
    person = world.person(applied=False)
    assert handled(person, world.here.new_person_id()) == DONE
    assert passes.one(person)[1] is None


@pytest.mark.parametrize("sk", ["record#symptoms#1#2", "profile", "link#x"])
def test_what_is_no_head_is_nobodys_change(world, requests, sk):
    change = head_changed(world.person())
    change["dynamodb"]["Keys"]["sk"]["S"] = sk
    requests.clear()
    assert recolour.handle({"Records": [change]}) == DONE
    assert requests == []


def test_an_erased_head_is_nobodys_change(world, requests):
    change = head_changed(world.person()) | {"eventName": "REMOVE"}
    requests.clear()
    assert recolour.handle({"Records": [change]}) == DONE
    assert requests == []


@pytest.mark.parametrize(
    "garbage",
    [
        {},
        {"eventName": "MODIFY", "dynamodb": {"SequenceNumber": "9", "Keys": {"sk": {"S": "head"}}}},
        {"eventName": "MODIFY", "dynamodb": {"SequenceNumber": "9", "Keys": {"sk": {"N": "1"}}}},
        {"eventName": "REPLACE", "dynamodb": {"SequenceNumber": "9", "Keys": {}}},
        head_changed("", "9"),
    ],
)
def test_garbage_is_set_aside_whole_and_sealed_and_the_rest_is_applied(world, garbage):
    persons = [world.person() for _ in range(3)]
    changes = [head_changed(person, str(n)) for n, person in enumerate(persons, 1)]
    assert recolour.handle({"Records": [changes[0], garbage, *changes[1:]]}) == DONE
    assert {told(person) for person in persons} == {("green", 1)}
    (aside,) = kept()
    assert quarantine.opened(world.here, aside) == garbage
    assert b"head" not in aside.payload
    assert redrive.redrive(world.here, "people", 10) == (0, 1)


def test_an_unreadable_record_turns_only_its_own_pass_grey_and_waits_in_quarantine(world):
    persons = [world.person() for _ in range(5)]
    handled(*persons)
    world.now += 60
    for person in persons:
        world.add(person, FEVER)
    world.spoil(persons[2])
    assert handled(*persons) == DONE
    assert [told(person)[0] for person in persons] == ["yellow", "yellow", "none", "yellow", "yellow"]
    assert [aside.why for aside in kept()] == ["Poison"]
    assert redrive.redrive(world.here, "people", 10) == (0, 1)
    world.learn()
    assert redrive.redrive(world.here, "people", 10) == (1, 0)
    assert told(persons[2])[0] == "yellow"
    assert kept() == []


def test_an_unreadable_record_of_who_has_no_pass_makes_none(world):
    person = world.person(applied=False)
    world.spoil(person)
    assert handled(person) == DONE
    assert passes.one(person)[1] is None
    assert len(kept()) == 1


def test_a_grey_pass_is_not_put_again_and_again(world, requests):
    person = world.person()
    handled(person)
    world.spoil(person)
    handled(person)
    world.now += 60
    requests.clear()
    handled(person)
    assert operations(requests) == ["BatchGetItem", "PutItem"]  # the one put is that of the quarantine
    assert len(passes.past(person, 10)[0]) == 2


@pytest.mark.parametrize(
    "wrong",
    [{"timeline": "{"}, {"timeline": "[]"}, {"colour_told": "purple"}, {"record_version": "x"}, {"told_since": ""}],
)
def test_a_pass_that_cannot_be_read_is_made_anew_and_the_others_beside_it(world, wrong):
    persons = [world.person() for _ in range(7)]
    handled(*persons)
    world.garble(persons[3], **wrong)
    world.now += 60
    for person in persons:
        world.add(person, FEVER)
    assert handled(*persons) == DONE
    assert {told(person) for person in persons} == {("yellow", 2)}
    assert kept() == []


def test_another_community_is_another_pass(world):
    person = world.person(community=HERE)
    handled(person)
    send([people.move(person, OTHER_TOWN, world.now)])
    handled(person)
    assert passes.one(person)[1].community == OTHER_TOWN


def test_a_record_that_arrives_between_look_and_put_is_not_lost(world, monkeypatch):
    person = world.person()
    original, todo = rebuild.look, [lambda: world.add(person, FEVER)]

    def look(persons):
        seen = original(persons)
        if todo:
            todo.pop()()
        return seen

    monkeypatch.setattr(rebuild, "look", look)
    assert handled(person) == DONE
    assert told(person) == ("yellow", 2)


@pytest.mark.parametrize("late", [True, False])
def test_a_lost_answer_brings_only_that_person_again(world, monkeypatch, late):
    persons = [world.person() for _ in range(3)]
    original = passes.put_pass

    def put_pass(new, old):
        if new.person_id != persons[1]:
            return original(new, old)
        if late:
            original(new, old)
        raise ReadTimeoutError(endpoint_url="https://dynamodb.invalid")

    with monkeypatch.context() as patched:
        patched.setattr(passes, "put_pass", put_pass)
        answer = handled(*persons)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "2"}]}
    assert [told(person)[0] for person in (persons[0], persons[2])] == ["green", "green"]
    assert kept() == []
    assert handled(*persons) == DONE
    assert told(persons[1]) == ("green", 1)


def test_passes_that_others_keep_writing_come_again(world, monkeypatch):
    monkeypatch.setattr(passes, "put_pass", lambda new, old: False)
    assert handled(world.person()) == {"batchItemFailures": [{"itemIdentifier": "1"}]}


def test_within_one_second_and_against_a_fast_clock_the_version_rises(world):
    person = world.person()
    world.now += 60
    handled(person)
    first = passes.one(person)[1]
    world.spoil(person)
    handled(person)
    world.learn()
    world.now -= 30
    handled(person)
    grey_then_green = passes.one(person)[1]
    assert (grey_then_green.colour_told, grey_then_green.record_version) == (Colour.GREEN, 2)
    assert grey_then_green.computed_at > first.computed_at


def test_nothing_that_a_log_line_says_names_a_person(world, capsys):
    person = world.person()
    world.spoil(person)
    handled(person)
    said = capsys.readouterr().out
    assert '"event":"quarantined"' in said
    assert person not in said
    assert "aura" not in said
