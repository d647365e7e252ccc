"""A district with enterprises: what the register of legal persons knows of them, their people, and who asks."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field
from typing import Any

from nanhai.domain.actors import Role
from nanhai.domain.days import DAY_S, LOCAL_OFFSET_S, local_date, local_day
from nanhai.domain.records import Application, Holder
from nanhai.domain.resident_id import RESIDENT
from nanhai.services.identity import persons
from nanhai.services.identity.proof import Proven
from nanhai.services.ports import Proof
from nanhai.store.writes import send
from nanhai.vault import sessions

from infra.local.apps import load
from tests.conftest import Stage
from tests.edge.gateway import Answer, ask
from tests.functions.checkpoints.stand import DISTRICT, HERE, TOWN, Stand
from tests.functions.identity.company import uscc
from tests.functions.identity.world import id_number

FOUNDRY, SHOP, FAR = uscc(1), uscc(2), uscc(3)
OTHER_TOWN_HERE = "440605122002"
REGISTERED = {
    FOUNDRY: {"name": "南海某某铸造有限公司", "community": HERE, "above_designated_size": True},
    SHOP: {"name": "桂城某某商店", "community": HERE, "above_designated_size": False},
    FAR: {"name": "大沥某某铝材有限公司", "community": OTHER_TOWN_HERE, "above_designated_size": True},
}
APPLIED = Application(Holder.PERSON)


@dataclass(frozen=True)
class Worker:
    """Somebody who is registered."""

    person: str
    name: str
    phone: str
    number: str


@dataclass(repr=False)
class Office(Stand):
    stage: Stage | None = None
    workers: list[Worker] = field(default_factory=list)

    def know(self, rows: dict[str, dict[str, Any]] = REGISTERED) -> None:
        told = {code: {"contact_phone": "+8613900001001"} | row for code, row in rows.items()}
        self.stage.folder.joinpath("legal.json").write_text(json.dumps(told, ensure_ascii=False), "utf-8")

    @property
    def today(self) -> str:
        return str(local_date(self.now))

    def wait(self, days: int = 0, seconds: int = 0) -> None:
        self.now += days * DAY_S + seconds

    def at(self, hour: int, minute: int = 0, second: int = 0) -> None:
        """This time of the present local day."""
        self.now = local_day(self.now) * DAY_S - LOCAL_OFFSET_S + hour * 3_600 + minute * 60 + second

    def enterprise(self, code: str = FOUNDRY) -> str:
        return self._token(code, "enterprise", Role.ENTERPRISE)

    def own(self, worker: Worker) -> str:
        return self._token(worker.person, "citizen", Role.CITIZEN)

    def town(self, scope: str = TOWN) -> str:
        return self.duty(Role.TOWN_OFFICER, scope, organisation="town-1")

    def command(self) -> str:
        return self.duty(Role.DISTRICT_COMMAND, DISTRICT, organisation="command-1")

    def post(self, token: str, path: str, body: Any, once: str | None = "", **sent: Any) -> Answer:
        key = secrets.token_hex(16) if once == "" else once
        return ask(load("enterprises"), "POST", path, body=body, token=token, once=key, **sent)

    def get(self, token: str, path: str, **sent: Any) -> Answer:
        return ask(load("enterprises"), "GET", path, token=token, **sent)

    def done(self, answer: Answer) -> Any:
        assert answer.status in {200, 201}, answer.body
        return answer.json

    def worker(self, *facts: Any, name: str = "何香凝", serial: int | None = None, community: str = HERE) -> Worker:
        """Registered by real name, with a pass and what these facts make of it."""
        serial = len(self.workers) + 100 if serial is None else serial
        new = Worker(self.here.new_person_id(), name, f"+86137{serial:08d}", id_number(serial))
        proven = Proven(name, RESIDENT, new.number, Proof("440605", permit=False))
        home = {"phone": new.phone, "community": community, "address": "桂澜路 1 号"}
        send(persons.new_person_writes(self.here, new.person, proven, self.now, **home))
        for fact in (APPLIED, *facts):
            self.add(new.person, fact)
        self.workers.append(new)
        return new

    def invite(self, *workers: Worker, code: str = FOUNDRY, by: str = "phone") -> Answer:
        named = [
            {"name": one.name, "phone": one.phone} if by == "phone" else {"name": one.name, "id_number": one.number}
            for one in workers
        ]
        people = [body | {"number": f"A-{number:03d}"} for number, body in enumerate(named)]
        return self.post(self.enterprise(code), "/roster/invitations", {"people": people})

    def join(self, worker: Worker, code: str = FOUNDRY, **sent: Any) -> Answer:
        return self.post(self.own(worker), f"/employments/{code}", {"answer": "join", "consent": True}, **sent)

    def leave(self, worker: Worker, code: str = FOUNDRY, **sent: Any) -> Answer:
        return self.post(self.own(worker), f"/employments/{code}", {"answer": "leave"}, **sent)

    def employed(self, *facts: Any, code: str = FOUNDRY, **who: Any) -> Worker:
        worker = self.worker(*facts, **who)
        assert self.invite(worker, code=code).status == 201
        assert self.join(worker, code).status == 200
        return worker

    def check_in(self, worker: Worker, temperature_c: float = 36.5, code: str = FOUNDRY, **more: Any) -> Answer:
        sent = {name: more.pop(name) for name in ("once",) if name in more}
        body = {"organisation_id": code, "temperature_c": temperature_c, "symptoms": [], "place": "site"} | more
        return self.post(self.own(worker), "/checkins", body, **sent)

    def day(self, day: str | None = None, code: str = FOUNDRY, query: str = "") -> Any:
        return self.done(self.get(self.enterprise(code), f"/checkins/{day or self.today}{query}"))

    def file(self, action: str = "submit", code: str = FOUNDRY, **changes: Any) -> Answer:
        return self.post(self.enterprise(code), "/filings", filing(self, action, **changes))

    def decide(self, token: str, decision: str, revision: int, code: str = FOUNDRY, **more: Any) -> Answer:
        sent = {name: more.pop(name) for name in ("once",) if name in more}
        body = {"revision": revision, "decision": decision} | more
        return self.post(token, f"/filings/{code}/decisions", body, **sent)

    def _token(self, subject: str, kind: str, role: Role) -> str:
        return sessions.issue(
            self.here.ring, subject=subject, kind=kind, session=f"s-{subject}", role=role.value, now=self.now
        )


def filing(office: Office, action: str = "submit", contact: Any = None, **changes: Any) -> dict[str, Any]:
    plan = {
        "planned_on": str(local_date(office.now + 3 * DAY_S)),
        "headcount": 320,
        "labour_shortage": 12,
        "trades": [{"code": "61800", "missing": 8}, {"code": "60500", "missing": 4}],
        "capacity_percent": 60,
        "supplies": [
            {"kind": "masks", "amount": 9_600, "days": 15},
            {"kind": "disinfectant", "amount": 200, "days": 20},
            {"kind": "thermometers", "amount": 12, "days": 365},
        ],
    }
    contact = {"name": "黄大年", "phone": "+8613900001001"} if contact is None else contact
    return {"action": action, "plan": plan | changes, "contact": contact}
