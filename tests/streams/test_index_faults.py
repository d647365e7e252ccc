"""The index stream when something breaks, comes in between, or means nothing: nothing is lost and nobody else waits."""

from __future__ import annotations

import pytest
from botocore.exceptions import ReadTimeoutError
from nanhai.domain.days import day_begins
from nanhai.domain.records import Correction
from nanhai.services.sweep import quarantine
from nanhai.services.trajectories import staying
from nanhai.store import people, presence, sightings
from nanhai.streams import index, redrive

from tests.items import item
from tests.streams.sighted import (
    DONE,
    HOME,
    STATION,
    WUHAN_CELL,
    at_home,
    away,
    candidates,
    person_day,
    phone_of,
    stays,
    there,
    visit,
)

ONE, OTHER = phone_of(1), phone_of(2)
LOST = ReadTimeoutError(endpoint_url="https://dynamodb.invalid")


def kept(now=0) -> list:
    return quarantine.listed("sightings", 100, now)[0]


def test_a_record_that_comes_in_between_is_kept_and_the_stay_is_recorded_once(told, monkeypatch):
    person = told.linked(ONE)
    original, late = people.facts_of, [True]

    def facts_of(head):
        found = original(head)
        if late:
            late.pop()
            told.world.add(person, Correction("meanwhile"))
        return found

    monkeypatch.setattr(people, "facts_of", facts_of)
    told.load(away(ONE, told.today - 3))
    told.indexed()
    assert len(stays(person)) == 1
    assert sorted(r.fact.name for r in people.records(person)) == ["application", "correction", "residence", "stay"]


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("where", [(staying, "send"), (presence, "write"), (sightings, "note_stays")])
def test_killed_anywhere_and_delivered_again_it_is_as_if_nothing_had_happened(told, monkeypatch, where, late):
    person = told.linked(ONE)
    day = told.today - 3
    told.load(away(ONE, day))
    with monkeypatch.context() as patched:
        original = getattr(*where)

        def dying(*arguments):
            if late:
                original(*arguments)
            raise LOST

        patched.setattr(*where, dying)
        news = told.news()
        assert index.handle({"Records": news})["batchItemFailures"] != []
    assert index.handle({"Records": news}) == DONE
    told.indexed()
    assert len(stays(person)) == 1
    assert len(presence.around(day, WUHAN_CELL, told.world.now)) == 1
    told.load(at_home(ONE, day, sequence=2))
    told.indexed()
    assert stays(person) == []


GARBAGE = {
    "no image": {"Keys": item(phone=ONE, row="day#2999-02-20#000000000101")},
    "no day": {"Keys": item(phone=ONE, row="day#yesterday#1"), "NewImage": item(phone=ONE, row="day#yesterday#1")},
    "no phone": {"Keys": item(row="day#2999-02-20#000000000101")},
    "keys of numbers": {"Keys": item(phone=1, row=2)},
}


@pytest.mark.parametrize("garbage", GARBAGE.values(), ids=GARBAGE)
def test_garbage_is_set_aside_whole_and_sealed_and_the_rest_is_applied(told, garbage):
    person = told.linked(ONE)
    told.load(away(ONE, told.today - 3))
    news = told.news()
    poison = {"eventName": "INSERT", "dynamodb": {"SequenceNumber": "9", **garbage}}
    assert index.handle({"Records": [news[0], poison, *news[1:]]}) == DONE
    assert len(stays(person)) == 1
    (aside,) = kept()
    assert quarantine.opened(told.world.here, aside) == poison
    assert ONE.encode() not in aside.payload
    assert redrive.redrive(told.world.here, "sightings", 10) == (0, 1)


@pytest.mark.parametrize("garbled", [b"", b"\x02", b"\x01abc", b"\x01" + bytes(14)])
def test_visits_that_mean_nothing_are_set_aside_and_a_later_revision_is_not_held_up(told, garbled):
    person = told.linked(ONE)
    day = told.today - 3
    told.load(sightings.PersonDay(ONE, day, 101, garbled, told.world.now), away(OTHER, day))
    told.indexed()
    assert len(kept()) == 1
    told.load(away(ONE, day, sequence=2))
    told.indexed()
    assert len(stays(person)) == 1
    assert {phone for phone, *_ in candidates(day, WUHAN_CELL, told.world.now)} == {ONE, OTHER}


@pytest.mark.parametrize(("ago", "lasts"), [(3, 11), (0, 14), (14, 0), (-9, 14)])
def test_what_is_set_aside_of_a_day_is_read_no_longer_than_the_day(told, ago, lasts):
    told.load(sightings.PersonDay(ONE, told.today - ago, 101, b"", told.world.now))
    told.indexed()
    ends = day_begins(told.today + lasts + 1)
    (aside,) = kept(ends - 1)
    assert (aside.expires_at, kept(ends)) == (ends, [])


def test_what_names_no_day_is_kept_as_long_as_one_of_today(told):
    nothing = {"eventName": "INSERT", "dynamodb": {"SequenceNumber": "9", **GARBAGE["no day"]}}
    assert index.handle({"Records": [nothing]}) == DONE
    assert [aside.expires_at for aside in kept()] == [day_begins(told.today + 15)]


def test_a_person_whose_records_cannot_be_read_waits_in_quarantine_and_others_do_not(told):
    persons = [told.linked(ONE), told.linked(OTHER)]
    told.indexed()
    told.world.spoil(persons[0])
    told.load(away(ONE, told.today - 3), away(OTHER, told.today - 3))
    told.indexed()
    assert len(stays(persons[1])) == 1
    assert [aside.why for aside in kept()] == ["Poison"]
    told.world.learn()
    assert redrive.redrive(told.world.here, "sightings", 10) == (1, 0)
    assert len(stays(persons[0])) == 1


def test_what_can_never_be_written_is_found_and_the_others_are(told, monkeypatch):
    from botocore.exceptions import ClientError

    original = presence.write

    def write(segments):
        found = list(segments)
        if any(segment.cell == STATION for segment in found):
            raise ClientError({"Error": {"Code": "ValidationException"}}, "BatchWriteItem")
        original(found)

    monkeypatch.setattr(presence, "write", write)
    day = told.today - 1
    told.load(
        *(at_home(phone_of(number), day) for number in range(9)),
        person_day(phone_of(9), day, visit(day, 1, 2, cell=STATION)),
    )
    told.indexed()
    assert {entry.phone for entry in there(day, HOME, told.world.now)} == {phone_of(number) for number in range(9)}
    assert len(kept()) == 1
