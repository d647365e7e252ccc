"""Enterprises order by headcount, once a round, out of their own share, which is never oversold."""

from __future__ import annotations

import secrets

import pytest
from nanhai.domain.actors import Role
from nanhai.services.masks import orders
from nanhai.store import mask_orders
from nanhai.vault import sessions

from tests.functions.masks.market import EAST, HOUR_S
from tests.store.builders import together

FIRM, OTHER = "91440605MA4UK1XK35", "91440605MA4UK1XK36"


@pytest.fixture
def headcounts(monkeypatch):
    """What filings say, by enterprise."""
    told = {FIRM: 30, OTHER: 30}
    monkeypatch.setattr(orders, "headcount", lambda uscc: told.get(uscc, 0))
    return told


def order(market, round_id, firm=FIRM, packs=60, point=EAST, **sent):
    subject = {"subject": firm, "kind": "enterprise", "role": Role.ENTERPRISE.value}
    token = sessions.issue(market.here.ring, session=secrets.token_hex(4), now=market.stand.now, **subject)
    return market.post(f"/rounds/{round_id}/orders", {"point": point, "packs": packs}, token, **sent)


def announce(market, **changes) -> str:
    """EAST has 100 packs, 50 of them for enterprises."""
    return market.announce(east=20, west=2, **{"enterprise_share": 50, "packs_per_employee": 2} | changes)


def test_an_enterprise_orders_within_its_quota_and_fetches_it_with_the_code(market, headcounts):
    round_id = announce(market)
    answer = order(market, round_id, packs=40)
    assert answer.status == 201
    assert (answer.json["packs"], answer.json["quota"]) == (40, 60)
    market.draw(round_id)
    assert market.pick_up(answer.json["code"]).code == "masks.too-early"
    market.until_pick_up()
    given = [market.pick_up(answer.json["code"]) for _ in range(2)]
    assert [(told.status, told.json.get("packs"), told.json.get("kind")) for told in given] == [
        (200, 40, "enterprise"),
        (409, None, None),
    ]


def test_nobody_orders_beyond_the_quota_of_the_headcount(market, headcounts):
    round_id = announce(market)
    assert order(market, round_id, packs=61).faults == [("/packs", "masks.beyond-quota")]
    headcounts.clear()
    assert order(market, round_id, packs=1).faults == [("/packs", "masks.beyond-quota")]


def test_nobody_orders_twice_nor_more_than_the_share_has_left(market, headcounts):
    round_id = announce(market)
    assert order(market, round_id, packs=40).status == 201
    assert order(market, round_id, packs=1).code == "masks.already-ordered"
    assert order(market, round_id, OTHER, packs=11).code == "masks.share-used-up"
    assert order(market, round_id, OTHER, packs=10).status == 201
    told = market.get(f"/rounds/{round_id}/stock", market.keeper).json["points"][0]
    assert (told["for_enterprises"], told["ordered"], told["given"]) == (50, 50, 10)


def test_a_round_without_a_share_takes_no_order(market, headcounts):
    round_id = announce(market, enterprise_share=0)
    assert order(market, round_id, packs=1).code == "masks.share-used-up"


def test_orders_are_taken_while_the_round_is_open(market, headcounts):
    round_id = announce(market)
    market.stand.now += HOUR_S
    assert order(market, round_id).code == "masks.round-not-open"


def test_what_an_enterprise_has_not_fetched_by_the_end_is_free_stock_of_its_point_again(market, headcounts):
    round_id = announce(market)
    fetched, left = order(market, round_id, packs=20), order(market, round_id, OTHER, packs=30)
    market.draw(round_id)
    market.until_pick_up(1)
    assert market.pick_up(fetched.json["code"]).status == 200
    for hours, ordered in ((0, 50), (1, 20), (0, 20)):
        market.stand.now += hours * HOUR_S
        told = market.get(f"/rounds/{round_id}/stock", market.keeper).json["points"][0]
        assert (told["for_enterprises"], told["ordered"]) == (50, ordered)
    assert market.pick_up(left.json["code"]).code == "masks.time-over"
    assert [mask_orders.get(firm, round_id).let_go for firm in (FIRM, OTHER)] == [False, True]


def test_an_order_is_let_go_once_however_many_notice_at_once(durable, market, headcounts):
    round_id = announce(market)
    assert [order(market, round_id, firm, packs=25).status for firm in (FIRM, OTHER)] == [201, 201]
    market.draw(round_id)
    market.until_over()
    together(8, lambda _: market.settle(round_id))
    assert mask_orders.ordered(round_id, [EAST]) == {EAST: 0}


def test_an_enterprise_without_an_accepted_filing_has_no_headcount(market):
    from nanhai.services.masks.headcounts import headcount

    assert headcount(FIRM) == 0
