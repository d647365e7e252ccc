"""A round of masks row by row: made, entered, drawn, claimed, ordered."""

from __future__ import annotations

from msgspec.structs import replace
from nanhai.domain.lottery import Entry, Outcome
from nanhai.domain.rounds import Phase, Standing, Times, Window
from nanhai.store import mask_claims, mask_draws, mask_orders, mask_stock, masks
from nanhai.store.mask_claims import Claim, Code
from nanhai.store.mask_draws import Draw, OutcomePage
from nanhai.store.mask_orders import Order
from nanhai.store.mask_stock import Stock
from nanhai.store.masks import Entered, Point, Round
from nanhai.store.writes import commit

from tests.store.builders import COMMUNITY, NOW, OTHER, PERSON

ROUND, TICKET = "01E2N6KYR0ROUND", "5ZFC3YTXZAKHNKB2"
EAST = Point("EAST", "东门", COMMUNITY, 8, 10, 4)
TIMES = Times(NOW, NOW + 60, NOW + 300, (Window(NOW + 400, NOW + 500), Window(NOW + 500, NOW + 600)))
MADE = Round(ROUND, "第一轮", TIMES, (EAST,), 5, 2, "index of the day", "ab" * 32, b"\x00sealed\xff", "command-1", NOW)
ENTRY = Entry(TICKET, ("EAST", "WEST"))
CLAIM = Claim(PERSON, ROUND, 1, Standing.RESERVED, "EAST", 1, NOW + 600, TICKET, NOW)
BEGUN = Draw(
    ROUND, 1, Phase.COLLECTING, "command-1", NOW, "cd" * 32, "", 0, 0, None, None, None, 0, 0, 0, 0, {"EAST": 8}, None
)
LAID_OUT = Stock("EAST", 8, 5, 3, 0, 0, 0)
ORDER = Order("91440605MA4UK1XK35", ROUND, "EAST", 10, 5, NOW)


def made():
    commit(masks.create(MADE))


def entered():
    commit(masks.enter(Entered(PERSON, ROUND, ENTRY, NOW, OTHER)))


def drawn():
    commit([mask_draws.begin(BEGUN)])
    over = replace(BEGUN, version=2, phase=Phase.DRAWN, seed="ef" * 32, beacon="2996.76", listed_at=NOW, drawn_at=NOW)
    commit([mask_draws.advance(BEGUN, over), mask_draws.put_list_page(ROUND, 0, [ENTRY])])
    outcomes = (Outcome(ENTRY, "EAST"), Outcome(Entry("9" * 16, ("WEST",)), None))
    commit([mask_draws.put_outcome_page(ROUND, 0, OutcomePage(0, outcomes))])


def stocked():
    commit([mask_stock.lay_out(ROUND, "EAST", 8, 3)])
    commit([mask_stock.move(ROUND, "EAST", {"unclaimed": -1, "held": 1}), mask_stock.take_slot(ROUND, "EAST", 1, 4)])
    commit([mask_stock.call(replace(LAID_OUT, unclaimed=2, held=1), ROUND, 17)])


def claimed():
    commit([mask_claims.claim(CLAIM), mask_claims.put_code(Code("index", ROUND, "person", PERSON, 1))])
    other = replace(CLAIM, person_id=OTHER, kept=Standing.CALLED, window=None)
    commit([mask_claims.claim(other)])
    commit([mask_claims.change(other, replace(other, version=2, kept=Standing.RETURNED))])


def kept():
    commit(mask_orders.order(ORDER, 10, NOW + 600))


def ordered():
    kept()
    commit([mask_orders.hand(ORDER)])


def let_go():
    kept()
    commit(mask_orders.let_go(ORDER))
