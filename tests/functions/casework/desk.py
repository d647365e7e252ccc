"""What offices send to casework."""

from __future__ import annotations

from tests.functions.checkpoints.stand import GATE, rfc3339

DAY_S = 86_400
GROUNDS = {"evidence": "visit 12", "legal_basis": "infectious-diseases-law-39"}


def clearance(stand, person, **changes) -> dict:
    body = {"person_id": person, "places": [GATE], "until": rfc3339(stand.now + DAY_S)}
    return GROUNDS | body | changes


def isolation(stand, person, **changes) -> dict:
    body = {
        "person_id": person,
        "kind": "home",
        "reason": "close-contact",
        "since": rfc3339(stand.now),
        "until": rfc3339(stand.now + 14 * DAY_S),
        "place": "home",
    }
    return GROUNDS | body | changes


def release(person, order) -> dict:
    return GROUNDS | {"person_id": person, "order": order}


def result(stand, person, **changes) -> dict:
    body = {"person_id": person, "positive": False, "method": "nucleic-acid", "taken_at": rfc3339(stand.now)}
    return GROUNDS | body | changes


def propose(stand, token, person, **changes) -> str:
    answer = stand.ask("casework", "POST", "/isolations", body=isolation(stand, person, **changes), token=token)
    assert answer.status == 201, answer.body
    return answer.json["approval_id"]


def decide(stand, token, approval, decision="approve", **sent):
    body = {"decision": decision, "note": "as reported"}
    return stand.ask("casework", "POST", f"/approvals/{approval}/decisions", body=body, token=token, **sent)


def post(stand, token, path, body, **sent):
    return stand.ask("casework", "POST", path, body=body, token=token, **sent)


def get(stand, token, path):
    return stand.ask("casework", "GET", path, token=token)
