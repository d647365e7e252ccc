"""Two hundred at once for the last fifty, on the durable engine: fifty get one each, and nobody gets two."""

from __future__ import annotations

import secrets
from collections import Counter

import pytest

from tests.faults.conftest import directly, proxy
from tests.faults.proxy import Often
from tests.functions.masks.market import EAST, WEST, wrong_with
from tests.store.builders import together

__all__ = ["directly", "proxy"]

CROWD, LAST = 200, 50
AGAIN = {"edge.still-running", "store.unavailable", "edge.unavailable"}
TRIES_MAX = 60


def crowd(market):
    """A round in which all have won at WEST, and EAST has fifty free."""
    points = market.body(east=LAST, west=CROWD)["points"]
    points[0]["slots"] = CROWD
    round_id = market.announce(points=points)
    people = [market.stand.person() for _ in range(CROWD)]
    entered = together(20, lambda n: [market.enter(round_id, person, WEST).status for person in people[n::20]])
    assert {status for statuses in entered for status in statuses} == {201}
    market.draw(round_id)
    assert (market.stock(round_id), market.stock(round_id, WEST)) == ((LAST, 0, 0, 0), (0, CROWD, 0, 0))
    return round_id, people


def insisting(market, round_id, person) -> str:
    """The same request until it is answered: its code, or that of the refusal."""
    once, token = secrets.token_hex(16), market.own(person)
    for _ in range(TRIES_MAX):
        body = {"point": EAST, "window": 0}
        answer = market.post(f"/entries/{round_id}/reservations", body, token, once=once)
        if answer.status == 201:
            return "reserved"
        if answer.json["code"] not in AGAIN:
            return answer.json["code"]
    raise AssertionError("never answered")


def none_is_sold_twice(market, round_id, outcomes):
    assert Counter(outcomes) == {"reserved": LAST, "masks.none-free": CROWD - LAST}
    assert (market.stock(round_id), market.stock(round_id, WEST)) == ((0, 0, LAST, 0), (LAST, CROWD - LAST, 0, 0))
    assert wrong_with(round_id) == []


def test_of_two_hundred_at_once_fifty_get_the_last_fifty(durable, market):
    round_id, people = crowd(market)
    none_is_sold_twice(market, round_id, together(CROWD, lambda n: insisting(market, round_id, people[n])))


def test_and_so_it_is_while_the_database_loses_requests_and_answers(market, proxy, directly):
    """A fifth of all requests is throttled, broken, dropped, cut or late, with outages in between."""
    round_id, people = crowd(market)
    proxy.plan = Often(seed=20, share=0.2)
    outcomes = together(CROWD, lambda n: insisting(market, round_id, people[n]))
    directly()
    assert proxy.injected.total() > CROWD
    none_is_sold_twice(market, round_id, outcomes)


def test_one_person_from_twenty_devices_gets_one(durable, market):
    round_id = market.announce(east=2)
    (person,) = market.entrants(round_id, 1)
    market.draw(round_id)
    outcomes = together(20, lambda _: insisting(market, round_id, person))
    assert set(outcomes) == {"reserved"}  # each one in place of the one before
    assert market.stock(round_id) == (1, 0, 1, 0)
    assert wrong_with(round_id) == []


def test_one_person_enters_once_however_many_ask_at_once(durable, market):
    round_id, person = market.announce(), market.stand.person()
    outcomes = Counter(together(16, lambda _: market.enter(round_id, person).status))
    assert outcomes == {201: 1, 409: 15}


def test_a_code_is_handed_out_against_once_however_many_ask_at_once(durable, market):
    round_id = market.announce()
    (person,) = market.entrants(round_id, 1)
    market.draw(round_id)
    code, keeper = market.reserved(round_id, person), market.keeper
    market.until_pick_up()
    keeper = market.keeper
    outcomes = Counter(together(16, lambda _: market.pick_up(code, keeper).status))
    assert outcomes == {200: 1, 409: 15}
    assert market.stock(round_id) == (1, 0, 0, 1)


@pytest.mark.parametrize("processes", [8])
def test_what_ended_is_returned_once_however_many_notice_at_once(durable, market, processes):
    round_id = market.announce(east=6, west=1)
    people = market.entrants(round_id, 12, EAST)
    market.draw(round_id)
    people.sort(key=lambda person: market.entry(person)["rank"])
    for person in people[:6]:
        market.reserved(round_id, person)
    market.until_pick_up(1)
    together(processes, lambda _: market.settle(round_id))
    assert market.stock(round_id) == (0, 0, 6, 0)
    assert [market.standing(person) for person in people] == ["returned"] * 6 + ["called"] * 6
    assert wrong_with(round_id) == []
