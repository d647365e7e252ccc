"""A draw that is late, or whose beacon is, takes nothing from winners; one that would is refused."""

from __future__ import annotations

import pytest
from nanhai.domain.rounds import KEPT_S
from nanhai.store import mask_draws

from tests.functions.checkpoints.stand import rfc3339
from tests.functions.masks.market import DRAWN_S, HOUR_S, wrong_with
from tests.functions.masks.test_draw import BEACON

LAST_S = 28 * HOUR_S - KEPT_S  # after its announcement a round can be drawn so late


def drawn_at(market, round_id, after_s) -> None:
    begun_at = market.stand.now
    market.stand.now = begun_at + after_s
    assert market.post(f"/rounds/{round_id}/draws", {}, market.command).status == 202
    market.work(round_id)


def begin(market, round_id, body=None):
    answer = market.post(f"/rounds/{round_id}/draws", body or {}, market.command)
    return answer.status, answer.json.get("code")


def test_however_late_it_is_drawn_winners_have_a_day_and_lose_nothing_to_those_who_wait(market):
    round_id = market.announce(east=2, west=1, reserve_by=rfc3339(market.stand.now + DRAWN_S + HOUR_S))
    people = market.entrants(round_id, 6)
    drawn_at(market, round_id, LAST_S)  # when reserving had ended as it was announced
    for waited_s in (0, KEPT_S - 1):
        market.stand.now += waited_s
        market.settle(round_id)
        assert sorted(map(market.standing, people)) == ["waiting"] * 3 + ["won"] * 3
    (winner, *_) = market.won(people)
    market.reserved(round_id, winner, market.entry(winner)["point"], 1)
    market.stand.now += 1
    market.settle(round_id)
    assert wrong_with(round_id) == []
    assert sorted(map(market.standing, people)) == ["returned"] * 3 + ["waiting"] * 3


def test_everybody_is_told_until_when_can_be_reserved_after_a_late_draw(market):
    round_id = market.announce()
    (person,) = market.entrants(round_id, 1)
    announced = market.get(f"/rounds/{round_id}").json["reserve_by"]
    until = rfc3339(market.stand.now + 3 * HOUR_S + KEPT_S)
    drawn_at(market, round_id, 3 * HOUR_S)
    listed = market.get("/rounds").json["rounds"][0]
    told = [market.get(f"/rounds/{round_id}").json["reserve_by"], listed["reserve_by"], market.entry(person)["until"]]
    assert (told, announced) == ([until] * 3, rfc3339(market.stand.now - 3 * HOUR_S + DRAWN_S + KEPT_S))


def test_a_draw_on_time_leaves_what_was_announced(market):
    later = rfc3339(market.stand.now + 27 * HOUR_S)
    round_id = market.announce(reserve_by=later)
    market.draw(round_id)
    assert market.get(f"/rounds/{round_id}").json["reserve_by"] == later


def test_a_draw_that_would_leave_winners_less_than_a_day_is_refused(market):
    round_id = market.announce()
    market.entrants(round_id, 1)
    market.stand.now += LAST_S + 1
    assert begin(market, round_id) == (409, "masks.too-late-to-draw")
    market.work(round_id)  # nor does it begin by itself any more
    assert mask_draws.get(round_id) is None


def test_a_beacon_that_would_leave_winners_less_than_a_day_is_refused_and_the_round_is_not_drawn(market):
    round_id = market.announce(**BEACON)
    people = market.entrants(round_id, 4)
    market.draw(round_id)
    market.stand.now += LAST_S - DRAWN_S + 1
    assert begin(market, round_id, {"beacon": "2996.76"}) == (409, "masks.too-late-to-draw")
    market.work(round_id)
    assert {market.standing(person) for person in people} == {"entered"}
    assert begin(market, round_id) == (409, "masks.draw-begun")


def test_a_beacon_is_taken_in_the_last_second_in_which_winners_have_a_day(market):
    round_id = market.announce(**BEACON)
    (person,) = market.entrants(round_id, 1)
    market.draw(round_id)
    market.stand.now += LAST_S - DRAWN_S
    assert begin(market, round_id, {"beacon": "2996.76"}) == (202, None)
    market.work(round_id)
    assert market.standing(person) == "won"


@pytest.mark.parametrize(("short_s", "faults"), [(0, []), (1, [("/windows", "masks.too-short")])])
def test_a_round_leaves_a_day_for_winners_and_an_hour_to_draw_it(market, short_s, faults):
    now = market.stand.now
    ends_at = now + DRAWN_S + 25 * HOUR_S - short_s
    windows = [{"begins_at": rfc3339(now + DRAWN_S), "ends_at": rfc3339(ends_at)}]
    body = market.body(windows=windows, reserve_by=rfc3339(ends_at))
    assert market.post("/rounds", body, market.command).faults == faults
