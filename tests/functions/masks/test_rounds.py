"""A round is announced with its stock and the hash of its seed; every fault of it is named at once."""

from __future__ import annotations

import pytest
from nanhai.domain import lottery
from nanhai.domain.actors import Role
from nanhai.services.masks import known, rounds

from tests.functions.checkpoints.stand import HERE, rfc3339
from tests.functions.masks.market import EAST, HOUR_S, WEST
from tests.store.builders import everything


def test_the_hash_of_the_seed_is_public_at_once_and_the_seed_is_sealed(market):
    round_id = market.announce()
    told = market.get(f"/rounds/{round_id}").json
    seed = rounds.seed_of(market.here, known.round_of(round_id))
    assert told["commitment"] == lottery.commitment(round_id, seed)
    assert len(seed) == 32
    stored = repr(everything("masks"))
    assert [form for form in (repr(seed)[2:-1], seed.hex()) if form in stored] == []


def test_two_rounds_have_two_seeds(market):
    ids = [market.announce() for _ in range(2)]
    assert len({rounds.seed_of(market.here, known.round_of(round_id)) for round_id in ids}) == 2


def test_a_round_is_read_by_anybody_with_its_points_in_portions_and_its_windows(market):
    round_id = market.announce(east=10, west=4, enterprise_share=25)
    told = market.get(f"/rounds/{round_id}").json
    assert [(p["point_id"], p["portions"], p["for_enterprises"]) for p in told["points"]] == [
        (EAST, 8, 10),
        (WEST, 3, 5),
    ]
    assert [window["number"] for window in told["windows"]] == [0, 1]
    assert told["state"] == "open"


def test_rounds_are_listed_newest_first_page_by_page(market):
    ids = [market.announce()]
    market.stand.now += 1
    ids.append(market.announce())
    first = market.get("/rounds?limit=1").json
    second = market.get(f"/rounds?limit=1&cursor={first['next']}").json
    assert [page["rounds"][0]["round_id"] for page in (first, second)] == ids[::-1]


def test_a_round_moves_on_by_the_time_and_by_its_draw(market):
    round_id = market.announce(opens_at=rfc3339(market.stand.now + 60))

    def state():
        return market.get(f"/rounds/{round_id}").json["state"]

    seen = [state()]
    market.stand.now += 60
    seen.append(state())
    market.close()
    seen.append(state())
    market.post(f"/rounds/{round_id}/draws", {}, market.command)
    seen.append(state())
    market.work(round_id)
    seen.append(state())
    market.until_pick_up()
    seen.append(state())
    market.stand.now += 2 * HOUR_S
    seen.append(state())
    assert seen == ["announced", "open", "closed", "drawing", "drawn", "picking-up", "over"]


def test_every_fault_of_a_round_is_named_at_once(market):
    now, body = market.stand.now, market.body()
    point = {"point_id": EAST, "name": "x", "community": "440605999999", "stock": 7, "slots": 1}
    wrong = body | {
        "opens_at": rfc3339(now + 2 * HOUR_S),
        "reserve_by": rfc3339(now),
        "windows": [
            {"begins_at": rfc3339(now + 60), "ends_at": rfc3339(now)},
            {"begins_at": rfc3339(now - 60), "ends_at": rfc3339(now + 100 * 86_400)},
        ],
        "points": [body["points"][0] | {"stock": 500}, point],
    }
    answer = market.post("/rounds", wrong, market.command)
    assert answer.status == 422
    assert sorted(answer.faults) == [
        ("/closes_at", "masks.closes-early"),
        ("/points/0/slots", "masks.slots-few"),
        ("/points/1/community", "masks.community-unknown"),
        ("/points/1/point_id", "masks.point-twice"),
        ("/points/1/stock", "masks.stock-broken"),
        ("/reserve_by", "masks.reserve-by"),
        ("/windows", "masks.too-long"),
        ("/windows/0/begins_at", "masks.window-before-draw"),
        ("/windows/0/ends_at", "masks.window-order"),
        ("/windows/1/begins_at", "masks.window-order"),
    ]
    assert everything("masks") == []


@pytest.mark.parametrize("path", ["/rounds/nothing", "/rounds/nothing/draw"])
def test_a_round_that_is_not_there_is_absent(market, path):
    assert market.get(path).status == 404


def test_a_community_cannot_announce_and_what_it_tried_is_audited(market):
    answer = market.post("/rounds", market.body(), market.stand.duty(Role.COMMUNITY_OFFICER, HERE))
    assert answer.status == 403
    assert [row[0] for row in market.stand.audited()] == ["round.create"]
