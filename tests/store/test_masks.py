"""What the table of masks keeps and gives back, and what it refuses."""

from __future__ import annotations

import dataclasses

import pytest
from msgspec.structs import replace
from nanhai.domain.identifiers import person_id
from nanhai.domain.lottery import Entry
from nanhai.domain.rounds import Standing, Window
from nanhai.store import mask_claims, mask_draws, mask_orders, mask_stock, masks
from nanhai.store.masks import SHELVES, Entered
from nanhai.store.writes import commit

from tests.store.builders import NOW, OTHER, PERSON, refusal
from tests.store.mask_rows import (
    BEGUN,
    CLAIM,
    ENTRY,
    LAID_OUT,
    MADE,
    ORDER,
    ROUND,
    TICKET,
    claimed,
    drawn,
    entered,
    kept,
    let_go,
    made,
    ordered,
    stocked,
)


def test_a_round_is_read_as_it_was_made(aws):
    made()
    assert masks.get(ROUND) == MADE
    assert masks.listed(5)[0] == [ROUND]
    assert masks.get("nothing") is None
    assert "sealed" not in repr(MADE)


def test_rounds_are_found_by_when_they_end_soonest_first_page_by_page(aws):
    ends = {"A": NOW + 300, "B": NOW + 100, "C": NOW + 200, "D": NOW}
    for name, ends_at in ends.items():
        times = dataclasses.replace(MADE.times, windows=(Window(NOW - 1, ends_at),))
        commit(masks.create(replace(MADE, round_id=name, times=times)))
    first, start = masks.ending_after(NOW, 2)
    assert (first, masks.ending_after(NOW, 2, start)[0]) == (["B", "C"], ["A"])
    assert masks.ending_after(NOW - 1, 9)[0] == ["D", "B", "C", "A"]


def test_an_entry_is_read_as_it_was_made_and_its_ticket_leads_to_its_holder(aws):
    entered()
    assert masks.entered(PERSON, ROUND) == masks.entries(PERSON, 5)[0][0] == Entered(PERSON, ROUND, ENTRY, NOW, OTHER)
    assert masks.owners(ROUND, [TICKET, "0" * 16]) == {TICKET: PERSON}


def test_a_person_enters_a_round_once_and_no_ticket_is_given_twice(aws):
    entered()
    again = Entered(PERSON, ROUND, Entry("0" * 16, ("EAST",)), NOW, PERSON)
    assert refusal(*masks.enter(again)) == ("entry",)
    assert refusal(*masks.enter(Entered(OTHER, ROUND, ENTRY, NOW, OTHER))) == ("ticket",)


def test_a_shelf_is_read_in_order_from_after_a_ticket(aws):
    tickets = [f"5{number:015d}" for number in range(7)]
    for number, ticket in enumerate(tickets):
        commit(masks.enter(Entered(person_id(number), ROUND, Entry(ticket, ("EAST",)), NOW, PERSON)))
    assert [entry.ticket for entry in masks.on_shelf(ROUND, "5", "", 3)] == tickets[:3]
    assert [entry.ticket for entry in masks.on_shelf(ROUND, "5", tickets[2], 99)] == tickets[3:]
    assert masks.on_shelf(ROUND, "6", tickets[2], 99) == []
    assert list(SHELVES) == sorted(SHELVES)


def test_a_draw_goes_on_from_where_it_is_and_from_nowhere_else(aws):
    drawn()
    assert refusal(mask_draws.advance(BEGUN, replace(BEGUN, version=2))) == ("draw",)
    assert refusal(mask_draws.begin(BEGUN)) == ("draw",)
    assert list(mask_draws.list_pages(ROUND, [0])) == [ENTRY]
    page = mask_draws.outcome_page(ROUND, 0)
    assert [(out.entry.ticket, out.point) for out in page.outcomes] == [(TICKET, "EAST"), ("9" * 16, None)]


@pytest.mark.parametrize("by", [{"free": -9, "held": 9}, {"held": -3, "handed": 3}, {"unclaimed": -3, "free": 3}])
def test_no_count_is_brought_below_nothing(aws, by):
    stocked()
    assert refusal(mask_stock.move(ROUND, "EAST", by)) == ("stock",)
    assert mask_stock.get(ROUND, "EAST").free == 4


