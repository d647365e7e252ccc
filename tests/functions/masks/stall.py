"""Rounds for tests of all endpoints: each step asked for over HTTP, at the time that the clock of the district had or
has. It never moves on, so that nobody's token ends: what takes its time was begun so much earlier."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from nanhai.domain.actors import Role
from nanhai.services.masks import known
from nanhai.streams import draw

from tests.functions.checkpoints.stand import HERE, rfc3339
from tests.functions.enterprises.office import filing
from tests.functions.identity import company

EAST = "EAST"
CLOSES_S, DRAWS_S, RESERVES_S, ENDS_S = 60, 180, 300, 172_800


def new_round(district) -> dict[str, Any]:
    """Open for a minute; masks are there from when it can be drawn."""
    now = district.now
    return {
        "title": "第三轮口罩",
        "opens_at": rfc3339(now),
        "closes_at": rfc3339(now + CLOSES_S),
        "reserve_by": rfc3339(now + RESERVES_S),
        "windows": [{"begins_at": rfc3339(now + DRAWS_S), "ends_at": rfc3339(now + ENDS_S)}],
        "points": [{"point_id": EAST, "name": "东门", "community": HERE, "stock": 100, "slots": 20}],
        "packs_per_person": 5,
        "enterprise_share": 50,
        "packs_per_employee": 2,
    }


def announced(district) -> dict[str, str]:
    made = district.made(district.by(Role.DISTRICT_COMMAND), "POST", "/masks/rounds", new_round(district))
    return {"round_id": made["round_id"]}


def entered(district) -> dict[str, str]:
    told = announced(district)
    path = f"/masks/rounds/{told['round_id']}/entries"
    district.made(district.by(Role.CITIZEN), "POST", path, {"points": [EAST]})
    return told


def closed(district) -> dict[str, str]:
    with earlier(district, DRAWS_S):
        return entered(district)


def drawn(district) -> dict[str, str]:
    told = closed(district)
    district.made(district.by(Role.DISTRICT_COMMAND), "POST", f"/masks/rounds/{told['round_id']}/draws", {})
    draw.work(district.here, known.round_of(told["round_id"]), lambda: draw.RESERVE_S + 1)
    return told


@contextmanager
def earlier(district, by_s) -> Iterator[None]:
    district.now -= by_s
    yield
    district.now += by_s


def reserved(district) -> str:
    """The code."""
    path = f"/masks/entries/{drawn(district)['round_id']}/reservations"
    return district.made(district.by(Role.CITIZEN), "POST", path, {"point": EAST, "window": 0})["code"]


def employer(district) -> str:
    """The code of an enterprise whose filing was accepted."""
    uscc, _ = company.known(district)
    token = district.token_of(uscc, Role.ENTERPRISE)
    district.made(token, "POST", "/enterprises/filings", filing(district))
    decided = {"revision": 1, "decision": "accept", "reasons": ["ok"]}
    path = f"/enterprises/filings/{uscc}/decisions"
    district.made(district.by(Role.DISTRICT_COMMAND), "POST", path, decided)
    return uscc
