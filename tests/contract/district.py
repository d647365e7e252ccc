"""A small district behind the local gateway: staff of each role, and people in each colour, made when first asked for.

Stand's builders, and everything asked just as the gateway asks it.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pytest
from nanhai.domain.actors import Role
from nanhai.domain.days import DAY_S, LOCAL_OFFSET_S, local_day
from nanhai.domain.identifiers import PersonId, RecordId
from nanhai.domain.records import Application, Holder
from nanhai.domain.resident_id import RESIDENT
from nanhai.edge import authentication
from nanhai.services.identity import persons, totp
from nanhai.services.identity import sessions as opening
from nanhai.services.identity.proof import Proven
from nanhai.services.ports import Proof
from nanhai.store import lookups, people, staff
from nanhai.store import sessions as rows
from nanhai.store.connection import client
from nanhai.store.staff import StaffRecord
from nanhai.store.writes import send
from nanhai.vault import sessions

from infra.local.apps import SharedChalice, load_all
from infra.local.consumers import Consumer, QueueConsumer
from infra.local.http import Incoming
from infra.local.invoke import answer
from infra.local.worker import Worker
from tests.conftest import SWEEP_QUEUE, Stage
from tests.contract.outside import Outside
from tests.edge.gateway import Answer
from tests.functions.checkpoints.stand import DISTRICT, FEVER, GATE, HERE, TOWN, Stand
from tests.functions.identity import company
from tests.functions.identity.world import Identity, id_number, known_hash

ADDRESS = "192.0.2.7"
HOUSEHOLD = "440605"
DEVICE = "d" * 32
APPLIED = Application(Holder.PERSON)
SCOPES = {Role.COMMUNITY_OFFICER: HERE, Role.GUARD: HERE, Role.TOWN_OFFICER: TOWN}
CITIZEN, CHILD, FEVERISH, ISOLATED, NEWCOMER, BABY, MISTAKEN = (
    Identity("黄大年", id_number(31)),
    Identity("黄小年", id_number(32, born="20130501")),
    Identity("何香凝", id_number(33)),
    Identity("陈铁军", id_number(34)),
    Identity("梁新来", id_number(35)),
    Identity("黄满月", id_number(36, born="20200103")),
    Identity("冼玉清", id_number(37)),
)
PHONES = {who: f"+86139000000{number}" for number, who in enumerate((CITIZEN, FEVERISH, ISOLATED, NEWCOMER), 31)}


@dataclass(frozen=True)
class Sent:
    """One request as a client sends it; `path` with the base path, percent-encoded."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(repr=False)
