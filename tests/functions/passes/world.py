"""People with records, citizens and officers who ask, and a clock that stands still until it is moved."""

from __future__ import annotations

import json
import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from nanhai.domain.actors import Role
from nanhai.domain.days import DAY_S, LOCAL_OFFSET_S, local_day
from nanhai.domain.identifiers import RecordId
from nanhai.domain.records import (
    READERS,
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
from nanhai.edge import authentication
from nanhai.services import queues
from nanhai.store import audit, people, staff
from nanhai.store.connection import client, table_name
from nanhai.store.staff import StaffRecord
from nanhai.store.writes import commit, send
from nanhai.streams.rebuild import rebuild
from nanhai.vault import sessions

from infra.local.apps import load
from tests.edge.gateway import ask
from tests.items import item

UNKNOWN = "aura"
HERE, OTHER_TOWN = "440605001001", "440605002001"
FEVER, WELL = Symptoms(37.6, ("fever",)), Symptoms(36.5, ())
AUTHORITIES = {Isolation: Source.HEALTH_AUTHORITY, Clearance: Source.COMMUNITY, Residence: Source.POLICE}


@dataclass
class World:
    here: object
    now: int

    def person(self, *facts, region="440605", community=HERE, applied=True, proven=True):
        """Someone whose household is in `region`, who has applied, and of whom these facts are recorded."""
        person = self.here.new_person_id()
        residence = self.record(person, Residence(region, False), source=None if proven else Source.CITIZEN)
        known = [*([Application(Holder.PERSON)] if applied else []), *facts]
        records = [residence, *(self.record(person, fact) for fact in known)]
        send(people.new_person_with(person, community, records, self.now))
        return person

    def record(self, person, fact, *, source=None, at=None) -> Record:
        at = self.now if at is None else at
        id_ = RecordId(self.here.new_ulid(at))
        by = source or AUTHORITIES.get(type(fact), Source.CITIZEN)
        return Record(id_, person, at, at, by, "office-1/someone", "evidence", "basis", fact)

    def add(self, person, fact, **how) -> RecordId:
        record = self.record(person, fact, **how)
        people.write_records(person, [record], self.now)
        return record.record_id

    def guards(self, guardian, dependant, days=30) -> None:
        commit([people.link(guardian, dependant, "child", self.now + days * DAY_S)])

    def order(self, *, starts_s=0, lasts_s=14 * DAY_S) -> Isolation:
        since = self.now + starts_s
        return Isolation(Place.HOME, Reason.CLOSE_CONTACT, since, since + lasts_s, "home")

    def spoil(self, person) -> None:
        """One more record, of a class that this program does not know."""
        wire = to_wire(self.record(person, Correction("for the eyes of a newer program"))) | {"c": UNKNOWN}
        client().update_item(
            TableName=table_name("people"),
            Key=item(person_id=person, sk="head"),
            UpdateExpression="SET facts = list_append(facts, :more) ADD version :one",
            ExpressionAttributeValues=item(**{":more": [json.dumps(wire)], ":one": 1}),
        )

    def learn(self) -> None:
        """A newer program has been deployed: nothing stored has changed, but now it can be read."""
        READERS[UNKNOWN] = READERS[Correction.name]

    def forget(self) -> None:
        READERS.pop(UNKNOWN, None)

    def garble(self, person, **wrong) -> None:
        """What is stored as the pass of `person` is none."""
        where = {"TableName": table_name("passes"), "Key": item(person_id=person, sk="now")}
        stored = client().get_item(**where)["Item"] | item(**(wrong or {"timeline": "{"}))
        client().put_item(TableName=where["TableName"], Item=stored)

    def project(self, *persons) -> None:
        """What the stream does after each write."""
        assert rebuild(self.here, persons) == {}

    def token(self, person) -> str:
        subject = {"subject": person, "kind": "citizen", "role": Role.CITIZEN.value}
        return sessions.issue(self.here.ring, session="s", now=self.now, **subject)

    def officer(self, role, scope) -> str:
        staff_id = f"{role.value}-{secrets.token_hex(3)}"
        send([staff.appoint(StaffRecord(staff_id, role, scope, "office-1", "office", None, "", b"", "", True))])
        return sessions.issue(
            self.here.ring, subject=staff_id, kind="staff", session="s", role=role.value, now=self.now
        )

    def ask(self, method, url, by=None, **sent):
        """`by`: a person's id, or an officer's token."""
        if method == "POST":
            sent.setdefault("once", secrets.token_hex(16))
        token = by if by is None or len(by) > 13 else self.token(by)
        sent["headers"] = {"Accept-Language": "en"} | sent.get("headers", {})
        return ask(load("passes"), method, url, token=token, **sent)

    def shown(self, person, who="me"):
        answer = self.ask("GET", f"/{who}", person)
        assert answer.status == 200, answer.body
        return answer.json

    def colour(self, person) -> str:
        return self.shown(person)["colour"]

    def audited(self, operation) -> list:
        """(subject, outcome) of this day's entries."""
        rows = [entry for chain in audit.chains(local_day(self.now)) for entry in audit.page(chain, 200)[0]]
        return sorted((row.entry.subject, row.entry.outcome) for row in rows if row.entry.operation == operation)


def rfc3339(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z")


def morning() -> int:
    """Ten o'clock of the coming day: the keys of a fresh ring begin today."""
    return (local_day(int(time.time())) + 1) * DAY_S - LOCAL_OFFSET_S + 10 * 3_600


@pytest.fixture
def world(durable, platform, monkeypatch) -> World:
    """On the durable engine; its clock is `world.now`."""
    return _made(platform, monkeypatch)


@pytest.fixture
def queued(aws, sweep_queue, platform, monkeypatch) -> World:
    """On the mock, which has a queue."""
    queues.sqs.cache_clear()
    yield _made(platform, monkeypatch)
    queues.sqs.cache_clear()


def _made(platform, monkeypatch) -> World:
    READERS.pop(UNKNOWN, None)
    made = World(platform, morning())
    monkeypatch.setattr("nanhai.services.clock.system", lambda: made.now)
    authentication.forget_staff()
    return made
