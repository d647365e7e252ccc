"""What each write of a round of masks asks of the database, how evenly a rush is spread over partitions, and how long
the step of a draw takes that ranks."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import Any

from nanhai.domain.actors import Actor, Role
from nanhai.domain.days import DAY_S, HOUR_S
from nanhai.domain.identifiers import DivisionCode, Instant, OrganisationId, Scope, StaffId
from nanhai.domain.lottery import Entry
from nanhai.domain.resumption import State
from nanhai.edge.call import Call
from nanhai.services.masks import drawing, entries, known, rounds
from nanhai.services.masks.schemas import CreateRound, NewPoint, NewWindow
from nanhai.services.platform import Platform
from nanhai.services.schemas import moment
from nanhai.store import masks, organisations, staff
from nanhai.store.masks import SHELVES, Entered
from nanhai.store.organisations import Organisation
from nanhai.store.staff import StaffRecord
from nanhai.store.writes import ONCE_S, Once, send
from nanhai.vault import sessions

from infra.local import apps
from tests.bench import visitors
from tests.bench.asking import request
from tests.bench.compare import Result, counted
from tests.bench.counts import requests_of, told
from tests.bench.ground import Ground
from tests.bench.population import people_with_passes

NAMES = (
    "requests-mask-round",
    "requests-mask-entry",
    "requests-mask-draw",
    "requests-mask-reservation",
    "requests-mask-pick-up",
    "requests-mask-order",
    "mask-entries-per-key",
)
EAST, HERE = "EAST", DivisionCode("440605011001")
CROWD, EVENING_S, DISTRICT_ENTRIES = 4_000, HOUR_S, 1_240_000
ENTRIES_PER_TRANSACTION = 50
WRITE_UNITS, PARTITION_UNITS = 2, 1_000  # of a small item in a transaction; what a partition key bears in a second
WORKS = OrganisationId("91440605MA00000001")


def results(ground: Ground) -> Iterator[Result]:
    here, now = ground.here, ground.here.now()
    person = people_with_passes(ground, 1)[0]
    citizen, command = visitors.citizen(here, person), _staff(here, Role.DISTRICT_COMMAND, "440605")
    keeper = _staff(here, Role.COMMUNITY_OFFICER, HERE)
    yield _counted(NAMES[0], "<= 5", command, "/rounds", _as_json(_round(now)))
    opened, closed = _made(here, now), _made(here, now - 2 * HOUR_S)
    yield _counted(NAMES[1], "<= 3", citizen, f"/rounds/{opened}/entries", {"points": [EAST]})
    send(masks.enter(Entered(person, closed, Entry("0" * 16, (EAST,)), now, person)))
    yield _counted(NAMES[2], "<= 5", command, f"/rounds/{closed}/draws", {})
    while drawing.step(here, known.round_of(closed), now):
        pass
    yield _counted(NAMES[3], "<= 9", citizen, f"/entries/{closed}/reservations", {"point": EAST, "window": 0})
    code = request(apps.load("masks"), "GET", "/entries", citizen).json["entries"][-1]["code"]
    yield _counted(NAMES[4], "<= 9", keeper, "/pickups", {"code": code})
    send(organisations.changed(_works(), _works()))
    works = sessions.issue(here.ring, subject=WORKS, kind="enterprise", session="s", role="enterprise", now=now)
    yield _counted(NAMES[5], "<= 3", works, f"/rounds/{opened}/orders", {"point": EAST, "packs": 5})
    yield _rush(here, now)


def _counted(name: str, goal: str, token: str, path: str, body: object) -> Result:
    app = apps.load("masks")
    seen = requests_of(request(app, "POST", path, token, body, once=f"benchmark-{name[-24:]}-1"))
    return counted(name, len(seen), goal, f"counted: {told(seen)}", 1)


def _rush(here: Platform, now: Instant) -> Result:
    """Entries under tickets of the platform's own making, counted by the shelf that each is written to: what else an
    entry writes is nobody else's."""
    round_id = here.new_ulid(now)
    made = [(here.new_person_id(), entries.new_ticket(here)) for _ in range(CROWD)]
    for first in range(0, CROWD, ENTRIES_PER_TRANSACTION):
        some = made[first : first + ENTRIES_PER_TRANSACTION]
        told_ = [Entered(who, round_id, Entry(ticket, (EAST,)), now, who) for who, ticket in some]
        send([write for new in told_ for write in masks.enter(new)])
    busiest = max(len(masks.on_shelf(round_id, shelf, "", CROWD)) for shelf in SHELVES)
    units = busiest / CROWD * DISTRICT_ENTRIES / EVENING_S * WRITE_UNITS
    peer = f"a partition's {PARTITION_UNITS:,}; {DISTRICT_ENTRIES:,} in an hour, busiest key {busiest / CROWD:.1%}"
    return counted(NAMES[6], units, "<= 50", peer, CROWD, "write units/s of a key")


def _made(here: Platform, at: Instant) -> str:
    """A round that opened at `at`."""
    command = Actor(Role.DISTRICT_COMMAND, "command-1", Scope("440605"))
    round_id = rounds.create(here, _call(command, at), _round(at)).round_id
    known.round_of(round_id)  # a process reads each round once
    return round_id


def _round(at: Instant) -> CreateRound:
    """Closes after an hour; masks are there from then on, for two days."""
    closes_at = at + HOUR_S
    window = NewWindow(moment(closes_at + 120), moment(closes_at + 2 * DAY_S))
    return CreateRound(
        title="第三轮口罩",
        opens_at=moment(at),
        closes_at=moment(closes_at),
        reserve_by=moment(closes_at + 4 * HOUR_S),
        windows=[window],
        points=[NewPoint(EAST, "东门", HERE, 1_000, 200)],
        packs_per_person=5,
        enterprise_share=20,
        packs_per_employee=2,
    )


def _as_json(body: CreateRound) -> Any:
    import msgspec

    return msgspec.json.decode(msgspec.json.encode(body))


def _works() -> Organisation:
    return Organisation(WORKS, "works", HERE, above=True, state=State.ACCEPTED, headcount=320, accepted_headcount=320)


def _staff(here: Platform, role: Role, scope: str) -> str:
    staff_id = StaffId(f"bench-{role.value}")
    new = StaffRecord(staff_id, role, Scope(scope), OrganisationId("o"), "office", None, "", b"", "", active=True)
    send([staff.appoint(new)])
    return sessions.issue(here.ring, subject=staff_id, kind="staff", session="s", role=role.value, now=here.now())


def _call(actor: Actor, at: Instant) -> Call:
    return Call(
        operation="round.create",
        now=at,
        actor=actor,
        language="zh-CN",
        path={},
        query=None,
        once=Once(actor.id, secrets.token_hex(8), "f", at + ONCE_S),
        correlation_id="c",
        address="",
        url_path="",
    )
