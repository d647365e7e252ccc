"""The run of every minute: closed rounds are drawn without anybody's doing, and what is left over is taken back."""

from __future__ import annotations

import pytest
from nanhai.domain.rounds import Phase
from nanhai.services.masks import drawing, known, returning
from nanhai.store import mask_draws
from nanhai.streams import draw as scheduled

from infra.masks import check
from tests.functions.masks.market import EAST
from tests.functions.masks.test_draw import BEACON, published

A_MINUTE_S = 55.0


def run() -> None:
    scheduled.handle(lambda: A_MINUTE_S)


def test_a_closed_round_is_drawn_by_itself_and_that_is_audited(market):
    round_id = market.announce(east=2, west=1)
    people = market.entrants(round_id, 5)
    market.close()
    run()
    assert check(*published(market, round_id)) == ()
    assert sorted(map(market.standing, people)) == ["waiting"] * 2 + ["won"] * 3
    assert ("round.draw", f"draw {round_id}", "collecting") in market.stand.audited()
    late = market.post(f"/rounds/{round_id}/draws", {}, market.command)
    assert (late.status, late.code) == (409, "masks.draw-begun")


def test_nothing_is_drawn_by_itself_before_the_last_entry_is_written(market):
    round_id = market.announce()
    market.close()
    market.stand.now -= 1
    run()
    assert mask_draws.get(round_id) is None


def test_where_a_beacon_is_named_the_list_is_fixed_by_itself_and_the_beacon_alone_is_entered_by_hand(market):
    round_id = market.announce(**BEACON)
    market.entrants(round_id, 3)
    market.close()
    run()
    assert market.get(f"/rounds/{round_id}/draw").json["phase"] == "listed"
    assert market.post(f"/rounds/{round_id}/draws", {"beacon": "2996.76"}, market.command).status == 202
    run()
    told, pages = published(market, round_id)
    assert (pages[0]["beacon"], check(told, pages)) == ("2996.76", ())


def test_whoever_begins_it_in_the_same_moment_it_is_begun_once(market, monkeypatch):
    round_id = market.announce()
    market.close()
    market.post(f"/rounds/{round_id}/draws", {}, market.command)
    begun = mask_draws.get(round_id)
    with monkeypatch.context() as patch:
        patch.setattr(mask_draws, "get", lambda _: None)
        assert drawing.step(market.here, known.round_of(round_id), market.stand.now)  # there is more to do
    assert mask_draws.get(round_id) == begun
    market.work(round_id)
    assert check(*published(market, round_id)) == ()


def test_one_rounds_trouble_is_its_own(market, monkeypatch, capsys):
    broken, round_id = market.announce(), market.announce()
    market.close()
    step = drawing.step
    monkeypatch.setattr(
        drawing, "step", lambda here, found, at: 1 // (found.round_id != broken) and step(here, found, at)
    )
    run()
    assert mask_draws.get(broken) is None
    assert market.get(f"/rounds/{round_id}/draw").json["phase"] == "told"
    assert '"event":"draw-failed"' in capsys.readouterr().out


def test_a_run_without_time_left_does_nothing(market):
    round_id = market.announce()
    market.close()
    scheduled.handle(lambda: scheduled.RESERVE_S)
    assert mask_draws.get(round_id) is None


def test_no_number_of_newer_rounds_keeps_one_from_being_drawn(market, monkeypatch):
    monkeypatch.setattr(scheduled, "ROUNDS_PER_REQUEST", 3)
    round_id = market.announce()
    market.close()
    for _ in range(22):
        market.announce()
    run()
    assert mask_draws.get(round_id).phase is Phase.TOLD


def test_what_nobody_fetched_in_the_last_window_is_taken_back_after_it(market):
    round_id = market.announce(east=1)
    (person,) = market.entrants(round_id, 1, EAST)
    market.draw(round_id)
    market.reserved(round_id, person, EAST, 1)
    market.until_over()
    run()
    assert market.stock(round_id) == (1, 0, 0, 0)


@pytest.mark.parametrize(("after_s", "looked_at"), [(scheduled.SETTLED_S - 1, 1), (scheduled.SETTLED_S, 0)])
def test_a_round_is_looked_at_until_a_day_after_its_end(market, monkeypatch, after_s, looked_at):
    seen, round_id = [], market.announce()
    market.draw(round_id)
    market.until_over()
    market.stand.now += after_s
    monkeypatch.setattr(returning, "settle", lambda here, found, point, at: seen.append(point.point_id))
    run()
    assert seen.count(EAST) == looked_at
