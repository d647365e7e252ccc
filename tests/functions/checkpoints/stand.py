"""A small district to check passes in: a clock that stands still, staff, gates, people with records, and tokens."""

from __future__ import annotations

import json
import secrets
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from nanhai.domain import tokens
from nanhai.domain.actors import Role
from nanhai.domain.colour import Colour
from nanhai.domain.days import DAY_S, LOCAL_OFFSET_S, local_day
from nanhai.domain.identifiers import RecordId
from nanhai.domain.pseudonym import day_key, pseudonym
from nanhai.domain.records import (
    Application,
    Clearance,
    Correction,
    Holder,
    Isolation,
    Place,
    Reason,
    Record,
    Residence,
    Source,
    Symptoms,
    to_wire,
)
from nanhai.domain.tokens import Token, slot_of
from nanhai.edge import authentication
from nanhai.services.profile import Profile
from nanhai.store import audit, gates, lookups, people, staff
from nanhai.store.connection import client, table_name
from nanhai.store.gates import Gate
from nanhai.store.staff import StaffRecord
from nanhai.store.writes import send
from nanhai.vault import sessions

from infra.local.apps import load
from tests.edge.gateway import ask
from tests.items import item

HERE, NEXT_DOOR, OTHER_TOWN = "440605011001", "440605011004", "440605122002"
TOWN, DISTRICT = "440605011", "440605"
GATE, OTHER_GATE = "GATE-1", "GATE-2"
FEVER = Symptoms(37.6, ("fever",))


@dataclass
class Stand:
    here: object
    now: int
    unique: int = 0
    stored: set = field(default_factory=set)

    def ask(self, function, method, url, **sent):
        if method == "POST" and "once" not in sent:
            sent["once"] = secrets.token_hex(16)
        return ask(load(function), method, url, **sent)

    def scan(self, guard, token, **sent):
        return self.ask("checkpoints", "POST", "/scans", body={"token": token}, token=guard, once=None, **sent)

    def verdict(self, guard, token) -> str:
        answer = self.scan(guard, token)
        assert answer.status == 200, answer.body
        return answer.json["verdict"]

    def gate(self, gate_id=GATE, community=HERE, *, shows_name=False) -> str:
        send([gates.create(Gate(gate_id, "North gate", community, shows_name, self.now))])
        return gate_id

    def duty(self, role, scope=HERE, *, gate=None, organisation="office-1", staff_id=None, person="") -> str:
        """Appoints a member of staff, who as a holder is `person`; returns a token for them."""
        staff_id = staff_id or f"{role.value}-{self._next()}"
        index = f"id-of-{person}" if person else ""
        new = StaffRecord(staff_id, role, scope, organisation, "office", gate, "", b"", "", True, index)
        send([staff.appoint(new), *([lookups.claim(index, person, lookups.PERSON)] if person else [])])
        return self.token_of(staff_id, role)

    def guard(self, gate=GATE, community=HERE) -> str:
        return self.duty(Role.GUARD, community, gate=gate)

    def token_of(self, staff_id, role) -> str:
        return sessions.issue(
            self.here.ring, subject=staff_id, kind="staff", session="s", role=role.value, now=self.now
        )

    def person(self, *facts, community=HERE, region="440605", name=None, proven=True):
        """Someone who has applied and whose household is in `region`, about whom these facts are recorded."""
        person = self.here.new_person_id()
        register = Source.POLICE if proven else Source.CITIZEN
        known = [(Residence(region, False), register), (Application(Holder.PERSON), Source.CITIZEN)]
        records = [self._record(person, fact, source) for fact, source in known]
        writes = people.new_person_with(person, community, records, self.now)
        if name is not None:
            profile = Profile(name, "10", "440605199001011234", "+8613800138000", region, False, community, "1")
            writes += self.here.new_profile_writes(person, profile)
        send(writes)
        for fact in facts:
            self.add(person, fact)
        return person

    def add(self, person, fact, source=None) -> RecordId:
        own = Source.CITIZEN if isinstance(fact, Symptoms) else Source.HEALTH_AUTHORITY
        record = self._record(person, fact, source or own)
        people.write_records(person, [record], self.now)
        return record.record_id

    def spoil(self, person) -> None:
        """One more fact, of a class that this program does not know."""
        wire = to_wire(self._record(person, Correction("for a newer program"), Source.CITIZEN)) | {"c": "unheard-of"}
        client().update_item(
            TableName=table_name("people"),
            Key=item(person_id=person, sk="head"),
            UpdateExpression="SET facts = list_append(facts, :more) ADD version :one",
            ExpressionAttributeValues=item(**{":more": [json.dumps(wire)], ":one": 1}),
        )

    def order(self, days=14) -> Isolation:
        return Isolation(Place.HOME, Reason.CLOSE_CONTACT, self.now, self.now + days * DAY_S, "home")

    def clearance(self, *places, hours=24) -> Clearance:
        return Clearance(places, self.now + hours * 3_600)

    def shown(self, person, *, at=None, colour=Colour.GREEN, **changes) -> str:
        """The token that a phone shows in the slot of `at`."""
        return tokens.make(self.content(person, at=at, colour=colour, **changes), self.signer(at))

    def content(self, person, *, at=None, colour=Colour.GREEN, holder=Holder.PERSON, ttl=60) -> Token:
        slot = self.now if holder is Holder.PAPER else slot_of(self.now if at is None else at)
        seen = pseudonym(day_key(self.here.ring.days, local_day(slot)), person)
        kid = self.here.ring.gate_key(slot).kid
        return Token(kid, colour, holder, seen, slot, ttl, self.here.settings.audience)

    def signer(self, at=None):
        return self.here.ring.gate_key(self.now if at is None else at).sign

    def audited(self) -> list:
        """(operation, subject, outcome) of all entries of this day."""
        rows = [entry for chain in audit.chains(local_day(self.now)) for entry in audit.page(chain, 200)[0]]
        return sorted((row.entry.operation, row.entry.subject, row.entry.outcome) for row in rows)

    def _record(self, person, fact, source) -> Record:
        id_ = RecordId(self.here.new_ulid(self.now))
        return Record(id_, person, self.now, self.now, source, "office-1/someone", "evidence", "basis", fact)

    def _next(self) -> int:
        self.unique += 1
        return self.unique


def rfc3339(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z")


@pytest.fixture
def stand(platform, monkeypatch):
    """At ten o'clock of the coming day: the keys of a fresh ring begin today."""
    morning = (local_day(int(time.time())) + 1) * DAY_S - LOCAL_OFFSET_S + 10 * 3_600
    made = Stand(platform, morning)
    monkeypatch.setattr("nanhai.services.clock.system", lambda: made.now)
    authentication.forget_staff()
    return made
