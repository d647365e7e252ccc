"""Where phones were: delivered with slips in it, looked up, certified, indexed, asked about by two, and forgotten."""

from __future__ import annotations

import csv
import io
import json
import secrets
import tempfile
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from nanhai.domain.actors import Role
from nanhai.domain.case_rules import CaseKind
from nanhai.domain.days import day_begins, local_day
from nanhai.domain.records import Source
from nanhai.domain.sightings import pack, revision
from nanhai.services import queues
from nanhai.services.trajectories import co_presence_reviews, forgetting, replaying
from nanhai.services.trajectories.phones import pseudonym
from nanhai.services.trajectories.signalling import signalling
from nanhai.store import casefiles, loads, people, sightings
from nanhai.store.connection import client, table_name
from nanhai.store.sightings import PersonDay

from infra.local.consumers import Consumer, QueueConsumer
from infra.local.worker import Worker
from tests.conftest import INGEST_QUEUE
from tests.functions.checkpoints.stand import OTHER_TOWN, rfc3339
from tests.functions.trajectories.heard import every_day, somebody
from tests.functions.trajectories.test_ingest import notice
from tests.items import item
from tests.privacy import dump, jobs
from tests.privacy.canaries import Name
from tests.privacy.life import PHONE, WORKER, Life
from tests.services.trajectories import deliveries
from tests.services.trajectories.deliveries import COLUMNS, OPERATOR

PHONE_NAME, IN_ANSWER = "operator's name of a phone", "name of a phone in an answer of co-presence"
IN_DELIVERY, MET = "slip in a delivery", "somebody who was there too"
NEIGHBOUR, UNREGISTERED = "+8613977700377", "+8613977700378"
PDF = "application/pdf"
HOME, AWAY = "T-001", "W-001"
GONE = 20  # days ago


def takes_note_of_files(life: Life, monkeypatch) -> None:
    """Whatever is written to a disk on the way lies where the test looks."""
    scratch = life.district.stage.folder / dump.SCRATCH
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))


def is_delivered(life: Life) -> None:
    """By the feed: numbers in the clear first, then places that are none, and at last as it should be."""
    deliveries.load_towers(life.district.now)
    life.neighbour, _ = somebody(life.district, NEIGHBOUR, community=OTHER_TOWN, name=life.plant(MET, "诸葛青云"))
    for number in (NEIGHBOUR, UNREGISTERED):
        life.plant(MET, number.removeprefix("+86"))
    rows = [_row(_name(life, PHONE), *stay) for stay in _nights(life, HOME)]
    slips = ({"phone": PHONE}, {"phone": WORKER.number}, {"tower": WORKER.name}, {"tower": PHONE}, {WORKER.name: PHONE})
    for slip in slips:
        assert _told(life, 1, [*rows, rows[0] | slip]).status in {400, 422}
    assert _told(life, 1, rows).status == 200
    assert _told(life, 2, [rows[0] | {"tower": AWAY}]).status == 200
    _kept_too_long(life)


def arrives_in_files(life: Life) -> None:
    """Of a CSV and of JSON lines the rows at fault are left out; a third file is no signalling at all."""
    number, name = life.plant(IN_DELIVERY, "13977700390"), life.plant(IN_DELIVERY, "闻人听雨")
    good = [(_name(life, who), *stay) for who in (NEIGHBOUR, UNREGISTERED) for stay in _nights(life, HOME)]
    who, tower, since, until = good[0]
    bad = [
        (number, tower, since, until),
        (who, name, since, until),
        (who, tower, number, until),
        (name, number, "", ""),
    ]
    written = io.StringIO()
    csv.writer(written).writerows((COLUMNS, *good, *bad))
    lines = [json.dumps(dict(zip(COLUMNS, row, strict=True))) for row in good[:3] + bad]
    broken = [f'{{"phone": "{number}", "tower": "{name}', f'["{number}"]']
    deliver(life, "11.csv", written.getvalue().encode())
    deliver(life, "12.ndjson", "\n".join((*lines, *broken)).encode())
    deliver(life, "13.parquet", f"{name} {number}".encode())
    assert [len(loads.rejects(OPERATOR, sequence)[0]) for sequence in (11, 12)] == [len(bad), len(bad + broken)]


def deliver(life: Life, file: str, held: bytes) -> None:
    """Puts a delivery into the bucket, of which S3 tells; the parts are written as their messages come."""
    sequence, form = file.split(".")
    district, key = life.district, f"{OPERATOR}/{'_'.join((sequence, *_days(life)))}.{form}"
    path = district.stage.folder / file
    path.write_bytes(held)
    signalling(district.here.settings).stored(key, path)
    queues.send(district.here.settings.ingest_queue_url, [notice(key)])
    ingest = Consumer("ingest", 900.0, f"{INGEST_QUEUE}-failures", district.apps["trajectories"].handler_map["ingest"])
    worker, waiting = Worker(QueueConsumer(ingest, INGEST_QUEUE, 1), district.outside.journal), 0.0
    while waiting == 0.0:
        life.queued += dump.queued(district)
        waiting = worker.step()