class District(Stand):
    stage: Stage | None = None
    outside: Outside | None = None
    apps: Mapping[str, SharedChalice] = field(default_factory=load_all)
    members: dict[Role, str] = field(default_factory=dict)
    address: str = ADDRESS
    kept: dict[str, Any] = field(default_factory=dict)  # what a test remembers of it

    def send(self, sent: Sent) -> Answer:
        headers = tuple((name.lower(), value) for name, value in sent.headers.items())
        given = answer(self.apps, Incoming(sent.method, sent.path, sent.query, headers, sent.body, self.address))
        return Answer(given.status, dict(given.headers), given.body)

    def made(self, token: str | None, method: str, path: str, body: Any = None) -> Any:
        """The answer to a request that has to be granted."""
        given = self.asked(token, method, path, body)
        assert 200 <= given.status < 300, given.body
        return given.json if given.body else None

    def asked(self, token: str | None, method: str, path: str, body: Any = None) -> Answer:
        """The answer to a request in good form."""
        headers = {"Idempotency-Key": secrets.token_hex(16), "Content-Type": "application/json"}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        return self.send(Sent(method, path, "", headers, b"" if body is None else json.dumps(body).encode()))

    def by(self, role: Role) -> str:
        """An access token for someone of this role."""
        if role is Role.CITIZEN:
            return self.own(self.citizen)
        if role not in self.members:
            self.members[role] = self.enterprise if role is Role.ENTERPRISE else self.member(role).staff_id
        return self.token_of(self.members[role], role)

    def own(self, person: str, session: str = "s") -> str:
        subject = {"subject": person, "kind": "citizen", "role": Role.CITIZEN.value}
        return sessions.issue(self.here.ring, session=session, now=self.now, **subject)

    def member(self, role: Role, secret: str = "") -> StaffRecord:
        """Appoints one more, each role an organisation of its own; who has a secret can sign in."""
        staff_id = f"{role.value}-{secrets.token_hex(3)}"
        new = StaffRecord(
            staff_id,
            role,
            SCOPES.get(role, DISTRICT),
            "china-mobile" if role is Role.DEPARTMENT_FEED else f"{role.value}-1",
            "office",
            self.north_gate if role is Role.GUARD else None,
            known_hash() if secret else "",
            totp.sealed(self.here, staff_id, secret) if secret else b"",
            "",
            active=True,
        )
        send([staff.appoint(new)])
        return new

    def resident(self, who: Identity, *facts) -> PersonId:
        """Registered by real name; these facts are recorded besides."""
        person, phone = self.here.new_person_id(), PHONES.get(who, "")
        proven = Proven(who.name, RESIDENT, who.number, Proof(HOUSEHOLD, permit=False))
        writes = persons.new_person_writes(
            self.here, person, proven, self.now, phone=phone, community=HERE, address="桂澜路 1 号"
        )
        if phone:
            writes.append(lookups.claim(persons.phone_index(self.here, phone), person, persons.PERSON))
        send(writes)
        for fact in facts:
            self.add(person, fact)
        return person

    def session(self, person: str = "") -> tuple[str, str]:
        """An open session as signing in leaves it, of a newcomer where nobody is named: access and refresh token."""
        phone = "" if person else PHONES[NEWCOMER]
        opened, refresh_token = opening.new(
            self.here, opening.CITIZEN, person, Role.CITIZEN, DEVICE, self.now, phone=phone
        )
        send([rows.open_session(opened)])
        return self.own(person, opened.session_id), refresh_token

    def work(self) -> None:
        """Whatever waits in the sweep queue is done."""
        consumer = Consumer("sweep", 300.0, f"{SWEEP_QUEUE}-failures", self.apps["passes"].handler_map["sweep"])
        worker = Worker(QueueConsumer(consumer, SWEEP_QUEUE, 1), self.outside.journal)
        while worker.step() == 0.0:
            pass

    def rows(self, table: str) -> list[dict[str, Any]]:
        """Every item of a table, as it is stored."""
        found, start = [], {}
        while True:
            page = client().scan(TableName=self.stage.prefix + table, **start)
            found += page["Items"]
            if "LastEvaluatedKey" not in page:
                return found
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}

    @cached_property
    def enterprise(self) -> str:
        """The code of one that the register of legal persons knows."""
        return company.known(self)[0]

    @cached_property
    def north_gate(self) -> str:
        return self.gate(GATE)

    @cached_property
    def citizen(self) -> PersonId:
        return self.resident(CITIZEN, APPLIED)

    @cached_property
    def child(self) -> PersonId:
        """The citizen's, without a pass yet."""
        child = self.resident(CHILD)
        send([people.link(self.citizen, child, "child", self.now + 300 * DAY_S)])
        return child

    @cached_property
    def feverish(self) -> PersonId:
        return self.resident(FEVERISH, APPLIED, FEVER)

    @cached_property
    def mistaken(self) -> PersonId:
        """Somebody yellow who will appeal."""
        return self.resident(MISTAKEN, APPLIED, FEVER)

    @cached_property
    def isolated(self) -> tuple[PersonId, RecordId]:
        """Somebody under an order, and the order."""
        person = self.resident(ISOLATED, APPLIED)
        return person, self.add(person, self.order())

    @cached_property
    def tables(self) -> tuple[str, ...]:
        return tuple(self.stage.streams)


@pytest.fixture
def district(outside, durable, platform, monkeypatch) -> District:
    """At ten o'clock of the coming day: the keys of a fresh ring begin today."""
    morning = (local_day(int(time.time())) + 1) * DAY_S - LOCAL_OFFSET_S + 10 * 3_600
    made = District(platform, morning, stage=durable, outside=outside)
    monkeypatch.setattr("nanhai.services.clock.system", lambda: made.now)
    monkeypatch.setattr("nanhai.services.identity.enterprise_codes.ANSWERED_AFTER_S", 0.0)
    authentication.forget_staff()
    durable.known(
        {
            f"{RESIDENT}:{who.number}": {"name": who.name, "household_region": HOUSEHOLD, "permit": False}
            for who in (NEWCOMER, BABY)
        }
    )
    return made
