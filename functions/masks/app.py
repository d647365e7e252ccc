"""Masks: rounds that are drawn for all to see, reservations, handing out, and what enterprises order."""

from __future__ import annotations

from chalice.app import CloudWatchEvent
from nanhai.domain.errors import Absent, Invalid
from nanhai.edge import paging
from nanhai.edge.api import Api, Call
from nanhai.edge.paging import Page
from nanhai.services.masks import draws, entries, orders, pick_ups, reserving, rounds, standings, stock
from nanhai.services.masks import schemas as s
from nanhai.services.masks.draws import AlreadyBegun, BeaconTooEarly, NotClosedYet, TooLateToDraw
from nanhai.services.masks.entries import AlreadyEntered, IdentityNotProven, RoundNotOpen
from nanhai.services.masks.orders import AlreadyOrdered, ShareUsedUp
from nanhai.services.masks.pick_ups import PickedUpBefore, TimeOver, TooEarly
from nanhai.services.masks.reserving import NoneFree, NothingKept, WindowFull
from nanhai.services.platform import platform
from nanhai.services.unreadable import Unreadable
from nanhai.store.writes import Busy

api = Api("masks")
app = api.app


class EntriesAsked(Page, frozen=True):
    who: s.Who = "me"


@api.route(
    "POST",
    "/rounds",
    operation="round.create",
    summary="Announce a round; the hash of its seed is public from then on",
    returns=s.RoundCreated,
    status=201,
    once=True,
    errors=(Invalid,),
)
def create_round(call: Call, body: s.CreateRound) -> s.RoundCreated:
    return rounds.create(platform(), call, body)


@api.route("GET", "/rounds", operation="round.read", summary="Rounds, newest first", query=Page, returns=s.RoundPage)
def list_rounds(call: Call) -> s.RoundPage:
    found, following = rounds.listed(call.now, call.query.limit, paging.start(call))
    return s.RoundPage(found, paging.cursor(call, following))


@api.route("GET", "/rounds/{round_id}", operation="round.read", summary="One round", returns=s.Round)
def read_round(call: Call) -> s.Round:
    return rounds.read(call.path["round_id"], call.now)


@api.route(
    "POST",
    "/rounds/{round_id}/entries",
    operation="round.enter",
    summary="Enter a round, for oneself or a dependant",
    returns=s.RoundEntered,
    status=201,
    once=True,
    errors=(Invalid, RoundNotOpen, AlreadyEntered, IdentityNotProven, Unreadable, Busy),
)
def enter_round(call: Call, body: s.EnterRound) -> s.RoundEntered:
    return entries.enter(platform(), call, call.path["round_id"], body)


@api.route(
    "POST",
    "/rounds/{round_id}/draws",
    operation="round.draw",
    summary="Give the draw of a closed round the beacon that it named, or begin it before it begins by itself",
    returns=s.DrawBegun,
    status=202,
    once=True,
    errors=(Invalid, NotClosedYet, AlreadyBegun, TooLateToDraw, BeaconTooEarly, Busy),
)
def begin_draw(call: Call, body: s.BeginDraw) -> s.DrawBegun:
    return draws.begin(platform(), call, call.path["round_id"], body)


@api.route(
    "GET",
    "/rounds/{round_id}/draw",
    operation="draw.read",
    summary="The draw: all that it takes to draw again",
    query=s.DrawAsked,
    returns=s.DrawTold,
)
def read_draw(call: Call) -> s.DrawTold:
    return draws.read(call.path["round_id"], call.query.page)


@api.route(
    "GET",
    "/rounds/{round_id}/stock",
    operation="round.stock",
    summary="The stock of the points in one's scope, as it is now",
    returns=s.RoundStock,
)
def read_stock(call: Call) -> s.RoundStock:
    return stock.read(platform(), call, call.path["round_id"])


@api.route(
    "POST",
    "/rounds/{round_id}/orders",
    operation="mask.order",
    summary="Order for an enterprise, by its headcount",
    returns=s.MasksOrdered,
    status=201,
    once=True,
    errors=(Invalid, RoundNotOpen, AlreadyOrdered, ShareUsedUp, Busy),
)
def order_masks(call: Call, body: s.OrderMasks) -> s.MasksOrdered:
    return orders.order(platform(), call, call.path["round_id"], body)


@api.route(
    "GET",
    "/entries",
    operation="entry.read",
    summary="One's own entries, and how it stands with them",
    query=EntriesAsked,
    returns=s.OwnEntries,
    errors=(Absent,),
)
def read_entries(call: Call) -> s.OwnEntries:
    found, following = standings.own(platform(), call, call.query.who, call.query.limit, paging.start(call))
    return s.OwnEntries(found, paging.cursor(call, following))


@api.route(
    "POST",
    "/entries/{round_id}/reservations",
    operation="entry.reserve",
    summary="Reserve what was drawn, or reserve it elsewhere",
    returns=s.Reserved,
    status=201,
    once=True,
    errors=(Invalid, NothingKept, NoneFree, WindowFull, Busy),
)
def reserve(call: Call, body: s.Reserve) -> s.Reserved:
    return reserving.reserve(platform(), call, call.path["round_id"], body)


@api.route(
    "POST",
    "/pickups",
    operation="pickup.write",
    summary="Hand out against a code, once",
    returns=s.PickedUp,
    once=True,
    errors=(TooEarly, TimeOver, PickedUpBefore, Busy),
)
def hand_out(call: Call, body: s.PickUp) -> s.PickedUp:
    return pick_ups.hand_out(platform(), call, body)


@app.schedule("rate(1 minute)")
def draw(event: CloudWatchEvent) -> None:
    from nanhai.streams import draw as drawing

    drawing.handle(lambda: event.context.get_remaining_time_in_millis() / 1_000)
