"""Who arrives tells of it, for themselves and for those who came along; the community where they stay has a case."""

from __future__ import annotations

import pytest
from nanhai.domain.actors import Role
from nanhai.domain.records import Arrival, Isolation, Place, Reason, Symptoms
from nanhai.store import passes, people
from nanhai.streams import recolour

from tests.functions.arrivals.desk import HERE, HUBEI, LI, NEXT_DOOR, OTHER_TOWN, WANG, ZHAO, rfc3339
from tests.functions.casework.work import opened
from tests.listening import listen
from tests.streams.feed import Feed

DAY_S = 86_400


@pytest.fixture
def li(desk):
    return desk.resident(LI)


@pytest.fixture
def zhao(desk, li):
    child = desk.resident(ZHAO)
    desk.guards(li, child)
    return child


def test_an_arrival_becomes_a_record_of_each_and_one_case_where_they_stay(desk, li, zhao):
    body = desk.arrival("me", zhao, stay={"community": NEXT_DOOR, "address": "海八路 8 号"})
    body["persons"][0] |= {"temperature_c": 37.6, "symptoms": ["fever", "cough"]}
    body["persons"][1] |= {"symptoms": []}
    told = desk.tell(li, body)
    assert told.status == 201, told.body
    assert [one["person_id"] for one in told.json["persons"]] == [li, zhao]
    arrival = Arrival("4401", "train", "G1003")
    assert desk.facts(li) == [arrival, Symptoms(37.6, ("fever", "cough"))]
    assert desk.facts(zhao) == [arrival, Symptoms(None, ())]
    (case,) = desk.cases()
    assert (case["case_id"]["S"], case["community"]["S"]) == (told.json["case_id"], NEXT_DOOR)
    assert case["origin"]["S"] == f"arrival:{told.json['persons'][0]['record_id']}"


def test_another_community_looks_after_them_from_then_on(desk, li, zhao):
    desk.tell(li, desk.arrival("me", stay={"community": OTHER_TOWN}))
    assert (people.head(li).community, people.head(zhao).community) == (OTHER_TOWN, HERE)


HELD = {
    "an order": lambda desk, person: desk.add(person, order(desk, -DAY_S, 5)),
    "an order that begins tomorrow": lambda desk, person: desk.add(person, order(desk, 1, 5)),
    "a case": lambda desk, person: opened(desk, person=person),
    "a record that cannot be read": lambda desk, person: desk.spoil(person),
}


@pytest.mark.parametrize("held_by", HELD)
def test_who_is_isolated_or_worked_on_stays_with_their_community_and_the_visit_is_where_they_are(
    desk, li, community, held_by
):
    """Nobody walks away from those who look after them."""
    HELD[held_by](desk, li)
    before = {case["case_id"]["S"] for case in desk.cases()}
    told = desk.tell(li, desk.arrival(stay={"community": OTHER_TOWN}))
    assert (told.status, told.json["community"]) == (201, OTHER_TOWN)
    assert people.head(li).community == HERE
    (visit,) = [case for case in desk.cases() if case["case_id"]["S"] not in before]
    assert (visit["case_id"]["S"], visit["community"]["S"]) == (told.json["case_id"], OTHER_TOWN)
    if held_by != "a record that cannot be read":
        there = desk.duty(Role.COMMUNITY_OFFICER, OTHER_TOWN, organisation="community-9")
        asked = "casework", "GET", f"/persons/{li}/records"
        assert [desk.ask(*asked, token=token).status for token in (community, there)] == [200, 200]


def test_an_order_that_is_over_and_a_case_elsewhere_hold_nobody(desk, li):
    desk.add(li, order(desk, -6 * DAY_S, -1))
    opened(desk, person=li, community=NEXT_DOOR)
    desk.tell(li, desk.arrival(stay={"community": OTHER_TOWN}))
    assert people.head(li).community == OTHER_TOWN


def test_of_a_household_each_goes_or_stays_by_themself(desk, li, zhao):
    opened(desk, person=zhao)
    assert desk.tell(li, desk.arrival("me", zhao, stay={"community": OTHER_TOWN})).status == 201
    assert (people.head(li).community, people.head(zhao).community) == (OTHER_TOWN, HERE)


def order(desk, since_s, until_days) -> Isolation:
    return Isolation(Place.HOME, Reason.CLOSE_CONTACT, desk.now + since_s, desk.now + until_days * DAY_S, "home")


def test_nothing_told_of_health_is_nothing_recorded_of_it(desk, li):
    desk.tell(li, desk.arrival())
    assert [fact.name for fact in desk.facts(li)] == ["arrival"]


def test_where_they_stay_is_sealed(desk, li):
    desk.tell(li, desk.arrival(stay={"community": HERE, "address": "密路 99 号"}))
    everything = str([desk.items(table) for table in desk.stage.streams])
    assert LI.name not in everything
    assert "密路" not in everything
    assert str("密路".encode())[2:-1] not in everything


def test_an_address_gives_the_community_where_it_is_sure_and_choices_where_it_is_not(desk, li):
    sure = desk.tell(li, desk.arrival(stay={"address": "南海区桂城街道叠二社区 8 号"}))
    unsure = desk.tell(li, desk.arrival(number="G1005", stay={"address": "桂城街道"}))
    unknown = desk.tell(li, desk.arrival(number="G1007", stay={"address": "北京市朝阳区"}))
    missing = desk.tell(li, desk.arrival(number="G1009", stay={}))
    assert (sure.status, sure.json["community"]) == (201, NEXT_DOOR)
    assert unsure.faults == [("/stay/address", "arrivals.stay-unsure")]
    assert "440605011001" in unsure.json["errors"][0]["detail"]
    assert unknown.faults == [("/stay/address", "arrivals.stay-unknown")]
    assert missing.faults == [("/stay/community", "arrivals.stay-missing")]


