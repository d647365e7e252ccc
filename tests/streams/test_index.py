"""The stream of sightings: who was where can be looked up by the place, and stays in affected areas become records."""

from __future__ import annotations

from itertools import permutations

import pytest
from botocore.exceptions import ReadTimeoutError
from nanhai.domain.days import day_begins
from nanhai.domain.decide import decide, effective
from nanhai.domain.records import Clearance, Correction, Source
from nanhai.services.sweep import quarantine
from nanhai.services.trajectories import indexing, staying
from nanhai.store import passes, people, presence, sightings
from nanhai.store.connection import client, table_name
from nanhai.streams import index, recolour, redrive

from tests.functions.passes.conftest import operations
from tests.functions.passes.world import HERE
from tests.items import item
from tests.streams.feed import Feed
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
    Signalling,
    at_home,
    away,
    candidates,
    person_day,
    phone_of,
    stays,
    there,
    visit,
)

ONE, OTHER, THIRD = phone_of(1), phone_of(2), phone_of(3)
LOST = ReadTimeoutError(endpoint_url="https://dynamodb.invalid")


@pytest.fixture
def told(world, durable) -> Signalling:
    return Signalling(world, Feed(durable.streams["sightings"]))


@pytest.fixture
def people_feed(durable) -> Feed:
    return Feed(durable.streams["people"])


def recoloured(feed) -> None:
    assert recolour.handle({"Records": feed.news()}) == DONE


def linked(told, phone=ONE, **how):
    person = told.world.person(**how)
    told.link(phone, person)
    return person


def everything(told) -> dict:
    """What lies in the two tables that the index writes."""
    return {
        table: sorted(repr(sorted(row.items())) for row in client().scan(TableName=table_name(table))["Items"])
        for table in ("presence", "people")
    }


def kept(now=0) -> list:
    return quarantine.listed("sightings", 100, now)[0]


def test_a_trip_turns_the_pass_yellow_through_the_streams_alone_and_the_reason_names_city_and_days(told, people_feed):
    person = linked(told)
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
    person = linked(told)
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
    person = linked(told)
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
    person = linked(told)
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
    linked(told)
    day = told.today - 4
    told.load(away(ONE, day), at_home(OTHER, day), away(ONE, day, sequence=2, until_h=11))
    told.indexed()
    before = everything(told)
    told.world.now += 600
    assert index.handle({"Records": told.told}) == DONE
    assert everything(told) == before


@pytest.mark.parametrize("order", [*permutations(range(3))])
def test_days_that_come_out_of_order_give_the_same_stays(told, order):
    person = linked(told)
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
    person = linked(told)
    day = told.today - 3
    told.load(away(ONE, day, 21.5, 24), away(ONE, day + 1, 0, 2))
    told.indexed()
    recoloured(people_feed)
    assert told.world.colour(person) == "yellow"


def test_less_than_the_minimum_is_no_record(told):
    person = linked(told)
    told.load(away(ONE, told.today - 3, 10, 13.5))
    told.indexed()
    assert stays(person) == []


def test_a_corrected_day_takes_the_stay_back_and_the_pass_turns_green_again(told, people_feed):
    person = linked(told)
    day = told.today - 3
    told.load(away(ONE, day))
    told.indexed()
    recoloured(people_feed)
    assert told.world.colour(person) == "yellow"
    told.world.now += 60
    told.load(at_home(ONE, day, sequence=2))
    told.indexed()
    recoloured(people_feed)
    assert stays(person) == []
    told.world.now += 60
    assert told.world.colour(person) == "green"
    (taken_back,) = [r for r in people.records(person) if isinstance(r.fact, Correction)]
    assert taken_back.supersedes in {r.record_id for r in people.records(person) if r.fact.name == "stay"}
    earlier = told.world.ask("GET", f"/me/explanation?at={_rfc3339(told.world.now - 100)}", person).json
    assert (earlier["colour"], earlier["reasons"][0]["code"]) == ("yellow", "area-stay")