def is_looked_up(life: Life) -> None:
    """With a wrong code first; what is certified is drawn, and checked by whoever is shown it."""
    asked = {"phone": PHONE, "device": life.device}
    challenge = life.granted(None, "POST", "/trajectories/codes", asked)["challenge_id"]
    code = life.plant("code of a lookup", life.district.outside.code_for(PHONE))
    proof = {"challenge_id": challenge, "phone": PHONE}
    wrong = life.plant("wrong code of a lookup", f"{(int(code) + 1) % 10**6:06d}")
    life.refused(None, "POST", "/trajectories/lookups", proof | {"code": wrong})
    found = life.granted(None, "POST", "/trajectories/lookups", proof | {"code": code})
    assert any(day["cities"] for day in found["days"])
    life.plant("masked number", found["phone_masked"])
    shown = {"certificate": life.plant("certificate", found["certificate"])}
    for language in ("zh-CN", "en"):
        drawn = life.ask(None, "POST", "/trajectories/certificates", shown | {"language": language}, Accept=PDF)
        assert drawn.body.startswith(b"%PDF-")
    assert life.granted(None, "POST", "/checkpoints/certificates", shown)["valid"]
    assert life.by(Role.GUARD, "POST", "/checkpoints/certificates", shown)["valid"]
    altered = {"certificate": life.plant("altered certificate", found["certificate"][:-2] + "00")}
    assert not life.granted(None, "POST", "/checkpoints/certificates", altered)["valid"]
    life.refused(None, "POST", "/trajectories/certificates", altered)


def is_asked_about(life: Life, monkeypatch) -> None:
    """For a case, by one and by another of the health authority; who was there is told under new names."""
    jobs.indexed(life.district)
    case = {"kind": "hospital-referral", "person_id": life.person, "summary": "-"}
    case_id = life.by(Role.COMMUNITY_OFFICER, "POST", "/casework/cases", case)["case_id"]
    body = {"case_id": case_id, "days": 14, "purpose": "contact-tracing", "legal_basis": "infectious-diseases-law-39"}
    first, second = life.staff[Role.HEALTH_AUTHORITY], _another(life)
    requests = [life.granted(first, "POST", "/trajectories/co-presences", body)["request_id"] for _ in range(2)]
    approved, rejected = (f"/trajectories/co-presences/{request}" for request in requests)
    life.refused(first, "POST", f"{approved}/decisions", {"decision": "approve"})
    key = secrets.token_hex(16)
    for _ in range(2):
        decided = life.granted(
            second, "POST", f"{approved}/decisions", {"decision": "approve"}, **{"Idempotency-Key": key}
        )
    assert (decided["met"], decided["registered"]) == (2, 1)
    life.granted(second, "POST", f"{rejected}/decisions", {"decision": "reject", "why": "too-wide"})
    life.by(Role.HEALTH_AUTHORITY, "GET", "/trajectories/co-presences", query="state=approved")
    _reviewed_in_vain(life, monkeypatch)
    life.canaries += [
        Name(IN_ANSWER, phone["pseudonym"]) for phone in life.by(Role.HEALTH_AUTHORITY, "GET", approved)["phones"]
    ]


def has_followed(life: Life) -> None:
    """Or nothing would be found because nothing is there."""
    at = life.district.now
    assert {record.source for record in people.facts_of(people.head(life.person))} >= {Source.OPERATOR}
    assert [case.kind for case in casefiles.open_of(life.neighbour, at)] == [CaseKind.CO_PRESENCE]
    assert not [
        row for row in life.district.rows("sightings") if int(row.get("expires_at", {"N": str(at + 1)})["N"]) <= at
    ]


def wrong_places(life: Life) -> None:
    """Numbers and operators' names in URLs, and where something else is asked for."""
    doctor = life.staff[Role.HEALTH_AUTHORITY]
    for odd in (PHONE.removeprefix("+86"), quote(WORKER.name), WORKER.number, _name(life, PHONE)):
        life.refused(doctor, "GET", f"/trajectories/co-presences/{odd}")
        life.refused(doctor, "POST", f"/trajectories/co-presences/{odd}/decisions", {"decision": "approve"})
        life.refused(doctor, "GET", "/trajectories/co-presences", query=f"state={odd}")
        life.refused(None, "GET", f"/trajectories/sightings/{odd}")
        body = {"case_id": odd, "days": 14, "purpose": "contact-tracing", "legal_basis": odd}
        life.refused(doctor, "POST", "/trajectories/co-presences", body)
        life.refused(None, "POST", "/trajectories/codes", {"phone": odd})
        life.refused(None, "POST", "/trajectories/lookups", {"challenge_id": odd, "phone": odd, "code": odd})
        life.refused(None, "POST", "/trajectories/certificates", {"certificate": odd})
        assert not life.granted(None, "POST", "/checkpoints/certificates", {"certificate": odd})["valid"]
        feed = life.staff[Role.DEPARTMENT_FEED]
        life.refused(
            feed,
            "POST",
            "/trajectories/sightings",
            {"operator": odd, "sequence": 3, "first": odd, "last": odd, "rows": []},
        )


