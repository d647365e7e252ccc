"""The stream of sightings: who was where can be looked up by the place, and stays in affected areas become records."""

from __future__ import annotations

from itertools import permutations

import pytest
from nanhai.domain.days import day_begins
from nanhai.domain.records import Correction, Source
from nanhai.services.trajectories import indexing, staying
from nanhai.store import passes, people, presence, sightings
from nanhai.store.connection import client, table_name
from nanhai.streams import index

from tests.functions.passes.conftest import operations
from tests.streams.sighted import (
    DONE,
    FOSHAN,
    HOME,
    HUANGGANG,
    HUANGGANG_CELL,
    JIANGAN,
    STATION,
    WUHAN,
    WUHAN_CELL,
    at_home,
    away,
    candidates,
    person_day,
    phone_of,
    recoloured,
    stays,
    there,
    visit,
)

ONE, OTHER, THIRD = phone_of(1), phone_of(2), phone_of(3)


def everything(told) -> dict:
    """What lies in the two tables that the index writes."""
    return {
        table: sorted(repr(sorted(row.items())) for row in client().scan(TableName=table_name(table))["Items"])
        for table in ("presence", "people")
    }


def test_a_trip_turns_the_pass_yellow_through_the_streams_alone_and_the_reason_names_city_and_days(told, people_feed):
    person = told.linked(ONE)
    recoloured(people_feed)
    assert told.world.colour(person) == "green"
    first = told.today - 5
    told.load(at_home(ONE, first - 1), away(ONE, first, 9, 24), away(ONE, first + 1, 0, 24), away(ONE, first + 2, 0, 7))
    told.indexed()
    recoloured(people_feed)
    assert passes.one(person)[1].colour_told.value == "yellow"
    (reason,) = told.world.ask("GET", "/me/explanation", person).json["reasons"]
    since, until = sightings.date_of(first), sightings.date_of(first + 2)
    assert reason["text"] == f"There was a stay in an affected area: Wuhan, {since} to {until}."
    assert [record["class"] for record in reason["records"]] == ["stay"] * 3
    chinese = {"Accept-Language": "zh-CN"}
    (reason,) = told.world.ask("GET", "/me/explanation", person, headers=chinese).json["reasons"]
    assert reason["text"] == f"有疫情重点地区停留史：{since}至{until}在武汉市。"


def test_days_that_do_not_follow_each_other_and_several_cities_are_told_apart(told):
    person = told.linked(ONE)
    day = told.today - 9
    told.load(away(ONE, day), away(ONE, day + 3), person_day(ONE, day + 5, visit(day + 5, 1, 9, HUANGGANG)))
    told.indexed()
    told.world.project(person)
    texts = [reason["text"] for reason in told.world.ask("GET", "/me/explanation", person).json["reasons"]]
    assert texts == [
        f"There was a stay in an affected area: {city}, {sightings.date_of(day + after)}."
        for city, after in (("Wuhan", 0), ("Wuhan", 3), ("Huanggang", 5))
    ]


def test_the_cities_of_one_finding_are_named_one_after_another(told):
    person = told.linked(ONE)
    day = told.today - 5
    told.load(
        person_day(ONE, day, visit(day, 8, 24, WUHAN)),
        person_day(ONE, day + 1, visit(day + 1, 0, 9, WUHAN), visit(day + 1, 9, 24, HUANGGANG)),
        person_day(ONE, day + 2, visit(day + 2, 0, 5, HUANGGANG), visit(day + 2, 5, 24, WUHAN)),
    )
    told.indexed()
    told.world.project(person)
    (reason,) = told.world.ask("GET", "/me/explanation", person).json["reasons"]
    dates = [sightings.date_of(day + after) for after in range(3)]
    assert reason["text"] == (
        f"There was a stay in an affected area: Wuhan, {dates[0]} to {dates[1]}. "
        f"There was a stay in an affected area: Huanggang, {dates[1]} to {dates[2]}. "
        f"There was a stay in an affected area: Wuhan, {dates[2]}."
    )


