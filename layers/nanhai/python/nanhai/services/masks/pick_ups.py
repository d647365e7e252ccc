"""Handing out at a point: a code is good once, in its window, and for the staff of the point's own place."""

from __future__ import annotations

from msgspec.structs import replace

from nanhai.domain.errors import Absent, Refusal
from nanhai.domain.identifiers import Instant, PersonId
from nanhai.domain.rounds import Standing, Window
from nanhai.services import trail
from nanhai.services.asked import Asked
from nanhai.services.masks import codes, known, returning
from nanhai.services.masks.reserving import PERSON
from nanhai.services.masks.schemas import PickedUp, PickUp
from nanhai.services.platform import Platform
from nanhai.store import mask_claims, mask_orders, mask_stock
from nanhai.store.mask_claims import Claim, Code
from nanhai.store.mask_orders import Order
from nanhai.store.masks import Point, Round
from nanhai.store.writes import Busy, ConditionFailed, Write


class TooEarly(Refusal):
    """The window has not begun."""

    code = "masks.too-early"
    kind = "conflict"


class TimeOver(Refusal):
    """The window is over: what was kept has gone to the waiting list."""

    code = "masks.time-over"
    kind = "conflict"


class PickedUpBefore(Refusal):
    code = "masks.picked-up-before"
    kind = "conflict"


def hand_out(platform: Platform, asked: Asked, body: PickUp) -> PickedUp:
    """What the code stands for, once. Raises Absent for a code that is not good here, TooEarly, TimeOver,
    PickedUpBefore."""
    known_as = mask_claims.code(codes.index_of(platform, body.code))
    if known_as is None:
        raise Absent
    found = known.round_of(known_as.round_id)
    if known_as.kind == PERSON:
        return _to_person(platform, asked, found, known_as)
    return _to_enterprise(platform, asked, found, known_as)


def _to_person(platform: Platform, asked: Asked, found: Round, known_as: Code) -> PickedUp:
    claim = mask_claims.of(PersonId(known_as.owner), found.round_id)
    if claim is None or claim.window is None or not _stands_for(known_as, claim):
        raise Absent
    point = _in_scope(asked, found, claim.point_id)
    returning.settle(platform, found, point, asked.now, returning.IN_A_REQUEST)
    _require_kept(claim, found.times.windows[claim.window], asked.now)
    over = replace(claim, version=claim.version + 1, kept=Standing.PICKED_UP, changed_at=asked.now)
    writes = [
        mask_claims.change(claim, over),
        mask_stock.move(found.round_id, point.point_id, {"held": -1, "handed": 1}),
    ]
    answer = PickedUp(found.round_id, found.title, point.point_id, known_as.kind, found.packs_per_person)
    return _handed(platform, asked, found, writes, answer)


def _to_enterprise(platform: Platform, asked: Asked, found: Round, known_as: Code) -> PickedUp:
    order = mask_orders.get(known_as.owner, found.round_id)
    if order is None:
        raise Absent
    point = _in_scope(asked, found, order.point_id)
    _require_open(order, found, asked.now)
    answer = PickedUp(found.round_id, found.title, point.point_id, known_as.kind, order.packs)
    return _handed(platform, asked, found, [mask_orders.hand(order)], answer)


def _handed(platform: Platform, asked: Asked, found: Round, writes: list[Write], answer: PickedUp) -> PickedUp:
    trail.note(asked, f"pick-up {found.round_id} {answer.point}")
    try:
        return platform.commit(writes, asked.once, answer)
    except ConditionFailed:  # handed out, changed or returned in this very moment
        raise Busy(retry_after_s=1) from None


def _in_scope(asked: Asked, found: Round, point_id: str) -> Point:
    point = found.point(point_id)
    if point is None:
        raise Absent
    asked.require_scope(point.community)
    return point


def _stands_for(known_as: Code, claim: Claim) -> bool:
    """Not any more once the claim has another code; handing out and returning are changes too, without one."""
    return known_as.version == claim.version - (claim.kept is not Standing.RESERVED)


def _require_kept(claim: Claim, window: Window, now: Instant) -> None:
    if claim.kept is Standing.PICKED_UP:
        raise PickedUpBefore
    if claim.kept is not Standing.RESERVED or now >= claim.until:
        raise TimeOver
    if now < window.begins_at:
        raise TooEarly


def _require_open(order: Order, found: Round, now: Instant) -> None:
    if order.handed:
        raise PickedUpBefore
    if now >= found.times.ends_at:
        raise TimeOver
    if now < found.times.fetch_from:
        raise TooEarly