def test_an_older_revision_that_comes_late_changes_nothing(told):
    person = linked(told)
    day = told.today - 3
    told.load(at_home(ONE, day, sequence=7))
    told.load(away(ONE, day, sequence=3))
    told.indexed()
    assert stays(person) == []
    told.load(away(ONE, day, 6, 22, sequence=8))
    told.indexed()
    told.load(away(ONE, day, 1, 2, sequence=5))
    told.indexed()
    assert [(s - day_begins(day), u - day_begins(day)) for _, s, u in stays(person)] == [(6 * 3_600, 22 * 3_600)]
    assert {phone for phone, *_ in candidates(day, WUHAN_CELL, told.world.now)} == {ONE}
    assert len(there(day, WUHAN_CELL, told.world.now)) == 3


def test_the_stay_comes_back_when_a_third_revision_says_so(told):
    person = linked(told)
    day = told.today - 3
    for revision, of_day in enumerate((away, at_home, away), 1):
        told.load(of_day(ONE, day, sequence=revision))
        told.indexed()
        told.world.now += 1
    assert len(stays(person)) == 1


def test_within_one_second_too(told):
    person = linked(told)
    day = told.today - 3
    for revision, of_day in enumerate((away, at_home, away, at_home), 1):
        told.load(of_day(ONE, day, sequence=revision))
        told.indexed()
        assert len(stays(person)) == (of_day is away)


def test_who_registers_after_the_trip_has_the_stays_too(told, people_feed):
    told.load(away(ONE, told.today - 14), away(ONE, told.today - 2), away(OTHER, told.today - 2))
    told.indexed()
    person = linked(told)
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
    person = linked(told)
    told.load(away(ONE, told.today - 15), away(ONE, told.today - 14))
    told.indexed()
    assert [since for _, since, _ in stays(person)] == [day_begins(told.today - 14) + 8 * 3_600]
    assert presence.around(told.today - 15, HOME, 0) == []
    told.world.now += 86_400
    told.load(at_home(ONE, told.today - 2))
    told.indexed()
    assert len(stays(person)) == 1  # forgotten is not taken back


def test_what_an_appeal_took_away_does_not_come_back_and_more_is_told_without_it(told):
    person = linked(told)
    day = told.today - 3
    told.load(away(ONE, day, 8, 20))
    told.indexed()
    appealed(told, person)
    assert index.handle({"Records": told.told}) == DONE
    for sequence, since_h in ((2, 9), (3, 6)):
        told.load(away(ONE, day, since_h, 20, sequence=sequence))
        told.indexed()
        assert stays(person) == []
    told.load(away(ONE, day, 3, 20, sequence=4))
    told.indexed()
    assert stays(person) == [("4201", day_begins(day) + 3 * 3_600, day_begins(day) + 8 * 3_600)]


def test_the_next_days_delivery_does_not_undo_an_appeal(told):
    """It shows that the stay ran over midnight: until the next day's first visit, in the same area."""
    person = linked(told)
    day = told.today - 3
    told.load(person_day(ONE, day, visit(day, 12, 23.5, WUHAN, WUHAN_CELL)))
    told.indexed()
    assert len(stays(person)) == 1
    appealed(told, person)
    begins = day_begins(day + 1)
    told.load(
        person_day(ONE, day + 1, visit(day + 1, 0.5, 1, WUHAN, WUHAN_CELL), visit(day + 1, 1, 24)),
    )
    told.indexed()
    assert stays(person) == [("4201", begins + 1_800, begins + 3_600)]  # too short for any finding


@pytest.mark.parametrize(("until_h", "cleared"), [(19.9, True), (20.1, False)])
def test_a_correction_ends_a_clearance_only_when_it_tells_more(told, until_h, cleared):
    person = linked(told)
    day = told.today - 3
    told.load(away(ONE, day, 8, 20))
    told.indexed()
    told.world.now += 60
    told.world.add(person, Clearance((HERE,), told.world.now + 7 * 86_400))
    told.world.now += 60
    told.load(away(ONE, day, 8, until_h, sequence=2))
    told.indexed()
    assert [until - day_begins(day) for *_, until in stays(person)] == [int(until_h * 3_600)]
    timeline = decide(people.records(person), told.world.here.policies.in_force(told.world.now), told.world.now)
    assert [permit.until > told.world.now for permit in timeline.permits] == [True] * cleared