def failures(life: Life, monkeypatch) -> None:
    """Of what reads and of what writes, each quoting all that it was about."""

    quoting = _failing(f"{PHONE} {NEIGHBOUR} {_name(life, PHONE)} {_name(life, NEIGHBOUR)}")
    stay = _nights(life, AWAY)[0]
    for broken in ("write", "links", "days"):
        with monkeypatch.context() as patched:
            patched.setattr(f"nanhai.store.sightings.{broken}", quoting)
            told = _told(life, {"write": 21, "links": 22, "days": 23}[broken], [_row(_name(life, PHONE), *stay)])
            assert told.status == (500 if broken == "write" else 200)
            deliver(life, f"{told.status}{len(broken)}.csv", _csv(_name(life, NEIGHBOUR), *stay))
            life.waits()


def poison(life: Life) -> None:
    """A day whose visits nobody can read."""
    row = f"day#{sightings.date_of(local_day(life.district.now) - 1)}#{revision(99, 1):012d}"
    garbled = {"visits": {"B": b"\x07canary"}, "at": {"N": "1"}, "expires_at": {"N": str(life.district.now + 86_400)}}
    stored = item(phone=_name(life, UNREGISTERED), row=row) | garbled
    client().put_item(TableName=table_name("sightings"), Item=stored)


def is_indexed_anew(life: Life, monkeypatch) -> None:
    """Only as far as the first page: the next run goes on from there."""
    monkeypatch.setattr(replaying, "SEGMENTS", 1)
    monkeypatch.setattr(replaying, "PERSON_DAYS_PER_STEP", 3)
    (walk,) = replaying.begun(life.district.here, with_postings=True)
    assert replaying.step(life.district.here, walk, with_postings=True).walk.cursor


def _name(life: Life, number: str) -> str:
    found = pseudonym(life.district.here, number)
    planted = Name(PHONE_NAME, found)
    if planted not in life.canaries:
        life.canaries.append(planted)
    return found


def _nights(life: Life, tower: str) -> list[tuple[str, int, int]]:
    return [(tower, visit.since, visit.until) for visit in every_day(life.district.now, 0, 8)]


def _row(name: str, tower: str, since: int, until: int) -> dict[str, Any]:
    return {"phone": name, "tower": tower, "from": rfc3339(since), "to": rfc3339(until)}


def _csv(*row: str | int) -> bytes:
    return "\n".join((",".join(COLUMNS), ",".join(map(str, row)))).encode()


def _days(life: Life) -> list[str]:
    """The first and the last one that a delivery tells."""
    today = local_day(life.district.now)
    return [sightings.date_of(today - 14), sightings.date_of(today)]


def _told(life: Life, sequence: int, rows: list[dict[str, Any]]):
    first, last = _days(life)
    body = {"operator": OPERATOR, "sequence": sequence, "first": first, "last": last, "rows": rows}
    return life.ask(life.staff[Role.DEPARTMENT_FEED], "POST", "/trajectories/sightings", body)


def _kept_too_long(life: Life) -> None:
    """What the table's own expiry has left; a run of the forgetting breaks off in the middle of it."""
    day = local_day(life.district.now) - GONE
    visit = deliveries.Visit(day_begins(day), day_begins(day) + 60, 1, 440605)
    sightings.write([PersonDay(_name(life, PHONE), day, n, pack(day, [visit]), day_begins(day)) for n in range(1, 4)])
    assert forgetting.step(life.district.here, "sightings")


def _reviewed_in_vain(life: Life, monkeypatch) -> None:
    """The cases of the registered cannot be opened yet; the next run opens them."""
    with monkeypatch.context() as patched:
        patched.setattr("nanhai.services.cases.opened", _failing(f"{NEIGHBOUR} {_name(life, NEIGHBOUR)}"))
        assert co_presence_reviews.run(life.district.here, lambda: 60.0) == 0


def _failing(quoting: str) -> Callable[..., None]:
    def fails(*_: object, **__: object) -> None:
        raise RuntimeError(quoting)

    return fails


def _another(life: Life) -> str:
    """A second one of the health authority."""
    member = life.district.member(Role.HEALTH_AUTHORITY).staff_id
    token = life.district.token_of(member, Role.HEALTH_AUTHORITY)
    return life.plant("access token of staff", token)
