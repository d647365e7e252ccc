"""Making a round, with its seed and what is published of it at once; and rounds as everybody sees them.

The seed is random, sealed under the platform's key for this round alone, and read by nothing but the draw.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from nanhai.domain import lottery
from nanhai.domain.days import DAY_S, HOUR_S
from nanhai.domain.errors import Fault, Invalid
from nanhai.domain.identifiers import DivisionCode, Instant, StaffId
from nanhai.domain.rounds import DRAWABLE_S, KEPT_S, Times, Window
from nanhai.policies.divisions import divisions
from nanhai.services import trail
from nanhai.services.asked import Asked
from nanhai.services.masks import known, schemas
from nanhai.services.masks.schemas import CreateRound, NewPoint, PickUpPoint, PickUpWindow, RoundCreated, RoundListed
from nanhai.services.platform import Platform
from nanhai.services.schemas import instant, moment
from nanhai.store import masks
from nanhai.store.masks import Point, Round
from nanhai.vault import sealing

ROUND_S_MAX = 90 * DAY_S
PERCENT = 100

Start = dict[str, Any]


def create(platform: Platform, asked: Asked, body: CreateRound) -> RoundCreated:
    """Invalid names every time, point and stock that cannot be."""
    times = _times(body)
    if faults := [*_time_faults(times, asked.now), *_point_faults(platform, asked, body)]:
        raise Invalid(*faults)
    round_id, seed = platform.new_ulid(asked.now), platform.entropy(lottery.SEED_BYTES)
    commitment = lottery.commitment(round_id, seed)
    new = Round(
        round_id,
        body.title.strip(),
        times,
        tuple(_point(body, point) for point in body.points),
        body.packs_per_person,
        body.packs_per_employee,
        body.beacon_source,
        commitment,
        sealing.seal(_seed_key(platform, round_id), seed, **_place(round_id)),
        StaffId(asked.actor.id),
        asked.now,
    )
    trail.note(asked, f"round {round_id} {commitment}")
    return platform.commit(masks.create(new), asked.once, RoundCreated(round_id, commitment))


def seed_of(platform: Platform, found: Round) -> bytes:
    """The opened seed: for the draw alone."""
    return sealing.open_(_seed_key(platform, found.round_id), found.seed, **_place(found.round_id))


def listed(now: Instant, limit: int, start: Start | None) -> tuple[list[RoundListed], Start | None]:
    """Newest first, and where the next page begins."""
    ids, following = masks.listed(limit, start)
    return [_listed(known.round_of(round_id), now) for round_id in ids], following


def read(round_id: str, now: Instant) -> schemas.Round:
    """Absent when there is none."""
    found = known.round_of(round_id)
    draw = known.draw_by(found, now)
    return schemas.Round(
        found.round_id,
        found.title,
        known.state_of(found, draw, now).value,
        moment(found.times.opens_at),
        moment(found.times.closes_at),
        moment(known.reserve_by(found, draw)),
        [PickUpWindow(n, moment(w.begins_at), moment(w.ends_at)) for n, w in enumerate(found.times.windows)],
        [PickUpPoint(p.point_id, p.name, p.community, p.portions, p.for_enterprises, p.slots) for p in found.points],
        found.packs_per_person,
        found.packs_per_employee,
        found.beacon_source,
        found.commitment,
    )


def _listed(found: Round, now: Instant) -> RoundListed:
    draw = known.draw_by(found, now)
    return RoundListed(
        found.round_id,
        found.title,
        known.state_of(found, draw, now).value,
        moment(found.times.opens_at),
        moment(found.times.closes_at),
        moment(known.reserve_by(found, draw)),
        found.commitment,
    )


def _times(body: CreateRound) -> Times:
    windows = tuple(Window(instant(window.begins_at), instant(window.ends_at)) for window in body.windows)
    return Times(instant(body.opens_at), instant(body.closes_at), instant(body.reserve_by), windows)


def _time_faults(times: Times, now: Instant) -> Iterator[Fault]:
    if times.closes_at <= max(times.opens_at, now):
        yield Fault("/closes_at", "masks.closes-early")
    if not times.draws_from < times.reserve_by <= times.ends_at:
        yield Fault("/reserve_by", "masks.reserve-by")
    if times.fetch_from < times.draws_from:
        yield Fault("/windows/0/begins_at", "masks.window-before-draw")
    if times.draws_until - times.draws_from < DRAWABLE_S:
        yield Fault("/windows", "masks.too-short", {"hours": (KEPT_S + DRAWABLE_S) // HOUR_S})
    if times.ends_at - now > ROUND_S_MAX:
        yield Fault("/windows", "masks.too-long", {"days": ROUND_S_MAX // DAY_S})
    for index, window in enumerate(times.windows):
        if window.ends_at <= window.begins_at:
            yield Fault(f"/windows/{index}/ends_at", "masks.window-order")
    for index, (before, after) in enumerate(pairwise(times.windows), start=1):
        if after.begins_at < before.ends_at:
            yield Fault(f"/windows/{index}/begins_at", "masks.window-order")


def _point_faults(platform: Platform, asked: Asked, body: CreateRound) -> Iterator[Fault]:
    known_here = divisions(platform.settings.district)
    seen: set[str] = set()
    for index, point in enumerate(body.points):
        if point.point_id in seen:
            yield Fault(f"/points/{index}/point_id", "masks.point-twice")
        seen.add(point.point_id)
        if known_here.community(point.community) is None or not asked.sees(point.community):
            yield Fault(f"/points/{index}/community", "masks.community-unknown")
        if point.stock % body.packs_per_person:
            yield Fault(f"/points/{index}/stock", "masks.stock-broken", {"packs": body.packs_per_person})
        elif point.slots * len(body.windows) < _portions(body, point):
            yield Fault(f"/points/{index}/slots", "masks.slots-few", {"portions": _portions(body, point)})


def _portions(body: CreateRound, point: NewPoint) -> int:
    """What is drawn: all but the enterprises' share, whose fraction of a portion the people get."""
    portions = point.stock // body.packs_per_person
    return portions - portions * body.enterprise_share // PERCENT


def _point(body: CreateRound, point: NewPoint) -> Point:
    portions = _portions(body, point)
    for_enterprises = point.stock - portions * body.packs_per_person
    community = DivisionCode(point.community)
    return Point(point.point_id, point.name.strip(), community, portions, for_enterprises, point.slots)


def _seed_key(platform: Platform, round_id: str) -> bytes:
    return hmac.digest(platform.ring.kek, f"nhpass/v1/mask-seed\0{round_id}".encode(), hashlib.sha256)


def _place(round_id: str) -> dict[str, str]:
    return {"table": "masks", "holder": round_id, "field": "seed"}
