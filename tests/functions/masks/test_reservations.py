"""A winner reserves; what is not reserved or fetched in time goes to the waiting list; a code is good once."""

from __future__ import annotations

import pytest
from nanhai.domain.actors import Role

from tests.functions.checkpoints.stand import DISTRICT, HERE, NEXT_DOOR
from tests.functions.masks.market import EAST, HOUR_S, WEST, wrong_with
from tests.store.builders import everything


@pytest.fixture
def drawn(market):
    """Six who want EAST: two have won there, one at WEST, three wait."""
    round_id = market.announce(east=2, west=1)
    people = market.entrants(round_id, 6)
    market.draw(round_id)
    return round_id, sorted(people, key=lambda person: market.entry(person)["rank"])


def test_a_winner_reserves_where_it_was_drawn_and_fetches_it_with_the_code(market, drawn):
    round_id, (first, *_) = drawn
    answer = market.reserve(round_id, first, EAST, 1)
    assert answer.status == 201
    assert (answer.json["packs"], answer.json["qr"]) == (5, f"NHMASK1:{answer.json['code']}")
    assert market.stock(round_id) == (0, 1, 1, 0)
    own = market.entry(first)
    assert (own["standing"], own["point"], own["window"], own["code"]) == ("reserved", EAST, 1, answer.json["code"])
    market.until_pick_up(1)
    given = market.pick_up(answer.json["code"])
    assert (given.status, given.json["packs"], given.json["point"]) == (200, 5, EAST)
    assert market.standing(first) == "picked-up"
    assert market.stock(round_id) == (0, 0, 1, 1)  # what the other winner let go is kept for the next who waits
    assert wrong_with(round_id) == []


def test_the_same_code_is_handed_out_against_once(market, drawn):
    round_id, (first, *_) = drawn
    code = market.reserved(round_id, first)
    market.until_pick_up()
    answers = [market.pick_up(code) for _ in range(2)]
    assert [(answer.status, answer.json.get("code")) for answer in answers] == [
        (200, None),
        (409, "masks.picked-up-before"),
    ]


def test_a_code_is_read_however_it_is_typed_or_scanned_and_is_stored_nowhere(market, drawn):
    round_id, (first, *_) = drawn
    code = market.reserved(round_id, first)
    assert code not in repr(everything("masks"))
    market.until_pick_up()
    typed = f"nhmask1: {code[:5]}-{code[5:]}".lower().replace("0", "o").replace("1:", "1:", 1)
    assert market.pick_up(typed).status == 200


def test_whoever_waits_reserves_nothing(market, drawn):
    round_id, people = drawn
    answer = market.reserve(round_id, people[-1])
    assert (answer.status, answer.code) == (409, "masks.nothing-kept")


def test_nothing_is_reserved_before_the_draw_or_without_an_entry(market):
    round_id = market.announce()
    (person,) = market.entrants(round_id, 1)
    assert market.reserve(round_id, person).code == "masks.nothing-kept"
    assert market.reserve(round_id, market.stand.person()).status == 404


def test_point_and_window_have_to_be_there(market, drawn):
    round_id, (first, *_) = drawn
    answer = market.reserve(round_id, first, "NORTH", 7)
    assert answer.faults == [("/point", "masks.point-unknown"), ("/window", "masks.window-unknown")]
    market.until_pick_up(1)
    assert market.reserve(round_id, first, EAST, 0).faults == [("/window", "masks.window-over")]


def test_a_point_without_a_free_portion_takes_nobody_from_elsewhere(market, drawn):
    round_id, people = drawn
    (at_west,) = [person for person in people[:3] if market.entry(person)["point"] == WEST]
    answer = market.reserve(round_id, at_west, EAST)
    assert (answer.status, answer.code) == (409, "masks.none-free")
    assert (market.stock(round_id), market.stock(round_id, WEST)) == ((0, 2, 0, 0), (0, 1, 0, 0))


def test_a_winner_goes_to_another_point_that_has_one_free_and_leaves_their_own(market):
    round_id = market.announce(east=1, west=1)
    (person,) = market.entrants(round_id, 1)
    market.draw(round_id)
    codes = [market.reserved(round_id, person, point) for point in (WEST, EAST, EAST, WEST)]
    assert (market.stock(round_id), market.stock(round_id, WEST)) == ((1, 0, 0, 0), (0, 0, 1, 0))
    market.until_pick_up()
    west = market.stand.duty(Role.COMMUNITY_OFFICER, NEXT_DOOR)
    assert [market.pick_up(code, west).status for code in codes] == [404, 404, 404, 200]
    assert wrong_with(round_id) == []


def test_a_window_lets_in_so_many_and_whoever_leaves_it_makes_room(market):
    slots = market.body(east=2)["points"]
    slots[0]["slots"] = 1
    round_id = market.announce(points=slots)
    first, second = market.entrants(round_id, 2, EAST)
    market.draw(round_id)
    market.reserved(round_id, first)
    full = market.reserve(round_id, second)
    assert (full.status, full.code) == (409, "masks.window-full")
    assert market.stock(round_id) == (0, 1, 1, 0)
    market.reserved(round_id, first, EAST, 1)
    market.reserved(round_id, second)
    told = market.get(f"/rounds/{round_id}/stock", market.keeper).json["points"][0]
    assert told["slots_left"] == [0, 0]


