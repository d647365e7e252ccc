"""Nothing that is stored leads from an anonymous report to anybody: a dump of every table is searched."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime

import pytest
from nanhai.domain.days import HOUR_S
from nanhai.domain.identifiers import ALPHABET, from_crockford
from nanhai.services.reports.anonymity import coarse, hour
from nanhai.store.connection import client

from infra.local.tables import definitions
from tests.domain.pictures import CANARY, picture
from tests.functions.checkpoints.stand import HERE
from tests.functions.reports.desk import DESCRIPTION, anonymous, citizen, follow, get, ids, officer, post, uploaded
from tests.privacy.canaries import Canary

ADDRESS, ROAD, ANSWER = "198.51.100.77", "桂澜路 77 号 5 楼", "住在五楼的陈先生"
SECONDS = 1_023  # past the hour: 17 minutes and 3 seconds
ULID = re.compile(f"[0-7][{ALPHABET}]{{25}}")


def dump(stage) -> str:
    """Every item of every table as JSON, bytes in hex."""
    rows = {name: client().scan(TableName=stage.prefix + name).get("Items", []) for name in definitions()}
    return json.dumps(rows, ensure_ascii=False, default=lambda value: getattr(value, "value", value).hex())


def numbers(text: str) -> set[int]:
    return {int(found) for found in re.findall(r'"N": "(\d+)"', text)}


@pytest.fixture
def told(stand, aws, community) -> str:
    """What is stored after an anonymous report with all that can be told, a question and an answer; nothing that the
    office itself did is in it but the case and the question."""
    stand.now += SECONDS
    upload_id = uploaded(stand, picture("JPEG"))
    place = {"community": HERE, "address": ROAD, "latitude": 23.0312, "longitude": 113.1481}
    body = {"place": place, "photos": [upload_id]}
    receipt = anonymous(stand, **body)["receipt"]
    follow(stand, receipt, address=ADDRESS)
    (report_id,) = ids(stand, officer(stand))
    asked_at = stand.now
    stand.now = hour(stand.now) + HOUR_S  # offices are not anonymous: what they do is done on the hour here
    assert post(stand, f"/{report_id}/questions", {"text": "哪一户？"}, officer(stand)).status == 201
    stand.now += SECONDS
    sent = {"receipt": receipt, "text": ANSWER}
    assert post(stand, "/receipts/answers", sent, address=ADDRESS).status == 201
    stand.forbidden = [receipt, receipt.replace("-", ""), upload_id, "192.0.2", str(asked_at), str(stand.now)]
    return dump(aws)


def test_no_address_no_text_no_receipt_no_upload_stays_readable(stand, told):
    hidden = [DESCRIPTION, ROAD, ANSWER, "23.0312", "113.1481", CANARY, ADDRESS, "198.51.100", *stand.forbidden]
    assert [text for text in hidden if Canary("", text).is_in(told.encode())] == []


def test_no_time_is_told_more_exactly_than_to_the_hour(stand, told):
    exact = {stand.now, stand.now - HOUR_S}
    spans = [range(at - 600, at + 600) for at in exact]
    near = {n for n in numbers(told) for span in spans for shift in (0, 86_400, 900, 600) if n - shift in span}
    assert {n % HOUR_S for n in near} <= {0}
    ids_of_today = {from_crockford(found[:10]) // 1_000 for found in ULID.findall(told)}
    assert {at % HOUR_S for at in ids_of_today if abs(at - stand.now) < 86_400} == {0}
    written = [datetime.fromtimestamp(at, UTC).strftime("%H:%M:%S") for at in exact]
    assert not any(time in told for time in written)


def test_no_session_and_no_person_is_in_anything(told):
    tables = json.loads(told)
    assert tables["people"] == []
    assert {row["id"]["S"].partition("#")[0] for row in tables["sessions"]} == {"limit"}
    assert tables["notices"] == []


def test_a_session_that_is_sent_along_is_not_looked_at(stand, aws):
    person = stand.person()
    token = citizen(stand, person)
    body = {"category": "other", "description": "x", "place": {"community": HERE}, "seen_at": "2020-02-01T00:00:00Z"}
    body["seen_at"] = datetime.fromtimestamp(stand.now, UTC).isoformat()
    assert post(stand, "/anonymous", body, token).status == 201
    rows = json.loads(dump(aws))
    theirs = {
        name: rows[name] for name in ("reports", "cases", "lookups", "keys", "counters", "sessions", "idempotency")
    }
    assert person not in json.dumps(theirs)
    assert token not in json.dumps(rows)


def test_the_hour_is_all_that_an_office_is_told(stand, community):
    stand.now += SECONDS
    anonymous(stand)
    token = officer(stand)
    seen = get(stand, f"/{ids(stand, token)[0]}", token).json
    assert seen["reporter"] is None
    assert {seen["report"]["opened_at"][-6:], seen["seen_at"][-6:]} == {"00:00Z"}


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("198.51.100.77", "198.51.100.0/24"),
        ("2001:db8:aaaa:bbbb:cccc::1", "2001:db8:aaaa::/48"),
        ("", "?"),
        ("unknown", "?"),
    ],
)
def test_an_address_counts_as_its_network(address, expected):
    assert coarse(address) == expected
