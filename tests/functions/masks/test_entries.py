"""One entry for each person and round, under a ticket that names nobody."""

from __future__ import annotations

import pytest
from nanhai.store import masks, people
from nanhai.store.writes import send

from tests.functions.masks.market import EAST, HOUR_S, WEST
from tests.store.builders import everything


def test_whoever_enters_gets_a_ticket_and_is_told_of_it_again(market):
    round_id, person = market.announce(), market.stand.person()
    entered = market.enter(round_id, person, WEST, EAST)
    assert entered.status == 201
    told = market.entry(person)
    assert (told["ticket"], told["points"], told["standing"]) == (entered.json["ticket"], [WEST, EAST], "entered")


def test_a_second_entry_of_the_same_round_is_refused_and_of_another_round_is_not(market):
    first, person = market.announce(), market.stand.person()
    market.enter(first, person)
    again = market.enter(first, person, WEST)
    assert (again.status, again.code) == (409, "masks.already-entered")
    market.stand.now += 1
    assert market.enter(market.announce(), person).status == 201


def test_a_repeated_request_gets_the_same_ticket(market):
    round_id, person = market.announce(), market.stand.person()
    body, token = {"points": [EAST]}, market.own(person)
    sent = {"once": "one-and-the-same-key"}
    answers = [market.post(f"/rounds/{round_id}/entries", body, token, **sent) for _ in range(2)]
    assert answers[0].json == answers[1].json


def test_who_is_not_proven_cannot_enter(market):
    answer = market.enter(market.announce(), market.stand.person(proven=False))
    assert (answer.status, answer.code) == (403, "masks.identity-not-proven")


def test_a_guardian_enters_for_a_dependant_and_for_nobody_else(market):
    round_id, guardian, child, other = market.announce(), *(market.stand.person() for _ in range(3))
    send([people.link(guardian, child, "child", market.stand.now + HOUR_S)])
    assert market.enter(round_id, guardian, who=child).status == 201
    assert market.enter(round_id, guardian, who=other).status == 404
    theirs = market.get(f"/entries?who={child}", market.own(guardian)).json["entries"]
    assert [entry["round_id"] for entry in theirs] == [round_id]
    assert masks.entered(child, round_id).entered_by == guardian


@pytest.mark.parametrize("later", [-1, HOUR_S])
def test_nobody_enters_before_a_round_opens_or_from_when_it_closes(market, later):
    round_id, person = market.announce(), market.stand.person()
    market.stand.now += later
    answer = market.enter(round_id, person)
    assert (answer.status, answer.code) == (409, "masks.round-not-open")


def test_points_have_to_be_there_and_each_once(market):
    answer = market.enter(market.announce(), market.stand.person(), EAST, "NORTH", EAST)
    assert answer.status == 422
    assert answer.faults == [("/points/1", "masks.point-unknown"), ("/points/2", "masks.point-twice")]


def test_tickets_are_spread_and_no_item_is_written_by_two_entrants(market):
    """Each entry writes its own row beside the person and its own ticket: nothing that another entry writes too."""
    round_id = market.announce()
    before = {(row["holder"]["S"], row["sk"]["S"]) for row in everything("masks")}
    people_here = market.entrants(round_id, 12)
    rows = [row for row in everything("masks") if (row["holder"]["S"], row["sk"]["S"]) not in before]
    assert len(rows) == 24
    shelves = {row["holder"]["S"] for row in rows if row["holder"]["S"].startswith("tickets#")}
    assert len(shelves) > 3
    assert not any(person in row["sk"]["S"] for row in rows for person in people_here)
