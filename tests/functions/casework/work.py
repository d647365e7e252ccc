"""What offices send about cases, and what they are told."""

from __future__ import annotations

from nanhai.services import cases
from nanhai.services.cases import NewCase
from nanhai.store.writes import commit

from tests.functions.casework.desk import get, post
from tests.functions.checkpoints.stand import HERE

HOUR_S = 3_600


def case(person) -> dict:
    return {"kind": "home-visit", "summary": "独居老人", "person_id": person}


def opened(stand, kind="home-visit", *, person=None, community=HERE, **more) -> str:
    """A case that another service opened in a transaction of its own."""
    made = cases.opened(stand.here, stand.now, NewCase(cases.CaseKind(kind), community, "help:1", person, **more))
    commit(made.writes)
    return made.case_id


def asked(stand, token, **body) -> str:
    """A case that an officer opened."""
    answer = post(stand, token, "/cases", {"kind": "home-visit", "summary": "lives alone"} | body)
    assert answer.status == 201, answer.body
    return answer.json["case_id"]


def read(stand, token, case_id) -> dict:
    answer = get(stand, token, f"/cases/{case_id}")
    assert answer.status == 200, answer.body
    return answer.json


def referred(stand, community, hospital, *facts, **about) -> tuple[str, str]:
    """Somebody, and their case, which a community has referred to this hospital; it has staff there."""
    person = stand.person(*facts, name="陈小明")
    case_id = opened(stand, "hospital-referral", person=person, **about)
    assert step(stand, community, case_id, "referred", organisation=hospital).status == 200
    return person, case_id


def version(stand, case_id) -> int:
    from nanhai.store import casefiles

    return casefiles.get(case_id, stand.now).version


def step(stand, token, case_id, code, *, at_version=None, **more):
    known = version(stand, case_id) if at_version is None else at_version
    sent = {name: more.pop(name) for name in ("once",) if name in more}
    return post(stand, token, f"/cases/{case_id}/steps", {"version": known, "step": code} | more, **sent)


def assign(stand, token, case_id, staff_id):
    body = {"version": version(stand, case_id), "staff_id": staff_id}
    return post(stand, token, f"/cases/{case_id}/assignments", body)


def hand(stand, token, case_id, way, to, **more):
    body = {"version": version(stand, case_id), "way": way, "to": to} | more
    return post(stand, token, f"/cases/{case_id}/hand-overs", body)


def listed(stand, token, query="") -> list[str]:
    answer = get(stand, token, f"/cases{query}")
    assert answer.status == 200, answer.body
    return [case["case_id"] for case in answer.json["cases"]]


def code(answer) -> tuple:
    return answer.status, answer.json.get("code")
