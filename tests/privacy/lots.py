"""A round of masks: entered, drawn, reserved, and fetched with a code."""

from __future__ import annotations

from nanhai.domain.actors import Role
from nanhai.services.masks import known
from nanhai.streams import draw

from tests.functions.masks import stall
from tests.privacy.life import Life


def draws_lots(life: Life) -> None:
    made = life.by(Role.DISTRICT_COMMAND, "POST", "/masks/rounds", stall.new_round(life.district))["round_id"]
    points = {"points": [stall.EAST]}
    life.granted(life.token, "POST", f"/masks/rounds/{made}/entries", points)
    life.granted(life.token, "POST", f"/masks/rounds/{made}/entries", points | {"who": life.parent})
    packs = {"point": stall.EAST, "packs": 10}
    order = life.granted(life.staff[Role.ENTERPRISE], "POST", f"/masks/rounds/{made}/orders", packs)
    life.district.now += stall.DRAWS_S
    life.by(Role.DISTRICT_COMMAND, "POST", f"/masks/rounds/{made}/draws", {})
    draw.work(life.district.here, known.round_of(made), lambda: draw.RESERVE_S + 1)
    life.granted(None, "GET", f"/masks/rounds/{made}/draw")
    reserved = life.granted(
        life.token, "POST", f"/masks/entries/{made}/reservations", {"point": stall.EAST, "window": 0}
    )
    life.granted(life.token, "GET", "/masks/entries")
    for code in (life.plant("pick-up code", told["code"]) for told in (reserved, order)):
        life.by(Role.COMMUNITY_OFFICER, "POST", "/masks/pickups", {"code": code})
    life.refused(life.staff[Role.COMMUNITY_OFFICER], "POST", "/masks/pickups", {"code": reserved["code"]})