def test_portions_come_from_somewhere_and_go_somewhere():
    with pytest.raises(ValueError, match="somewhere"):
        mask_stock.move(ROUND, "EAST", {"free": 1})


def test_what_was_seen_before_cannot_be_called_or_released_again(aws):
    stocked()
    assert refusal(mask_stock.call(LAID_OUT, ROUND, 99)) == ("stock",)
    assert refusal(mask_stock.pass_over(LAID_OUT, ROUND, 99)) == ("stock",)
    assert refusal(mask_stock.release_unclaimed(LAID_OUT, ROUND)) == ("stock",)


def test_a_window_takes_so_many(aws):
    for _ in range(2):
        assert refusal(mask_stock.take_slot(ROUND, "EAST", 0, 2)) == ()
    assert refusal(mask_stock.take_slot(ROUND, "EAST", 0, 2)) == ("slots",)
    assert mask_stock.slots_taken(ROUND, ["EAST"], range(2)) == {("EAST", 0): 2}


def test_a_claim_is_changed_from_what_it_is_and_found_when_it_has_ended(aws):
    claimed()
    assert mask_claims.of(PERSON, ROUND) == CLAIM
    assert mask_claims.claimed(ROUND, [PERSON, OTHER, person_id(9)]) == {PERSON, OTHER}
    assert mask_claims.claimed("other", [PERSON]) == mask_claims.claimed(ROUND, []) == set()
    assert mask_claims.ended(ROUND, "EAST", CLAIM.until - 1, 5) == []
    assert mask_claims.ended(ROUND, "EAST", CLAIM.until, 5) == [CLAIM]  # and not what was returned
    over = replace(CLAIM, version=2, kept=Standing.PICKED_UP)
    assert [refusal(mask_claims.change(CLAIM, over)) for _ in range(2)] == [(), ("claim",)]
    assert mask_claims.ended(ROUND, "EAST", CLAIM.until, 5) == []


@pytest.mark.parametrize(("packs", "refused"), [(1, ("packs",)), (11, ("packs",))])
def test_orders_never_exceed_what_a_point_has_for_them(aws, packs, refused):
    ordered()
    assert refusal(*mask_orders.order(replace(ORDER, uscc="other", packs=packs), 10, NOW)) == refused
    assert mask_orders.ordered(ROUND, ["EAST", "WEST"]) == {"EAST": 10}


def test_a_first_order_does_not_exceed_it_either(aws):
    assert refusal(*mask_orders.order(replace(ORDER, packs=11), 10, NOW)) == ("packs",)
    assert mask_orders.get(ORDER.uscc, ROUND) is None


def test_an_order_is_placed_and_fetched_once(aws):
    ordered()
    order = mask_orders.get(ORDER.uscc, ROUND)
    assert order.handed
    assert refusal(mask_orders.hand(order)) == ("order",)
    assert refusal(*mask_orders.let_go(order)) == ("order",)
    assert refusal(*mask_orders.order(order, 99, NOW)) == ("order",)


def test_an_order_that_nobody_fetched_is_found_when_it_has_ended_and_let_go_once(aws):
    kept()
    assert mask_orders.ended(ROUND, "EAST", NOW + 599, 5) == mask_orders.ended(ROUND, "WEST", NOW + 600, 5) == []
    assert mask_orders.ended(ROUND, "EAST", NOW + 600, 5) == [ORDER]
    assert mask_claims.ended(ROUND, "EAST", NOW + 600, 5) == []
    assert [refusal(*mask_orders.let_go(ORDER)) for _ in range(2)] == [(), ("order", "packs")]
    assert refusal(mask_orders.hand(ORDER)) == ("order",)
    assert mask_orders.ordered(ROUND, ["EAST"]) == {"EAST": 0}
    assert mask_orders.ended(ROUND, "EAST", NOW + 600, 5) == []


@pytest.mark.parametrize("work", [ordered, let_go])
def test_an_order_that_is_over_is_in_no_index(aws, work):
    work()
    assert mask_orders.ended(ROUND, "EAST", NOW + 600, 5) == []
