"""For every endpoint one request that is granted: what is refused in the other tests is refused for its one mistake."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyotp
from nanhai import policies
from nanhai.domain.actors import Role
from nanhai.edge import authority
from nanhai.edge.api import endpoints
from nanhai.edge.endpoint import Endpoint
from nanhai.services.identity import totp
from nanhai.services.sweep import segments
from nanhai.store import jobs

from infra.local.apps import load_all
from tests.contract.district import BABY, CITIZEN, DEVICE, NEWCOMER, PHONES, District, Sent
from tests.functions.casework import desk
from tests.functions.checkpoints.stand import HERE, rfc3339
from tests.functions.identity.world import PASSWORD

GRANTED = {200, 201, 202, 204}
WHY = {"purpose": "verify-yellow", "case": "desk-1"}
ROLES = [role for role in Role if role is not Role.ANONYMOUS]


@dataclass(frozen=True)
class Served:
    """One endpoint under the name of its operation, and the base path that it is served under."""

    base: str
    endpoint: Endpoint

    @property
    def name(self) -> str:
        return f"{self.base}.{self.endpoint.view.__name__}"

    @property
    def is_public(self) -> bool:
        return authority.is_public(self.endpoint.operation)

    @property
    def roles(self) -> list[Role]:
        """Who may call it, none of whom is anonymous."""
        return [role for role in ROLES if role in authority.MATRIX[self.endpoint.operation]]


@dataclass(frozen=True)
class Good:
    """What stands in a path's braces, in the query, in the body; `token` where it takes a person of its own."""

    body: Any = None
    path: Mapping[str, str] = field(default_factory=dict)
    query: str = ""
    token: str | None = None


EVERY = [Served(base, endpoint) for base, app in load_all().items() for endpoint in endpoints(app)]


def good(district: District, served: Served) -> Sent:
    """A request that is granted, by somebody who may call it."""
    what = GOOD[served.name](district)
    path = f"/{served.base}{served.endpoint.path}"
    for name, value in what.path.items():
        path = path.replace(f"{{{name}}}", value)
    headers = {"Accept": "*/*"}
    if not served.is_public:
        headers["Authorization"] = f"Bearer {what.token or district.by(served.roles[0])}"
    if served.endpoint.once:
        headers["Idempotency-Key"] = f"once-and-not-again-{served.endpoint.view.__name__}"
    if what.body is None:
        return Sent(served.endpoint.method, path, what.query, headers)
    headers["Content-Type"] = "application/json"
    return Sent(served.endpoint.method, path, what.query, headers, encoded(what.body))


def encoded(body: object) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()


def _challenge(district: District) -> dict[str, str]:
    phone = PHONES[NEWCOMER]
    sent = district.made(None, "POST", "/identity/codes", {"phone": phone, "purpose": "sign-in"})
    code = district.outside.code_for(phone)
    return {"challenge_id": sent["challenge_id"], "phone": phone, "code": code, "device": DEVICE}


def _credentials(district: District) -> dict[str, str]:
    secret = totp.new_secret(district.here.entropy)
    member = district.member(Role.AUDITOR, secret)
    code = pyotp.TOTP(secret).at(district.now)
    return {"staff_id": member.staff_id, "password": PASSWORD, "totp": code, "device": DEVICE}


def _approval(district: District) -> str:
    body = desk.isolation(district, district.feverish)
    return district.made(district.by(Role.COMMUNITY_OFFICER), "POST", "/casework/isolations", body)["approval_id"]


def _paper(district: District) -> dict[str, str]:
    """Papers are told apart by their second."""
    district.now += 1
    issued = district.made(district.by(Role.CITIZEN), "POST", "/passes/me/paper", {"days": 7})
    district.now += 1
    return {"who": "me", "paper_id": issued["paper_id"]}


def _dry_run(district: District) -> dict[str, str]:
    """One at a time: those before are finished."""
    district.work()
    """The one that goes on, or a new one: there is one at a time."""
    going = jobs.latest(segments.DRY_RUN)
    asked = district.by(Role.DISTRICT_COMMAND), "POST", "/passes/dry-runs", {"policy": _candidate()}
    return {"job_id": going or district.made(*asked)["job_id"]}


def _candidate() -> dict[str, Any]:
    return policies.document("nanhai-2020-03-01") | {"version": "candidate"}


def _registration(district: District) -> Good:
    body = NEWCOMER.body | {"community": HERE, "address": "桂澜路 2 号"}
    return Good(body, token=district.session()[0])


def _dependant(district: District) -> Good:
    until = rfc3339(district.now + 30 * desk.DAY_S)
    return Good(BABY.body | {"relation": "child", "consent": True, "until": until})


