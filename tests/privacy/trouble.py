"""What goes wrong in the life of a pass: personal data where nobody asked for them, failures that quote, poison."""

from __future__ import annotations

import json
from urllib.parse import quote

from nanhai.domain.actors import Role
from nanhai.domain.records import Correction, Source, to_wire
from nanhai.store.connection import client, table_name

from tests.functions.checkpoints.stand import rfc3339
from tests.functions.identity.world import PASSWORD
from tests.items import item
from tests.privacy.life import CHILD, PHONE, STREET, WHY, WORKER, Life

UNREADABLE, GARBLED = "text of an unreadable record", "text of a garbled pass"
LOOKUPS = "/identity/desk/lookups"
FEVER = {"temperature_c": 38.1, "symptoms": ["fever", "cough"]}


def wrong_places(life: Life) -> None:
    """Names, numbers and tokens in URLs, headers and fields."""
    officer, guard, name = life.staff[Role.COMMUNITY_OFFICER], life.staff[Role.GUARD], quote(WORKER.name)
    for odd in (WORKER.number, PHONE.removeprefix("+86"), name):
        life.refused(officer, "GET", f"/identity/persons/{odd}", query="purpose=desk-help")
        life.refused(officer, "GET", f"/casework/persons/{odd}/records")
        life.refused(guard, "GET", f"/casework/approvals/{odd}")
        life.refused(life.token, "GET", f"/passes/{odd}")
        life.refused(None, "GET", f"/nowhere/{odd}")
        for path in ("reports/{}", "casework/cases/{}", "casework/batches/{}/rows", "arrivals/imports/{}"):
            life.refused(officer, "GET", f"/{path.format(odd)}")
        life.refused(life.staff[Role.TOWN_OFFICER], "GET", f"/enterprises/filings/{odd}")
        life.refused(life.staff[Role.ENTERPRISE], "GET", f"/enterprises/checkins/{odd}")
    life.refused(officer, "GET", "/identity/me", query=f"name={name}&{quote(PHONE)}=1")
    life.refused(life.refresh_token, "GET", "/identity/me")
    life.refused(None, "GET", "/identity/me", Authorization=f"Basic {PASSWORD}")
    life.refused(officer, "POST", LOOKUPS, {"id_type": WORKER.number, "id_number": WORKER.name} | WHY)
    life.refused(guard, "POST", LOOKUPS, {"id_type": "10", "id_number": WORKER.number} | WHY)
    life.refused(life.token, "POST", "/passes/me/declarations", {WORKER.name: STREET})


def failures(life: Life, monkeypatch) -> None:
    """On the way to an answer, behind a stream, and in what is asked from outside; each quotes what it was about."""

    def quoting(*_: object, **__: object) -> None:
        raise RuntimeError(f"{WORKER.name} {WORKER.number} {PHONE} {STREET} {life.token}")

    with monkeypatch.context() as broken:
        broken.setattr("nanhai.store.people.head", quoting)
        assert life.ask(life.token, "GET", "/identity/me").status == 500
    life.granted(life.token, "POST", "/passes/me/declarations", FEVER)
    with monkeypatch.context() as broken:
        broken.setattr("nanhai.store.counters.count", quoting)
        life.waits()
    life.district.stage.register.write_text(f"{WORKER.name} {WORKER.number}", "utf-8")
    body = CHILD.body | {"relation": "child", "consent": True, "until": rfc3339(life.district.now + 86_400)}
    assert life.ask(life.token, "POST", "/identity/me/dependants", body).status == 503


def poison(life: Life) -> None:
    """A record that this program cannot read, and a stored pass that nobody can."""
    fact = Correction(life.plant(UNREADABLE, "金丝雀：录入有误"))
    wire = to_wire(life.district._record(life.person, fact, Source.CITIZEN)) | {"c": "unheard-of"}
    client().update_item(
        TableName=table_name("people"),
        Key=item(person_id=life.person, sk="head"),
        UpdateExpression="SET facts = list_append(facts, :more) ADD version :one",
        ExpressionAttributeValues=item(**{":more": [json.dumps(wire, ensure_ascii=False)], ":one": 1}),
    )
    where = {"TableName": table_name("passes"), "Key": item(person_id=life.child, sk="now")}
    garbled = client().get_item(**where)["Item"] | item(timeline=life.plant(GARBLED, '{"canary": 77'))
    client().put_item(TableName=where["TableName"], Item=garbled)
