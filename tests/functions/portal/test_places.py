"""The divisions, and the way from an address or a point to one of them."""

from __future__ import annotations

import re

import pytest
from nanhai.domain.place_names import Kind, Known
from nanhai.services.portal import places as portal
from nanhai.store import places
from nanhai.store.connection import client

from infra.local.apps import load
from infra.local.tables import definitions
from tests.edge.gateway import ask
from tests.listening import listen

HERE = "440605011001"
THE_RINGS = {"keys", "idempotency"}  # made before anybody asks


def find(**body):
    return ask(load("portal"), "POST", "/addresses", body=body)


def codes(answer) -> list[str]:
    return [choice["code"] for choice in answer.json["choices"]]


def test_every_community_is_listed_under_its_town_and_may_be_kept(platform):
    answer = ask(load("portal"), "GET", "/divisions")
    assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
    assert answer.headers["cache-control"] == "public, max-age=300"
    towns = answer.json["towns"]
    assert (answer.json["district"], len(towns)) == ("440605", 7)
    assert sum(len(town["communities"]) for town in towns) == 307
    assert towns[0]["communities"][0] == {"code": HERE, "name": "桂一社区居委会"}


def test_an_address_leads_to_its_community(platform):
    answer = find(text="南海区桂城街道桂一社区３栋")
    assert answer.status == 200
    assert answer.json["sure"] is True
    assert answer.json["choices"][0] == {
        "code": HERE,
        "name": "桂一社区居委会",
        "town": "440605011",
        "town_name": "桂城街道",
        "confidence": 0.97,
    }


def test_what_is_not_sure_is_a_choice_and_what_is_not_known_is_none(platform):
    answer = find(text="沙头社区")
    assert (answer.json["sure"], codes(answer)) == (False, ["440605121019", "440605124057"])
    assert find(text="somewhere else").json == {"choices": [], "sure": False}


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({}, "", "portal.text-or-point"),
        ({"text": "桂城", "latitude": 23.0, "longitude": 113.0}, "", "portal.text-or-point"),
        ({"latitude": 23.0}, "/longitude", "portal.half-a-point"),
        ({"text": "桂城", "longitude": 113.0}, "/latitude", "portal.half-a-point"),
    ],
)
def test_text_or_point_and_not_both(platform, body, pointer, code):
    assert find(**body).faults == [(pointer, code)]


def test_a_point_without_known_places_gives_some_communities_of_the_nearest_town(platform):
    answer = find(latitude=23.19, longitude=113.14)
    assert {choice["town_name"] for choice in answer.json["choices"]} == {"里水镇"}
    assert (answer.json["sure"], len(codes(answer))) == (False, 5)


@pytest.mark.parametrize("point", [(39.9, 116.4), (0, 0), (-90, 180), (90, -180)])
def test_a_point_elsewhere_gives_nothing(platform, point):
    assert find(latitude=point[0], longitude=point[1]).json == {"choices": [], "sure": False}


def test_a_loaded_estate_is_found_by_name_and_by_point(platform):
    list(places.load([Known("万科金域华府", Kind.ESTATE, HERE, 23.0312, 113.1481)]))
    by_name = find(text="万科金域华府 3 栋")
    by_point = find(latitude=23.0313, longitude=113.148)
    assert [(one.json["sure"], codes(one)[0]) for one in (by_name, by_point)] == [(True, HERE)] * 2
    near = find(latitude=23.036, longitude=113.148)
    assert (near.json["sure"], codes(near)) == (False, [HERE])


def test_between_two_communities_a_point_is_a_choice(platform):
    next_door = "440605011004"
    list(
        places.load(
            [Known("甲园", Kind.ESTATE, HERE, 23.03, 113.15), Known("乙园", Kind.ESTATE, next_door, 23.032, 113.15)]
        )
    )
    between = find(latitude=23.031, longitude=113.15)
    assert (between.json["sure"], set(codes(between))) == (False, {HERE, next_door})


@pytest.mark.parametrize(
    "body", [{"text": "南海区桂城街道桂一社区 3 栋" * 7}, {"latitude": 23.03, "longitude": 113.15}]
)
def test_any_address_costs_one_read_and_the_count_of_its_limit(platform, monkeypatch, body):
    find(**body)
    sent = listen(monkeypatch)
    assert find(**body).status == 200
    assert sorted(call for call, _ in sent) == ["BatchGetItem", "UpdateItem"]


def test_nothing_that_was_asked_is_stored(platform, aws):
    find(text="桂城街道桂一社区 77 号")
    tables = {table: client().scan(TableName=aws.prefix + table).get("Items", []) for table in definitions()}
    written = {table: rows for table, rows in tables.items() if rows and table not in THE_RINGS}
    assert written.keys() == {"sessions"}
    (limit,) = written["sessions"]
    assert re.fullmatch(r"limit#address#[0-9a-f]{32}#\d+", limit["id"]["S"])


def test_one_address_may_ask_so_often(platform, monkeypatch):
    limit = portal.PER_ADDRESS
    monkeypatch.setattr(portal, "PER_ADDRESS", type(limit)(limit.name, 1, limit.window_s))
    assert find(text="桂城").status == 200
    refused = find(text="桂城")
    assert (refused.status, refused.code) == (429, "identity.too-many")