def test_what_no_winner_reserves_in_time_goes_to_those_who_wait_in_the_order_drawn(market, drawn):
    round_id, people = drawn
    market.reserved(round_id, people[0], market.entry(people[0])["point"])
    market.until_reserved()
    assert [market.standing(person) for person in people[:3]] == ["reserved", "returned", "returned"]
    market.settle(round_id)
    assert [market.standing(person) for person in people] == [
        *("reserved", "returned", "returned"),
        *("called", "called", "waiting"),
    ]
    assert market.reserve(round_id, people[1]).code == "masks.nothing-kept"
    assert wrong_with(round_id) == []


def test_a_reservation_that_is_not_fetched_goes_to_the_next_who_waits_and_both_are_told(market, drawn):
    round_id, people = drawn
    codes = [market.reserved(round_id, person, market.entry(person)["point"]) for person in people[:3]]
    market.until_pick_up(1)
    assert [market.standing(person) for person in people[:3]] == ["returned"] * 3
    late = market.pick_up(codes[0], market.stand.duty(Role.TOWN_OFFICER, "440605011"))
    assert (late.status, late.code) == (409, "masks.time-over")
    market.settle(round_id)
    assert [market.standing(person) for person in people[3:]] == ["called"] * 3
    kinds = [row["kind"]["S"] for row in everything("notices")]
    assert (kinds.count("masks-returned"), kinds.count("masks-called")) == (3, 3)
    code = market.reserved(round_id, people[3], market.entry(people[3])["point"], 1)
    assert market.pick_up(code, market.stand.duty(Role.TOWN_OFFICER, "440605011")).status == 200
    assert wrong_with(round_id) == []


def test_with_every_job_stopped_the_next_request_returns_what_has_ended(market, drawn):
    round_id, people = drawn
    for person in people[:3]:
        market.reserved(round_id, person, market.entry(person)["point"])
    market.until_pick_up(1)
    told = market.get(f"/rounds/{round_id}/stock", market.stand.duty(Role.DISTRICT_COMMAND, DISTRICT)).json["points"]
    assert [(point["held"], point["free"]) for point in told] == [(2, 0), (1, 0)]
    assert market.won(people, "called") == people[3:]


def test_who_was_called_and_does_not_come_is_passed_over_for_the_next(market):
    round_id = market.announce(east=1, west=0 + 1)
    people = market.entrants(round_id, 4, EAST)
    market.draw(round_id)
    people.sort(key=lambda person: market.entry(person)["rank"])
    market.until_pick_up()
    market.settle(round_id)
    assert market.standing(people[1]) == "called"
    market.stand.now += HOUR_S
    market.settle(round_id)
    assert market.standing(people[1]) == "called"  # the offer is good until the round ends, or a day
    assert market.standing(people[2]) == "waiting"
    assert wrong_with(round_id) == []


def test_settling_again_changes_nothing(market, drawn):
    round_id, people = drawn
    market.reserved(round_id, people[0], market.entry(people[0])["point"])
    market.until_pick_up(1)
    market.settle(round_id)
    before = everything("masks")
    market.settle(round_id)
    after = everything("masks")
    assert len(after) == len(before)
    assert [row for row in after if row not in before] == []


def test_a_code_is_good_in_its_window_and_for_the_staff_of_its_own_place(market, drawn):
    round_id, people = drawn
    person = next(person for person in people[:3] if market.entry(person)["point"] == EAST)
    code = market.reserved(round_id, person)
    early = market.pick_up(code)
    assert (early.status, early.code) == (409, "masks.too-early")
    market.until_pick_up()
    assert market.pick_up(code, market.stand.duty(Role.COMMUNITY_OFFICER, NEXT_DOOR)).status == 404
    assert market.pick_up("0000000000").status == 404
    assert market.pick_up(code, market.stand.duty(Role.TOWN_OFFICER, HERE[:9])).status == 200


def test_stock_is_seen_by_scope(market, drawn):
    round_id, _ = drawn
    scopes = [(Role.COMMUNITY_OFFICER, HERE), (Role.TOWN_OFFICER, HERE[:9]), (Role.DISTRICT_COMMAND, DISTRICT)]
    seen = [market.get(f"/rounds/{round_id}/stock", market.stand.duty(*who)).json["points"] for who in scopes]
    assert [[point["point_id"] for point in points] for points in seen] == [[EAST], [EAST, WEST], [EAST, WEST]]
    assert seen[0][0]["unclaimed"] == 2


def test_before_the_draw_all_stock_is_free(market):
    round_id = market.announce()
    told = market.get(f"/rounds/{round_id}/stock", market.keeper).json["points"][0]
    assert (told["given"], told["free"], told["slots_left"]) == (2, 2, [2, 2])


def test_a_guardian_reserves_for_a_dependant(market):
    from nanhai.store import people
    from nanhai.store.writes import send

    round_id, guardian, child = market.announce(), market.stand.person(), market.stand.person()
    send([people.link(guardian, child, "child", market.stand.now + 99 * HOUR_S)])
    market.enter(round_id, guardian, who=child)
    market.draw(round_id)
    body = {"point": EAST, "window": 0, "who": child}
    assert market.post(f"/entries/{round_id}/reservations", body, market.own(guardian)).status == 201