def _offline(district: District) -> dict[str, Any]:
    return {"token": district.shown(district.citizen), "at": rfc3339(district.now), "verdict": "admit"}


ME = {"who": "me"}
GOOD: dict[str, Callable[[District], Good]] = {
    "identity.send_code": lambda d: Good({"phone": PHONES[NEWCOMER], "purpose": "sign-in", "device": DEVICE}),
    "identity.open_session": lambda d: Good(_challenge(d)),
    "identity.refresh_session": lambda d: Good({"refresh_token": d.session(d.citizen)[1], "device": DEVICE}),
    "identity.close_session": lambda d: Good(token=d.session(d.citizen)[0]),
    "identity.open_staff_session": lambda d: Good(_credentials(d)),
    "identity.register_person": _registration,
    "identity.read_me": lambda d: Good(),
    "identity.add_dependant": _dependant,
    "identity.read_access_log": lambda d: Good(query="limit=5"),
    "identity.read_notices": lambda d: Good(query="limit=5"),
    "identity.read_access_log_of": lambda d: Good(path={"who": d.child}, query="limit=5"),
    "identity.read_notices_of": lambda d: Good(path={"who": d.child}, query="limit=5"),
    "identity.look_up_person": lambda d: Good({"id_type": "10", "id_number": CITIZEN.number} | WHY),
    "identity.read_person": lambda d: Good(path={"person_id": d.citizen}, query="purpose=verify-yellow&case=desk-1"),
    "identity.read_counters": lambda d: Good(),
    "identity.read_audit": lambda d: Good(query="day=2020-06-24&shard=0"),
    "passes.list_policies": lambda d: Good(),
    "passes.read_policy": lambda d: Good(path={"version": "nanhai-2020-03-01"}),
    "passes.start_dry_run": lambda d: Good({"policy": _candidate()}),
    "passes.read_dry_run": lambda d: Good(path=_dry_run(d)),
    "passes.apply_for_pass": lambda d: Good({"holder": "dependant"}, {"who": d.child}),
    "passes.show_pass": lambda d: Good(path=ME),
    "passes.read_tokens": lambda d: Good(path=ME),
    "passes.draw_png": lambda d: Good(path=ME),
    "passes.draw_svg": lambda d: Good(path=ME),
    "passes.issue_paper": lambda d: Good({"days": 7}, ME),
    "passes.list_papers": lambda d: Good(path=ME),
    "passes.revoke_paper": lambda d: Good(path=_paper(d)),
    "passes.draw_paper_png": lambda d: Good(path=_paper(d)),
    "passes.draw_paper_svg": lambda d: Good(path=_paper(d)),
    "passes.declare_health": lambda d: Good({"temperature_c": 36.5, "symptoms": ["cough"]}, ME),
    "passes.explain_pass": lambda d: Good(path=ME, query=f"at={rfc3339(d.now)}"),
    "passes.read_history": lambda d: Good(path=ME, query="limit=5"),
    "checkpoints.check": lambda d: Good({"token": d.shown(d.citizen)}),
    "checkpoints.upload": lambda d: Good({"scans": [_offline(d)]}),
    "checkpoints.create_gate": lambda d: Good({"gate_id": "GATE-9", "name": "West gate", "community": HERE}),
    "checkpoints.list_gates": lambda d: Good(query=f"community={HERE}&limit=5"),
    "checkpoints.count_checks": lambda d: Good(path={"gate_id": d.north_gate}, query="day=2020-06-24"),
    "checkpoints.read_trust": lambda d: Good(),
    "checkpoints.read_denylist": lambda d: Good(query=f"since={rfc3339(d.now)}"),
    "casework.clear": lambda d: Good(desk.clearance(d, d.feverish, places=[d.north_gate])),
    "casework.propose_isolation": lambda d: Good(desk.isolation(d, d.feverish)),
    "casework.list_approvals": lambda d: Good(query="state=open&limit=5"),
    "casework.read_approval": lambda d: Good(path={"approval_id": _approval(d)}),
    "casework.decide_approval": lambda d: Good({"decision": "reject", "note": "no"}, {"approval_id": _approval(d)}),
    "casework.release": lambda d: Good(desk.release(*d.isolated)),
    "casework.enter_result": lambda d: Good(desk.result(d, d.feverish)),
    "casework.read_records": lambda d: Good(path={"person_id": d.feverish}, query="purpose=verify-yellow&case=desk-1"),
    "portal.first_page": lambda d: Good(),
    "portal.read_configuration": lambda d: Good(),
    "portal.read_openapi": lambda d: Good(),
    "portal.file": lambda d: Good(path={"name": "index.html"}),
    "portal.vendor_file": lambda d: Good(path={"name": "uqr.js"}),
}