@pytest.mark.parametrize(
    ("region", "recorded"), [("42", "42"), ("420000", "42"), ("4201", "4201"), ("420100", "4201"), ("420106", "420106")]
)
def test_a_region_is_recorded_as_far_as_it_says_something(desk, li, region, recorded):
    desk.tell(li, desk.arrival(**{"from": region}))
    assert desk.facts(li)[0].region == recorded


def test_every_fault_is_told_at_once(desk, li, zhao):
    body = desk.arrival("me", zhao, li, at=rfc3339(desk.now + 3_600), number="<b>", stay={"community": "440605999999"})
    body["from"] = "99"
    body["persons"][1] |= {"temperature_c": 50.0, "symptoms": ["dizzy"]}
    refused = desk.tell(li, body)
    assert refused.status == 422
    assert refused.faults == [
        ("/from", "arrivals.region"),
        ("/at", "arrivals.in-the-future"),
        ("/number", "arrivals.number"),
        ("/persons/1/temperature_c", "passes.temperature"),
        ("/persons/1/symptoms/0", "passes.symptom"),
        ("/persons/2/person", "arrivals.person-twice"),
        ("/stay/community", "arrivals.community"),
    ]
    assert desk.facts(li) == []


def test_an_arrival_of_long_ago_is_none(desk, li):
    assert desk.tell(li, desk.arrival(at=rfc3339(desk.now - 31 * DAY_S))).faults == [("/at", "arrivals.too-long-ago")]


def test_nobody_tells_of_somebody_elses_dependant(desk, li, zhao):
    wang = desk.resident(WANG)
    assert desk.tell(wang, desk.arrival("me", zhao)).status == 404
    assert desk.facts(wang) == desk.facts(zhao) == []


def test_the_same_arrival_is_told_once(desk, li, zhao):
    assert desk.tell(li, desk.arrival("me")).status == 201
    again = desk.tell(li, desk.arrival("me", zhao))
    assert (again.status, again.code) == (409, "arrivals.already-told")
    assert again.faults == [("/persons/0", "arrivals.already-told")]
    assert desk.facts(zhao) == []
    assert desk.tell(li, desk.arrival("me", number="G2000")).status == 201


def test_the_same_request_twice_is_one_arrival_with_one_answer(desk, li):
    answers = [desk.tell(li, desk.arrival(), once="the-same-key-as-before") for _ in range(2)]
    assert answers[0].json == answers[1].json
    assert len(desk.facts(li)) == len(desk.cases()) == 1


def test_a_household_of_sixteen_with_all_they_have_to_say_is_one_transaction(desk, li):
    family = [desk.resident(type(LI)(f"家人{n}", f"{n:018d}"), NEXT_DOOR) for n in range(15)]
    for one in family:
        desk.guards(li, one)
    body = desk.arrival("me", *family)
    body["persons"] = [one | {"temperature_c": 36.5, "symptoms": ["cough"]} for one in body["persons"]]
    assert desk.tell(li, body).status == 201
    assert [len(desk.facts(person)) for person in (li, *family)] == [2] * 16


def test_whoever_has_more_facts_than_a_head_holds_arrives_like_others(desk, li):
    for _ in range(people.FACTS_MAX):
        desk.add(li, Symptoms(37.9, ("fever",)))
    assert desk.tell(li, desk.arrival(stay={"community": NEXT_DOOR})).status == 201
    head = people.head(li)
    assert (head.trimmed, head.community) == (True, NEXT_DOOR)
    assert Arrival("4401", "train", "G1003") in desk.facts(li)
    assert desk.tell(li, desk.arrival(stay={"community": NEXT_DOOR})).status == 409


def test_an_arrival_from_an_affected_area_turns_yellow_through_the_stream(desk, durable, li, zhao):
    feed = Feed(durable.streams["people"])
    recolour.handle({"Records": feed.news()})
    assert colour(desk, li) == colour(desk, zhao) == "green"
    assert desk.tell(li, desk.arrival("me", zhao, **{"from": HUBEI})).status == 201
    assert recolour.handle({"Records": feed.news()}) == {"batchItemFailures": []}
    assert stored_colours(li, zhao) == ["yellow", "yellow"]
    assert colour(desk, li) == "yellow"


def test_an_arrival_from_elsewhere_leaves_the_colour_as_it_is(desk, durable, li):
    feed = Feed(durable.streams["people"])
    desk.tell(li, desk.arrival(**{"from": "4401"}))
    recolour.handle({"Records": feed.news()})
    assert stored_colours(li) == ["green"]


def test_an_arrival_is_six_requests_one_of_them_the_transaction(desk, li, monkeypatch):
    """Whether it was sent before, the limit of the day, the head, the open cases, the key that seals the address."""
    heard = listen(monkeypatch)
    desk.tell(li, desk.arrival(stay={"community": HERE, "address": "桂澜路 2 号"}))
    assert [operation for operation, _ in heard] == [
        "GetItem",
        "UpdateItem",
        "BatchGetItem",
        "Query",
        "GetItem",
        "TransactWriteItems",
    ]


def stored_colours(*persons):
    return [passes.one(person)[1].colour_told.value for person in persons]


def colour(desk, person):
    return desk.ask("passes", "GET", "/me", token=desk.own(person)).json["colour"]
