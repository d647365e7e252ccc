"""Travellers, what they tell, and the sheets that offices fill in for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from nanhai.domain.actors import Role
from nanhai.domain.arrivals import LOCAL
from nanhai.domain.days import DAY_S
from nanhai.domain.records import Application, Holder
from nanhai.services import sheets
from nanhai.services.identity import persons
from nanhai.services.identity.proof import Proven
from nanhai.services.ports import Proof
from nanhai.store import imports, people
from nanhai.store.connection import client, table_name
from nanhai.store.writes import send
from nanhai.vault import sessions

from tests.functions.checkpoints.stand import DISTRICT, HERE, NEXT_DOOR, OTHER_TOWN, TOWN, Stand, rfc3339
from tests.functions.identity.world import Identity, id_number

__all__ = ["DISTRICT", "HERE", "NEXT_DOOR", "OTHER_TOWN", "TOWN", "rfc3339"]

HEADER = ("姓名", "证件类型", "证件号码", "手机号", "来源地", "到达时间", "座位号", "村居", "居住地址", "体温", "症状")
HUBEI, LOCAL_AREA = "420100", "4406"
LI, WANG, ZHAO = (
    Identity("李归家", id_number(71)),
    Identity("王远行", id_number(72, region="420106"), "420106"),
    Identity("赵小童", id_number(73, born="20150302")),
)
STRANGERS = tuple(Identity(f"旅客{'甲乙丙丁戊己庚辛壬癸'[n]}", id_number(80 + n)) for n in range(10))


@dataclass
class Desk(Stand):
    stage: object = None

    def knows(self, *who: Identity) -> None:
        self.stage.known(
            {
                f"10:{one.number}": {
                    "name": one.name,
                    "household_region": one.household_region,
                    "permit": one.permit,
                }
                for one in who
            }
        )

    def resident(self, who: Identity, community=HERE, *, applied=True):
        """Registered by real name."""
        person = self.here.new_person_id()
        proven = Proven(who.name, "10", who.number, Proof(who.household_region, who.permit))
        home = {"phone": "", "community": community, "address": "桂澜路 1 号"}
        send(persons.new_person_writes(self.here, person, proven, self.now, **home))
        if applied:
            self.add(person, Application(Holder.PERSON))
        return person

    def own(self, person) -> str:
        subject = {"subject": person, "kind": "citizen", "role": Role.CITIZEN.value}
        return sessions.issue(self.here.ring, session="s", now=self.now, **subject)

    def guards(self, guardian, dependant) -> None:
        send([people.link(guardian, dependant, "child", self.now + 30 * DAY_S)])

    def tell(self, person, body, **sent):
        return self.ask("arrivals", "POST", "/", body=body, token=self.own(person), **sent)

    def arrival(self, *persons, **changes) -> dict:
        body = {
            "persons": [{"person": person} for person in persons or ("me",)],
            "from": "440100",
            "at": rfc3339(self.now - 3_600),
            "by": "train",
            "number": "G1003",
            "stay": {"community": HERE},
        }
        return body | changes

    def moment(self, ago_s=3_600) -> str:
        return f"{datetime.fromtimestamp(self.now - ago_s, LOCAL):%Y-%m-%d %H:%M}"

    def row(self, who: Identity, **cells) -> tuple[str, ...]:
        told = {
            "name": who.name,
            "id_type": "身份证",
            "id_number": who.number,
            "phone": "138 0013 8000",
            "from": HUBEI,
            "at": self.moment(),
            "seat": "12A",
            "community": HERE,
            "address": "桂澜路 2 号",
            "temperature": "36.5",
            "symptoms": "无",
        }
        return tuple((told | cells).values())

    def uploaded(self, *rows, header=HEADER, upload_id=None, data=None) -> str:
        """The id of a sheet that was uploaded."""
        upload_id = upload_id or self.here.new_ulid(self.now)
        data = sheets.workbook(header, rows) if data is None else data
        self.here.uploads.stored(f"incoming/sheet/{upload_id}", data, sheets.XLSX)
        return upload_id

    def importing(self, officer, upload_id, **changes):
        body = {"upload_id": upload_id, "kind": "coach", "by": "coach", "number": "粤E12345"} | changes
        sent = {name: body.pop(name) for name in ("once",) if name in body}
        return self.ask("arrivals", "POST", "/imports", body=body, token=officer, **sent)

    def go_on(self, officer, import_id, **sent):
        sent = {"body": {}} | sent
        return self.ask("arrivals", "POST", f"/imports/{import_id}/continuations", token=officer, **sent)

    def report(self, officer, import_id, query="", language="en"):
        headers = {"Accept-Language": language}
        return self.ask("arrivals", "GET", f"/imports/{import_id}{query}", token=officer, headers=headers)

    def outcomes(self, import_id) -> list[tuple]:
        return [(one.number, one.outcome, one.person_id) for one in imports.all_outcomes(import_id)]

    def facts(self, person) -> list:
        """What was recorded of somebody, but for what makes a resident."""
        return [record.fact for record in people.records(person) if record.fact.name in {"arrival", "symptoms"}]

    def items(self, table) -> list[dict]:
        return client().scan(TableName=table_name(table))["Items"]

    def cases(self) -> list[dict]:
        return [row for row in self.items("cases") if "kind" in row and row["kind"]["S"] == "home-visit"]
