"""Questions of co-presence about a case, asked and decided over HTTP."""

from __future__ import annotations

from nanhai.domain.actors import Role
from nanhai.services import cases
from nanhai.services.cases import CaseKind, NewCase
from nanhai.store.writes import commit

from tests.functions.checkpoints.stand import HERE

CASE_NUMBER, OTHER_NUMBER = "+8613800000001", "+8613800000002"
STRANGER = "5" * 32


def case(stand, person, kind="isolation", community=HERE) -> str:
    opened = cases.opened(stand.here, stand.now, NewCase(CaseKind(kind), community, "officer", person, "case"))
    commit(opened.writes)
    return opened.case_id


def body(case_id, **changes) -> dict:
    asked = {"case_id": case_id, "days": 14, "purpose": "contact-tracing"}
    return asked | {"legal_basis": "infectious-diseases-law-39"} | changes


def ask(stand, token, case_id, **changes):
    return stand.ask("trajectories", "POST", "/co-presences", body=body(case_id, **changes), token=token)


def asked(stand, token, case_id, **changes) -> str:
    answer = ask(stand, token, case_id, **changes)
    assert answer.status == 201, answer.body
    return answer.json["request_id"]


def decide(stand, token, request, decision="approve", **more):
    path = f"/co-presences/{request}/decisions"
    return stand.ask("trajectories", "POST", path, body={"decision": decision} | more, token=token)


def read(stand, token, request, query="") -> dict:
    answer = stand.ask("trajectories", "GET", f"/co-presences/{request}{query}", token=token)
    assert answer.status == 200, answer.body
    return answer.json


def found(stand, doctor, second, case_id, **changes) -> dict:
    request = asked(stand, doctor, case_id, **changes)
    decided = decide(stand, second, request)
    assert decided.status == 200, decided.body
    return read(stand, doctor, request)


def listed(stand, token, state) -> list[str]:
    answer = stand.ask("trajectories", "GET", f"/co-presences?state={state}", token=token)
    assert answer.status == 200, answer.body
    return [one["request_id"] for one in answer.json["requests"]]


def again(stand, staff_id) -> str:
    """A token of the moved clock."""
    return stand.token_of(staff_id, Role.HEALTH_AUTHORITY)


def told(answer) -> list[tuple]:
    """What is told of whom, without the pseudonyms of this answer."""
    return sorted(
        (phone["registered"], [(m["since"], m["minutes"], m["cell"]) for m in phone["meetings"]])
        for phone in answer["phones"]
    )
