"""Reserving a portion: where one was drawn, or at another point that has one free, in a window with room.

One transaction takes the portion out of what it was kept in, holds it at the chosen point, and takes a place in the
window; whichever is not there any more, nothing happens.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from nanhai.domain.errors import Absent, Fault, Invalid, Refusal
from nanhai.domain.identifiers import PersonId
from nanhai.domain.rounds import Standing
from nanhai.services.asked import Asked
from nanhai.services.masks import codes, known, returning
from nanhai.services.masks.schemas import Reserve, Reserved
from nanhai.services.masks.standings import Stands, stands_of
from nanhai.services.news import news
from nanhai.services.passes.holders import holder
from nanhai.services.platform import Platform
from nanhai.services.schemas import moment
from nanhai.store import mask_claims, mask_stock, masks
from nanhai.store.mask_claims import Claim, Code
from nanhai.store.masks import Point, Round
from nanhai.store.writes import Busy, ConditionFailed, Write

RESERVED = "masks-reserved"
PERSON = "person"
MAY_RESERVE = frozenset({Standing.WON, Standing.CALLED, Standing.RESERVED})


class NothingKept(Refusal):
    """Nothing is kept for this entry: it was not drawn yet, it waits, or its time is over."""

    code = "masks.nothing-kept"
    kind = "conflict"


class NoneFree(Refusal):
    """The chosen point has no portion free."""

    code = "masks.none-free"
    kind = "conflict"


class WindowFull(Refusal):
    code = "masks.window-full"
    kind = "conflict"


@dataclass(frozen=True, slots=True)
class Wish:
    """What one entry is to become."""

    found: Round
    stands: Stands
    point: Point
    new: Claim

    @property
    def was(self) -> Claim | None:
        return self.stands.claim

    @property
    def came_from(self) -> str:
        """The point where the portion is kept until now."""
        return self.stands.point_id or self.point.point_id


def reserve(platform: Platform, asked: Asked, round_id: str, body: Reserve) -> Reserved:
    """A first reservation, or another one in its place. Raises Absent without an entry, Invalid for a point or window
    that is not there, NothingKept, NoneFree, WindowFull; Busy when the same entry is changed at the same time."""
    wish = _wish(platform, asked, round_id, body)
    code = codes.code_of(platform, round_id, wish.new.person_id, wish.new.version)
    window = wish.found.times.windows[body.window]
    begins_at, ends_at = moment(window.begins_at), moment(window.ends_at)
    packs = wish.found.packs_per_person
    answer = Reserved(round_id, body.point, begins_at, ends_at, packs, code, codes.qr_of(code))
    try:
        return platform.commit([*_writes(platform, wish, code)], asked.once, answer)
    except ConditionFailed as failed:
        raise _refusal(failed) from None


def _wish(platform: Platform, asked: Asked, round_id: str, body: Reserve) -> Wish:
    found = known.round_of(round_id)
    person = holder(asked, body.who)
    point = found.point(body.point)
    faults = list(_faults(found, point, body.window, asked.now))
    if point is None or faults:
        raise Invalid(*faults)
    entered = masks.entered(person, round_id)
    if entered is None:
        raise Absent
    returning.settle(platform, found, point, asked.now, returning.IN_A_REQUEST)
    stands = stands_of(found, entered, asked.now)
    if stands.standing not in MAY_RESERVE:
        raise NothingKept
    return Wish(found, stands, point, _claim(found, person, point, body.window, stands, asked.now))


def _claim(found: Round, person: PersonId, point: Point, window: int, stands: Stands, now: int) -> Claim:
    version = 1 if stands.claim is None else stands.claim.version + 1
    until = found.times.windows[window].ends_at
    ticket = stands.ticket
    return Claim(person, found.round_id, version, Standing.RESERVED, point.point_id, window, until, ticket, now)


def _faults(found: Round, point: Point | None, window: int, now: int) -> Iterator[Fault]:
    if point is None:
        yield Fault("/point", "masks.point-unknown")
    if window >= len(found.times.windows):
        yield Fault("/window", "masks.window-unknown")
    elif found.times.windows[window].ends_at <= now:
        yield Fault("/window", "masks.window-over")


def _writes(platform: Platform, wish: Wish, code: str) -> Iterator[Write]:
    yield mask_claims.claim(wish.new) if wish.was is None else mask_claims.change(wish.was, wish.new)
    yield from _stock_writes(wish)
    yield from _slot_writes(wish)
    round_id, person = wish.found.round_id, wish.new.person_id
    yield mask_claims.put_code(Code(codes.index_of(platform, code), round_id, PERSON, person, wish.new.version))
    told = {"title": wish.found.title, "point": wish.point.name}
    yield news(platform, person, wish.new.changed_at, RESERVED, told, round_id)


def _stock_writes(wish: Wish) -> Iterator[Write]:
    round_id, kept_as = wish.found.round_id, "unclaimed" if wish.was is None else "held"
    if wish.came_from == wish.point.point_id:
        if kept_as == "unclaimed":
            yield mask_stock.move(round_id, wish.came_from, {"unclaimed": -1, "held": 1}, label="kept")
        return
    yield mask_stock.move(round_id, wish.came_from, {kept_as: -1, "free": 1}, label="kept")
    yield mask_stock.move(round_id, wish.point.point_id, {"free": -1, "held": 1})


def _slot_writes(wish: Wish) -> Iterator[Write]:
    """A place in the window; who comes from another window leaves theirs."""
    round_id, was, new = wish.found.round_id, wish.was, wish.new
    old = None if was is None or was.window is None else (was.point_id, was.window)
    if new.window is None or old == (new.point_id, new.window):
        return
    yield mask_stock.take_slot(round_id, new.point_id, new.window, wish.point.slots)
    if old is not None:
        yield mask_stock.leave_slot(round_id, *old)


def _refusal(failed: ConditionFailed) -> Refusal:
    if "claim" in failed.labels:
        return Busy(retry_after_s=1)
    if "stock" in failed.labels:
        return NoneFree()
    if "slots" in failed.labels:
        return WindowFull()
    return NothingKept() if "kept" in failed.labels else Busy(retry_after_s=1)
