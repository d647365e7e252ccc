"""The whole life of a pass over HTTP events, with a canary in everything that is personal or secret."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field
from typing import Any

import pyotp
from nanhai.domain.actors import Role
from nanhai.services.identity import totp
from nanhai.services.sweep import quarantine
from nanhai.store.quarantine import Quarantined

from tests.contract.district import HOUSEHOLD, District, Sent
from tests.edge.gateway import Answer
from tests.functions.casework import desk, work
from tests.functions.checkpoints.stand import HERE, rfc3339
from tests.functions.identity.world import PASSWORD, Identity, id_number
from tests.functions.passes.test_dry_runs import candidate
from tests.functions.passes.test_pictures import read
from tests.privacy import dump
from tests.privacy.canaries import Canary
from tests.privacy.jobs import CONSUMERS, follow_up

ADDRESS, AGENT = "203.0.113.77", "canary-phone/7.7 (one of its kind)"
WORKER = Identity("欧阳黎曼", id_number(771))
CHILD = Identity("欧阳小舟", id_number(772, born="20130501"))
PARENT = Identity("司徒慕白", id_number(773, born="19420501"))
STRANGER = Identity("尉迟远行", id_number(774))
PHONE, STREET = "+8613977700077", "桂澜路金丝雀巷 77 号 7 房"
EVIDENCE, PROPOSED, PLACE, NOTE = "evidence of a record", "evidence of a proposal", "place of an isolation", "note"
PERSONAL = {
    "name": WORKER.name,
    "ID number": WORKER.number,
    "a child's name": CHILD.name,
    "a child's ID number": CHILD.number,
    "a parent's name": PARENT.name,
    "a parent's ID number": PARENT.number,
    "phone": PHONE.removeprefix("+86"),
    "address": STREET,
    "network address": ADDRESS,
    "user agent": AGENT,
}
WHY = {"purpose": "desk-help"}
STAFF = (
    Role.GUARD,
    Role.COMMUNITY_OFFICER,
    Role.TOWN_OFFICER,
    Role.HEALTH_AUTHORITY,
    Role.HOSPITAL,
    Role.DISTRICT_COMMAND,
    Role.DEPARTMENT_FEED,
)


@dataclass
class Life:
    """`told`: what staff were answered; `queued`: what lay in queues until it was worked on."""

    district: District
    canaries: list[Canary] = field(default_factory=list)
    told: list[bytes] = field(default_factory=list)
    queued: bytes = b""
    set_aside: list[Quarantined] = field(default_factory=list)
    staff: dict[Role, str] = field(default_factory=dict)
    device: str = ""
    token: str = ""
    refresh_token: str = ""
    shown: str = ""
    person: str = ""
    child: str = ""
    parent: str = ""
    neighbour: str = ""

    def __post_init__(self) -> None:
        self.district.address = ADDRESS
        self.district.stage.known(
            {
                f"10:{who.number}": {"name": who.name, "household_region": HOUSEHOLD, "permit": False}
                for who in (WORKER, CHILD, PARENT, STRANGER)
            }
        )
        dump.empty_bucket(self.district)
        for what, value in PERSONAL.items():
            self.plant(what, value)

    def plant(self, what: str, value: str) -> str:
        self.canaries.append(Canary(what, value))
        return value

    def ask(self, token: str | None, method: str, path: str, body: Any = None, query: str = "", **headers) -> Answer:
        sent = {"User-Agent": AGENT, "X-Forwarded-For": ADDRESS, "Idempotency-Key": secrets.token_hex(16)} | headers
        if token is not None:
            sent["Authorization"] = f"Bearer {token}"
        if body is not None:
            sent["Content-Type"] = "application/json"
        raw = b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
        return self.district.send(Sent(method, path, query, sent, raw))

    def granted(self, *asked, **more) -> Any:
        given = self.ask(*asked, **more)
        assert 200 <= given.status < 300, (asked, given.body)
        return given.json if given.headers["content-type"] == "application/json" and given.body else None

    def signs_in(self) -> None:
        """By SMS, with a wrong code first; the refresh token is used once."""
        self.device = self.plant("a citizen's device", secrets.token_hex(16))
        asked = {"phone": PHONE, "purpose": "sign-in", "device": self.device}
        challenge = self.granted(None, "POST", "/identity/codes", asked)["challenge_id"]
        code = self.plant("SMS code", self.district.outside.code_for(PHONE))
        proof = {"challenge_id": challenge, "phone": PHONE, "device": self.device}
        wrong = self.plant("wrong SMS code", f"{(int(code) + 1) % 10**6:06d}")
        self.refused(None, "POST", "/identity/sessions", proof | {"code": wrong})
        self.keep(self.granted(None, "POST", "/identity/sessions", proof | {"code": code}))
        self.refreshes()

    def refreshes(self) -> None:
        asked = {"refresh_token": self.refresh_token, "device": self.device}
        self.keep(self.granted(None, "POST", "/identity/sessions/refresh", asked))

    def keep(self, tokens: dict[str, Any]) -> None:
        self.token = self.plant("access token", tokens["access_token"])
        if "refresh_token" in tokens:
            self.refresh_token = self.plant("refresh token", tokens["refresh_token"])

    def registers(self) -> None:
        """Refused first for a typing slip, and then once, though it was asked for twice."""
        body = WORKER.body | {"community": HERE, "address": STREET}
        slip = self.plant("mistyped ID number", WORKER.number[:-2] + ("1" if WORKER.number[-2] != "1" else "2") + "X")
        self.refused(self.token, "POST", "/identity/persons", body | {"id_number": slip})
        self.refused(self.token, "POST", "/identity/persons", body | {"nick": PHONE})
        session, key = self.token, secrets.token_hex(16)
        for _ in range(2):
            registered = self.granted(session, "POST", "/identity/persons", body, **{"Idempotency-Key": key})
        self.keep(registered)
        self.person = registered["person_id"]

    def has_a_family(self) -> None:
        until = rfc3339(self.district.now + 300 * desk.DAY_S)
        family = {}
        for who, relation in ((CHILD, "child"), (PARENT, "parent")):
            body = who.body | {"relation": relation, "consent": True, "until": until}
            family[relation] = self.granted(self.token, "POST", "/identity/me/dependants", body)["person_id"]
        self.child, self.parent = family["child"], family["parent"]

    def applies_and_shows(self) -> None:
        for who, holder in (("me", "person"), (self.child, "dependant"), (self.parent, "dependant")):
            self.granted(self.token, "POST", f"/passes/{who}", {"holder": holder})
            shown = self.granted(self.token, "GET", f"/passes/{who}/tokens")
            self.shown = self.plant("pass token", shown["slots"][0]["token"])
        for picture in ("qr.png", "qr.svg"):
            self.granted(self.token, "GET", f"/passes/me/{picture}", Accept="image/png")
        for own in ("me", "me/access-log", "me/notices"):
            self.granted(self.token, "GET", f"/identity/{own}")

    def is_told_by_wechat(self) -> None:
        linked = {"wechat_code": self.plant("code of WeChat", "CANARY-code-of-wx-login"), "consent": True}
        self.granted(self.token, "POST", "/identity/me/channels", linked)
        self.plant("openid", self.district.here.wechat.openid(linked["wechat_code"]))

    def staff_sign_in(self) -> None:
        self.plant("password", PASSWORD)
        for role in STAFF:
            secret = self.plant("TOTP secret", totp.new_secret(self.district.here.entropy))
            member = self.district.member(role, secret).staff_id
            code = self.plant("one-time code", pyotp.TOTP(secret).at(self.district.now))
            asked = {"staff_id": member, "password": PASSWORD, "totp": code}
            asked["device"] = self.plant("a device of staff", secrets.token_hex(16))
            self.refused(None, "POST", "/identity/staff/sessions", asked | {"password": f"{PASSWORD}!"})
            opened = self.granted(None, "POST", "/identity/staff/sessions", asked)
            self.staff[role] = self.plant("access token of staff", opened["access_token"])
            self.plant("refresh token of staff", opened["refresh_token"])

    def by(self, role: Role, *asked, **more) -> Any:
        """What staff are answered is kept: it may be masked only."""
        given = self.ask(self.staff[role], *asked, **more)
        assert 200 <= given.status < 300, (asked, given.body)
        self.told.append(given.body)
        return given.json

    def passes_the_gate(self) -> None:
        scan = {"token": self.shown}
        assert self.by(Role.GUARD, "POST", "/checkpoints/scans", scan)["verdict"] == "admit"
        self.by(Role.GUARD, "POST", "/checkpoints/scans", {"token": self.plant("no pass token", "CANARY%" * 9)})
        offline = scan | {"at": rfc3339(self.district.now), "verdict": "admit"}
        self.by(Role.GUARD, "POST", "/checkpoints/scans/batch", {"scans": [offline]})
        self.granted(self.token, "POST", f"/passes/{self.parent}/paper", {"days": 7})
        paper = self.granted(self.token, "GET", f"/passes/{self.parent}/paper")["papers"][0]["paper_id"]
        self.plant("paper token", self.paper_token(paper))
        self.granted(self.token, "DELETE", f"/passes/{self.parent}/paper/{paper}")

    def paper_token(self, paper: str) -> str:
        """As the picture of it says, and as the gate reads it."""
        path = f"/passes/{self.parent}/paper/{paper}/qr.png"
        token = read(self.ask(self.token, "GET", path, Accept="image/png").body).text
        assert self.by(Role.GUARD, "POST", "/checkpoints/scans", {"token": token})["verdict"] == "admit"
        return token

    def falls_ill(self) -> None:
        """Declares fever, is found by ID card, looked at in a case of it and cleared."""
        fever = {"temperature_c": 37.8, "symptoms": ["fever"]}
        self.granted(self.token, "POST", "/passes/me/declarations", fever)
        found = self.by(
            Role.COMMUNITY_OFFICER,
            "POST",
            "/identity/desk/lookups",
            {"id_type": "10", "id_number": WORKER.number} | WHY,
        )
        assert found["person_id"] == self.person
        opened = self.by(Role.COMMUNITY_OFFICER, "POST", "/casework/cases", work.case(self.person))
        query = f"purpose=home-visit&case={opened['case_id']}"
        self.by(Role.COMMUNITY_OFFICER, "GET", f"/identity/persons/{self.person}", query=query)
        cleared = desk.clearance(self.district, self.person) | {
            "evidence": self.plant(EVIDENCE, "金丝雀：上门查看一次")
        }
        self.by(Role.COMMUNITY_OFFICER, "POST", "/casework/clearances", cleared)
        self.by(Role.COMMUNITY_OFFICER, "GET", f"/casework/persons/{self.person}/records", query=query)
        result = desk.result(self.district, self.person) | {"evidence": self.plant(EVIDENCE, "canary-laboratory-77")}
        self.is_referred()
        self.by(Role.HOSPITAL, "POST", "/casework/results", result)

    def is_referred(self) -> None:
        summary = self.plant("summary of a referral", "金丝雀：发热门诊")
        case = {"kind": "hospital-referral", "person_id": self.person, "summary": summary}
        opened = self.by(Role.COMMUNITY_OFFICER, "POST", "/casework/cases", case)
        step = {"version": opened["version"], "step": "referred", "organisation": f"{Role.HOSPITAL.value}-1"}
        self.by(Role.COMMUNITY_OFFICER, "POST", f"/casework/cases/{opened['case_id']}/steps", step)

    def is_isolated_and_released(self) -> None:
        place = self.plant(PLACE, "金丝雀酒店 707 房")
        proposal = desk.isolation(self.district, self.person) | {"place": place}
        proposal["evidence"] = self.plant(PROPOSED, "金丝雀：密接报告七号")
        proposed = self.by(Role.COMMUNITY_OFFICER, "POST", "/casework/isolations", proposal)
        path = f"/casework/approvals/{proposed['approval_id']}"
        self.by(Role.HEALTH_AUTHORITY, "GET", path)
        decision = {"decision": "approve", "note": self.plant(NOTE, "金丝雀：与其家人通过电话")}
        order = self.by(Role.HEALTH_AUTHORITY, "POST", f"{path}/decisions", decision)["record_id"]
        self.by(Role.HEALTH_AUTHORITY, "GET", "/casework/approvals", query="state=approved")
        release = desk.release(self.person, order) | {"evidence": self.plant(EVIDENCE, "canary-release-77")}
        self.district.now += 60
        self.by(Role.HEALTH_AUTHORITY, "POST", "/casework/releases", release)

    def asks_why(self) -> None:
        for what in ("explanation", "history"):
            self.granted(self.token, "GET", f"/passes/me/{what}")
        self.by(Role.COMMUNITY_OFFICER, "GET", "/identity/counters")
        self.by(Role.DISTRICT_COMMAND, "POST", "/passes/dry-runs", {"policy": candidate()})

    def refused(self, *asked, **more) -> None:
        given = self.ask(*asked, **more)
        assert 400 <= given.status < 500, (asked, given.status, given.body)

    def waits(self) -> None:
        """Until everything that follows has followed; what lay in queues meanwhile is kept, and what was set aside."""
        self.queued += dump.queued(self.district)
        follow_up(self.district)
        self.set_aside += [kept for stream in CONSUMERS for kept in quarantine.listed(stream, 100, 0)[0]]

    def opened(self, kept: Quarantined) -> Any:
        return quarantine.opened(self.district.here, kept)