def test_the_record_says_who_told_it_and_on_what_ground(told):
    person = told.linked(ONE)
    day = told.today - 2
    told.load(away(ONE, day, 8, 20))
    told.indexed()
    (record,) = [r for r in people.records(person) if r.fact.name == "stay"]
    assert (record.source, record.source_id) == (Source.OPERATOR, "signalling")
    assert (record.fact.region, record.fact.since - day_begins(day), record.fact.until - day_begins(day)) == (
        "4201",
        8 * 3_600,
        20 * 3_600,
    )
    assert (record.happened_at, record.recorded_at) == (record.fact.since, told.world.now)
    assert ONE not in repr(record)


def test_whoever_was_together_in_a_cell_is_found_by_the_place_and_the_day(told):
    day = told.today - 1
    told.load(at_home(ONE, day), at_home(OTHER, day), at_home(OTHER, day - 1), away(THIRD, day))
    told.indexed()
    assert {phone for phone, _, _ in candidates(day, HOME, told.world.now)} == {ONE, OTHER, THIRD}
    assert {phone for phone, _, _ in candidates(day - 1, HOME, told.world.now)} == {OTHER}
    begins = day_begins(day)
    assert candidates(day, WUHAN_CELL, told.world.now) == {(THIRD, begins + 8 * 3_600, begins + 20 * 3_600)}
    assert candidates(day, STATION, told.world.now) == set()


def test_a_cell_costs_one_segment_for_all_of_a_batch(told):
    day = told.today - 1
    told.load(*(at_home(phone_of(number), day) for number in range(300)))
    told.indexed()
    assert len(presence.around(day, HOME, told.world.now)) == 1
    assert len(there(day, HOME, told.world.now)) == 300


def test_delivered_again_it_leaves_every_table_as_it_is(told):
    told.linked(ONE)
    day = told.today - 4
    told.load(away(ONE, day), at_home(OTHER, day), away(ONE, day, sequence=2, until_h=11))
    told.indexed()
    before = everything(told)
    told.world.now += 600
    assert index.handle({"Records": told.told}) == DONE
    assert everything(told) == before


@pytest.mark.parametrize("order", [*permutations(range(3))])
def test_days_that_come_out_of_order_give_the_same_stays(told, order):
    person = told.linked(ONE)
    day = told.today - 6
    days = [away(ONE, day, 20, 24), away(ONE, day + 1, 0, 24), away(ONE, day + 2, 0, 3)]
    for number in order:
        told.load(days[number])
        told.indexed()
    begins = day_begins(day)
    assert [(since - begins, until - begins) for _, since, until in stays(person)] == [
        (20 * 3_600, 24 * 3_600),
        (24 * 3_600, 48 * 3_600),
        (48 * 3_600, 51 * 3_600),
    ]
    assert len(people.records(person)) == 5  # application, residence and three stays: nothing had to be taken back


def test_a_stay_that_midnight_cuts_counts_as_one(told, people_feed):
    person = told.linked(ONE)
    day = told.today - 3
    told.load(away(ONE, day, 21.5, 24), away(ONE, day + 1, 0, 2))
    told.indexed()
    recoloured(people_feed)
    assert told.world.colour(person) == "yellow"


def test_less_than_the_minimum_is_no_record(told):
    person = told.linked(ONE)
    told.load(away(ONE, told.today - 3, 10, 13.5))
    told.indexed()
    assert stays(person) == []


def test_who_registers_after_the_trip_has_the_stays_too(told, people_feed):
    told.load(away(ONE, told.today - 14), away(ONE, told.today - 2), away(OTHER, told.today - 2))
    told.indexed()
    person = told.linked(ONE)
    told.indexed()
    recoloured(people_feed)
    assert len(stays(person)) == 2
    assert told.world.colour(person) == "yellow"


def test_who_has_not_registered_has_no_records_and_an_erased_person_none(told):
    told.load(away(ONE, told.today - 2))
    told.link(OTHER, told.world.here.new_person_id())
    told.load(away(OTHER, told.today - 2))
    told.indexed()
    assert client().scan(TableName=table_name("people"))["Items"] == []


