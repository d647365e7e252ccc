"""Who plays: clients that reach the platform over HTTP only, as a phone or an office computer does."""

from __future__ import annotations

import re
import secrets
import time
from dataclasses import dataclass, field
from typing import Any

import httpx
import pyotp

Json = dict[str, Any]
CODE = re.compile(r"\b(\d{6})\b")
ANSWER_TIMEOUT_S = 30.0
SETTLE_S_MAX = 20.0


class Differs(AssertionError):
    """An answer was not what the story says."""


@dataclass
class Stage:
    """The platform as seen from outside, and its local controls: the clock, the jobs, the inbox."""

    base: str
    http: httpx.Client = field(init=False)
    devices: dict[str, str] = field(init=False, default_factory=dict)  # each member of staff works at one

    def __post_init__(self) -> None:
        self.http = httpx.Client(base_url=self.base, timeout=ANSWER_TIMEOUT_S, trust_env=False)

    def get(self, path: str, **query: str) -> Json:
        answer: Json = self.http.get(path, params=query).raise_for_status().json()
        return answer

    def move_clock(self, offset_s: int) -> None:
        self.http.post("/local/clock", json={"offset_s": offset_s}).raise_for_status()

    def now(self) -> float:
        return time.time() + int(self.get("/local/clock")["offset_s"])

    def pause_jobs(self, paused: bool) -> None:
        self.http.post("/local/jobs", json={"paused": paused}).raise_for_status()

    def last_code(self, phone: str) -> str:
        """The newest code that the SMS inbox holds for `phone`."""
        for message in self.get("/local/inbox", format="json")["messages"]:
            found = CODE.search(message["text"])
            if message["phone"] == phone and found:
                return found.group(1)
        raise Differs(f"no code reached {phone}")


@dataclass
class Client:
    """One signed-in device."""

    stage: Stage
    device: str = field(default_factory=lambda: secrets.token_hex(16))
    tokens: Json = field(default_factory=dict)

    def send(self, method: str, path: str, body: Json | None = None, *, expect: int, **query: str) -> Json:
        """The JSON answer of a call that must have the status `expect`."""
        answer = self.raw(method, path, body, **query)
        if answer.status_code != expect:
            raise Differs(f"{method} {path}: {answer.status_code} instead of {expect}: {answer.text[:400]}")
        return answer.json() if answer.content else {}

    def raw(
        self, method: str, path: str, body: Json | None = None, accept: str = "application/json", **query: str
    ) -> httpx.Response:
        kind = "image/png" if path.endswith(".png") else accept  # API Gateway decodes what comes first only
        headers = {"Accept-Language": "zh-CN", "Accept": kind}
        if self.tokens:
            headers["Authorization"] = f"Bearer {self.tokens['access_token']}"
        if method == "POST":
            headers["Idempotency-Key"] = secrets.token_hex(16)
        return self.stage.http.request(method, path, json=body, params=query, headers=headers)


@dataclass
class Citizen(Client):
    phone: str = ""

    def sign_in(self) -> Json:
        sent = self.send("POST", "/identity/codes", {"phone": self.phone, "purpose": "sign-in"}, expect=202)
        body = {
            "challenge_id": sent["challenge_id"],
            "phone": self.phone,
            "code": self.stage.last_code(self.phone),
            "device": self.device,
        }
        self.tokens = {}
        self.tokens = self.send("POST", "/identity/sessions", body, expect=201)
        return self.tokens

    def pass_of(self, who: str = "me") -> Json:
        return self.send("GET", f"/passes/{who}", expect=200)

    def token(self, who: str = "me") -> str:
        return str(self.send("GET", f"/passes/{who}/tokens", expect=200)["slots"][0]["token"])

    def await_colour(self, colour: str, who: str = "me") -> Json:
        """The pass once it shows `colour`: the stream needs a moment, never more than a few seconds."""
        deadline = time.monotonic() + SETTLE_S_MAX
        while True:
            answer = self.raw("GET", f"/passes/{who}")
            if answer.status_code == 200 and answer.json()["colour"] == colour:
                shown: Json = answer.json()
                return shown
            if time.monotonic() > deadline:
                raise Differs(f"the pass never became {colour}: {answer.text[:300]}")
            time.sleep(0.1)


@dataclass
class Officer(Client):
    """Staff: password and one-time code; every sign-in takes a new code."""

    staff: Json = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.device = self.stage.devices.setdefault(self.staff["staff_id"], self.device)

    def sign_in(self) -> Officer:
        code = pyotp.TOTP(self.staff["totp_secret"]).at(int(self.stage.now()))
        body = {
            "staff_id": self.staff["staff_id"],
            "password": self.staff["password"],
            "totp": code,
            "device": self.device,
        }
        self.tokens = {}
        self.tokens = self.send("POST", "/identity/staff/sessions", body, expect=201)
        return self


@dataclass
class Enterprise(Client):
    """By its credit code, and a code to the contact that the register of legal persons names."""

    row: Json = field(default_factory=dict)

    def sign_in(self) -> Enterprise:
        asked = {"uscc": self.row["uscc"], "device": self.device}
        self.tokens = {}
        sent = self.send("POST", "/identity/enterprise/codes", asked, expect=202)
        proof = {"challenge_id": sent["challenge_id"], "code": self.stage.last_code(self.row["contact_phone"])}
        self.tokens = self.send("POST", "/identity/enterprise/sessions", asked | proof, expect=201)
        return self