def test_stays_that_others_recorded_are_not_touched(told):
    from nanhai.domain.records import Stay

    person = linked(told)
    day = told.today - 3
    theirs = Stay("420106", day_begins(day), day_begins(day + 1))
    told.world.add(person, theirs, source=Source.COMMUNITY)
    told.world.add(person, theirs, source=Source.OPERATOR)
    told.load(away(ONE, day))
    told.indexed()
    told.load(at_home(ONE, day, sequence=2))
    told.indexed()
    assert [r.fact for r in effective(people.records(person)) if r.fact.name == "stay"] == [theirs, theirs]


def test_more_stays_than_one_transaction_holds_are_all_recorded(told, monkeypatch):
    monkeypatch.setattr(staying, "RECORDS_PER_WRITE_MAX", 3)
    person = linked(told)
    told.load(*(away(ONE, told.today - ago) for ago in range(1, 15)))
    told.indexed()
    assert len(stays(person)) == 14
    told.load(*(at_home(ONE, told.today - ago, sequence=2) for ago in range(1, 15)))
    told.indexed()
    assert stays(person) == []


def test_a_head_that_is_full_goes_on_with_the_records(told):
    person = linked(told)
    for _ in range(95):
        told.world.add(person, Correction("x"))
    told.load(away(ONE, told.today - 5), away(ONE, told.today - 3))
    told.indexed()
    assert people.head(person).trimmed
    assert len(stays(person)) == 2
    told.load(at_home(ONE, told.today - 5, sequence=2))
    told.indexed()
    assert len(stays(person)) == 1


def test_a_record_that_comes_in_between_is_kept_and_the_stay_is_recorded_once(told, monkeypatch):
    person = linked(told)
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
    person = linked(told)
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
    person = linked(told)
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
    person = linked(told)
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
    persons = [linked(told, ONE), linked(told, OTHER)]
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


def test_who_stays_at_home_costs_one_look_at_whose_phone_it_is(told, requests):
    linked(told)
    told.indexed()
    told.load(at_home(ONE, told.today - 1), at_home(OTHER, told.today - 1))
    news = told.news()
    requests.clear()
    assert index.handle({"Records": news}) == DONE
    assert operations(requests).count("BatchGetItem") == 1
    assert set(operations(requests)) == {"BatchWriteItem", "BatchGetItem"}


def test_that_something_expired_or_was_noted_is_no_news(told, requests):
    linked(told)
    told.load(away(ONE, told.today - 3))
    news = told.indexed()
    noted = [r for r in news if "stays" in r["dynamodb"]["NewImage"]]
    assert noted
    requests.clear()
    assert index.handle({"Records": noted}) == DONE
    assert index.handle({"Records": [record | {"eventName": "REMOVE"} for record in news]}) == DONE
    assert requests == []


def test_the_cities_of_one_day_are_told_apart_and_districts_of_a_city_are_not(told):
    person = linked(told)
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

    person = linked(told)
    told.load(away(ONE, told.today - 3), at_home(OTHER, told.today - 3))
    rows, _ = sightings.scan(0, 1)
    assert indexing.stay(told.world.here, [*map(read, rows)]) == {}
    assert len(stays(person)) == 1
    assert presence.around(told.today - 3, WUHAN_CELL, told.world.now) == []
    assert indexing.index(told.world.here, [*map(read, rows)]) == {}
    assert {phone for phone, *_ in candidates(told.today - 3, WUHAN_CELL, told.world.now)} == {ONE}


def _rfc3339(at: int) -> str:
    from tests.functions.passes.world import rfc3339

    return rfc3339(at)


def appealed(told, person) -> None:
    """The one stay of `person` is found to be wrong by the community."""
    (wrong,) = [r.record_id for r in people.records(person) if r.fact.name == "stay"]
    told.world.now += 60
    judged = told.world.record(person, Correction("wrong-person"), source=Source.COMMUNITY)
    people.write_records(person, [_superseding(judged, wrong)], told.world.now)


def _superseding(record, target):
    from dataclasses import replace

    return replace(record, supersedes=target)