def test_the_fifteenth_day_is_nobodys_any_more(told):
    person = told.linked(ONE)
    told.load(away(ONE, told.today - 15), away(ONE, told.today - 14))
    told.indexed()
    assert [since for _, since, _ in stays(person)] == [day_begins(told.today - 14) + 8 * 3_600]
    assert presence.around(told.today - 15, HOME, 0) == []
    told.world.now += 86_400
    told.load(at_home(ONE, told.today - 2))
    told.indexed()
    assert len(stays(person)) == 1  # forgotten is not taken back


def test_more_stays_than_one_transaction_holds_are_all_recorded(told, monkeypatch):
    monkeypatch.setattr(staying, "RECORDS_PER_WRITE_MAX", 3)
    person = told.linked(ONE)
    told.load(*(away(ONE, told.today - ago) for ago in range(1, 15)))
    told.indexed()
    assert len(stays(person)) == 14
    told.load(*(at_home(ONE, told.today - ago, sequence=2) for ago in range(1, 15)))
    told.indexed()
    assert stays(person) == []


def test_a_head_that_is_full_goes_on_with_the_records(told):
    person = told.linked(ONE)
    for _ in range(95):
        told.world.add(person, Correction("x"))
    told.load(away(ONE, told.today - 5), away(ONE, told.today - 3))
    told.indexed()
    assert people.head(person).trimmed
    assert len(stays(person)) == 2
    told.load(at_home(ONE, told.today - 5, sequence=2))
    told.indexed()
    assert len(stays(person)) == 1


def test_who_stays_at_home_costs_one_look_at_whose_phone_it_is(told, requests):
    told.linked(ONE)
    told.indexed()
    told.load(at_home(ONE, told.today - 1), at_home(OTHER, told.today - 1))
    news = told.news()
    requests.clear()
    assert index.handle({"Records": news}) == DONE
    assert operations(requests).count("BatchGetItem") == 1
    assert set(operations(requests)) == {"BatchWriteItem", "BatchGetItem"}


def test_that_something_expired_or_was_noted_is_no_news(told, requests):
    told.linked(ONE)
    told.load(away(ONE, told.today - 3))
    news = told.indexed()
    noted = [r for r in news if "stays" in r["dynamodb"]["NewImage"]]
    assert noted
    requests.clear()
    assert index.handle({"Records": noted}) == DONE
    assert index.handle({"Records": [record | {"eventName": "REMOVE"} for record in news]}) == DONE
    assert requests == []


def test_the_cities_of_one_day_are_told_apart_and_districts_of_a_city_are_not(told):
    person = told.linked(ONE)
    day = told.today - 3
    told.load(
        person_day(
            ONE,
            day,
            visit(day, 0, 6, FOSHAN),
            visit(day, 6, 10, WUHAN, WUHAN_CELL),
            visit(day, 11, 12, JIANGAN, WUHAN_CELL + 7),
            visit(day, 13, 20, HUANGGANG, HUANGGANG_CELL),
        )
    )
    told.indexed()
    begins = day_begins(day)
    assert [
        (region, (since - begins) // 3_600, (until - begins) // 3_600) for region, since, until in stays(person)
    ] == [
        ("4201", 6, 13),
        ("4211", 13, 20),
    ]


def test_the_whole_of_a_table_can_be_indexed_anew(told):
    """For a new policy, or when the stream was trimmed before it was read."""
    from nanhai.services.trajectories.days import told as read

    person = told.linked(ONE)
    told.load(away(ONE, told.today - 3), at_home(OTHER, told.today - 3))
    rows, _ = sightings.scan(0, 1)
    assert indexing.stay(told.world.here, [*map(read, rows)]) == {}
    assert len(stays(person)) == 1
    assert presence.around(told.today - 3, WUHAN_CELL, told.world.now) == []
    assert indexing.index(told.world.here, [*map(read, rows)]) == {}
    assert {phone for phone, *_ in candidates(told.today - 3, WUHAN_CELL, told.world.now)} == {ONE}
