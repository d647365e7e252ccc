"""Calling those who wait, and taking back what ended, in pieces of a size: no request does the work of a whole list."""

from __future__ import annotations

from collections import Counter

import pytest
from nanhai.domain.rounds import Phase, Standing
from nanhai.services.masks import calling, drawing, known, returning
from nanhai.store import mask_claims, mask_draws, masks, model
from nanhai.store.connection import client
from nanhai.store.mask_claims import Claim
from nanhai.store.writes import send

from tests.functions.masks.market import EAST, WEST, wrong_with

TRANSACTION = "transact_write_items"


class Counting:
    """A client that counts what it is asked."""

    def __init__(self, real) -> None:
        self._real, self.asked = real, Counter()

    def __getattr__(self, name):
        def ask(**what):
            self.asked[name] += 1
            return getattr(self._real, name)(**what)

        return ask


@pytest.fixture
def counting(monkeypatch):
    def count() -> Counter:
        counted = Counting(client())
        for module in ("model", "writes", "batch"):
            monkeypatch.setattr(f"nanhai.store.{module}.client", lambda: counted)
        return counted.asked

    return count


def in_order(market, people) -> list[str]:
    return sorted(people, key=lambda person: market.entry(person)["rank"])


def has_had_one(market, round_id, person) -> None:
    """As somebody who was called elsewhere, and let it go."""
    ticket = masks.entered(person, round_id).entry.ticket
    now = market.stand.now
    send([mask_claims.claim(Claim(person, round_id, 1, Standing.RETURNED, WEST, None, now, ticket, now))])


def settle(market, round_id, most=returning.AT_ONCE) -> int:
    found = known.round_of(round_id)
    return returning.settle(market.here, found, found.points[0], market.stand.now, most)


@pytest.fixture
def waiting(market):
    """One has won and let go at EAST, for which fifteen wait, in order."""
    round_id = market.announce(east=1, west=1)
    people = market.entrants(round_id, 16, EAST)
    market.draw(round_id)
    market.until_reserved()
    return round_id, in_order(market, people)[1:]


def test_whoever_had_a_portion_elsewhere_is_passed_over_and_that_takes_a_few_requests(market, waiting, counting):
    round_id, people = waiting
    for person in people[:-1]:
        has_had_one(market, round_id, person)
    asked = counting()
    assert settle(market, round_id) == 2  # one released, one called
    assert asked["batch_get_item"] == 2
    assert asked.total() <= 7
    assert market.standing(people[-1]) == "called"
    assert wrong_with(round_id) == []


def test_a_long_row_of_those_who_are_passed_over_is_gone_through_piece_by_piece(market, waiting, monkeypatch):
    round_id, people = waiting
    monkeypatch.setattr(calling, "LOOKED_AT_ONCE", 7)
    for person in people[:-1]:
        has_had_one(market, round_id, person)
    pieces = [settle(market, round_id) for _ in range(4)]
    assert pieces == [2, 1, 1, 0]
    assert market.standing(people[-1]) == "called"


def test_a_list_that_is_called_to_its_end_is_not_gone_through_again(market, waiting, counting):
    round_id, people = waiting
    for person in people:
        has_had_one(market, round_id, person)
    market.settle(round_id)
    asked = counting()
    assert settle(market, round_id) == 0
    assert asked[TRANSACTION] == asked["update_item"] == asked["batch_get_item"] == 0
    assert market.stock(round_id) == (1, 0, 0, 0)


def test_a_request_takes_back_and_calls_as_many_as_fit_and_the_next_run_the_rest(market, counting):
    round_id = market.announce(east=8, west=1)
    people = market.entrants(round_id, 16, EAST)
    market.draw(round_id)
    people = in_order(market, people)
    for person in people[:8]:
        market.reserved(round_id, person)
    market.until_pick_up(1)
    keeper, asked = market.keeper, counting()
    assert market.get(f"/rounds/{round_id}/stock", keeper).status == 200
    assert asked[TRANSACTION] + asked["update_item"] <= returning.IN_A_REQUEST
    called = market.won(people, "called")
    assert called == people[8 : 8 + returning.IN_A_REQUEST // 2]
    market.settle(round_id)
    assert market.won(people, "called") == people[8:]
    assert wrong_with(round_id) == []


def test_a_look_at_many_points_takes_back_no_more_than_at_one(market, counting):
    round_id = market.announce(east=8, west=8)
    people = market.entrants(round_id, 16)
    market.draw(round_id)
    for person in people:
        market.reserved(round_id, person, market.entry(person)["point"])
    market.until_pick_up(1)
    command, asked = market.command, counting()
    points = market.get(f"/rounds/{round_id}/stock", command).json["points"]
    assert 0 < sum(point["free"] for point in points) <= returning.IN_A_REQUEST
    assert asked[TRANSACTION] + asked["update_item"] <= returning.IN_A_REQUEST


@pytest.mark.parametrize("erased", ["winner", "waiting"])
def test_who_was_erased_keeps_nobody_else_from_being_told_or_called(market, erased):
    round_id = market.announce(east=1, west=1)
    people = market.entrants(round_id, 3, EAST)
    market.close()
    market.post(f"/rounds/{round_id}/draws", {}, market.command)
    found = known.round_of(round_id)
    while not mask_draws.get(round_id).phase.is_drawn:
        assert drawing.step(market.here, found, market.stand.now)
    people = in_order(market, people)
    gone, following = (people[0], people[1]) if erased == "winner" else (people[1], people[2])
    ticket = masks.entered(gone, round_id).entry.ticket
    model.delete_item(masks.TicketRow, f"tickets#{round_id}#{ticket[0]}", ticket)
    market.work(round_id)
    assert mask_draws.get(round_id).phase is Phase.TOLD
    market.until_reserved()
    market.settle(round_id)
    assert market.standing(following) == "called"
