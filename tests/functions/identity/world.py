"""The identity app on the tables of the template, asked as API Gateway asks it; phones and officers who ask."""

from __future__ import annotations

import re
import secrets
import time
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import boto3
import pyotp
from argon2 import PasswordHasher
from nanhai.domain.actors import Role
from nanhai.domain.identifiers import PersonId
from nanhai.domain.resident_id import check_character
from nanhai.services import cases
from nanhai.services.cases import CaseKind, NewCase
from nanhai.services.identity import totp
from nanhai.services.platform import Platform
from nanhai.store import staff
from nanhai.store.staff import StaffRecord
from nanhai.store.writes import send

from infra.local.apps import load
from tests.conftest import Stage
from tests.edge.gateway import Answer, ask

BEGIN = 1_592_992_800  # 2020-06-24, 10:00 UTC: where windows of an hour and less begin, far from the end of a day
COMMUNITY, NEIGHBOUR, OTHER_TOWN = "440605011001", "440605011004", "440605121001"
TOWN, DISTRICT = "440605011", "440605"
PASSWORD = "correct horse battery staple"
ADDRESS = "桂澜路 1 号"
SCOPES = {Role.COMMUNITY_OFFICER: COMMUNITY, Role.GUARD: COMMUNITY, Role.TOWN_OFFICER: TOWN}


def id_number(serial: int, born: str = "19860314", region: str = "440605") -> str:
    seventeen = f"{region}{born}{serial:03d}"
    return seventeen + check_character(seventeen)


@dataclass(frozen=True)
class Identity:
    """Someone whom the register knows."""

    name: str
    number: str
    household_region: str = "440605"
    permit: bool = False

    @property
    def body(self) -> dict[str, Any]:
        return {"name": self.name, "id_type": "10", "id_number": self.number}


HUANG = Identity("黄大年", id_number(1))
HE = Identity("何香凝", id_number(2, region="420106"), "420106")
CHILD = Identity("黄小年", id_number(3, born="20130501"))
PARENT = Identity("黄老年", id_number(4, born="19420501"))
REGISTERED = (HUANG, HE, CHILD, PARENT)


@dataclass
class World:
    stage: Stage
    platform: Platform
    offset_s: int = 0

    def __post_init__(self) -> None:
        self.app = load("identity")
        self.pass_time(BEGIN - int(time.time()))
        self.knows(*REGISTERED)

    @property
    def now(self) -> int:
        return self.platform.now()

    def pass_time(self, seconds: int) -> None:
        self.offset_s += seconds
        self.stage.clock.write_text(str(self.offset_s))

    def knows(self, *identities: Identity) -> None:
        """Teaches the identity register exactly these."""
        self.stage.known(
            {
                f"10:{who.number}": {"name": who.name, "household_region": who.household_region, "permit": who.permit}
                for who in identities
            }
        )

    def ask(self, method: str, url: str, **sent) -> Answer:
        return ask(self.app, method, url, **sent)

    def messages(self, phone: str) -> list[str]:
        """What reached a phone, oldest first: the mock of SNS keeps it."""
        from moto.sns.models import sns_backends

        backend = sns_backends["123456789012"]["ap-east-1"]
        return [text for number, text in backend.sms_messages.values() if number == phone]

    def phone(self, number: str | None = None) -> Phone:
        return Phone(self, number or f"+86138{secrets.randbelow(10**8):08d}")

    def signed_in(self, number: str | None = None) -> Phone:
        phone = self.phone(number)
        phone.sign_in()
        return phone

    def registered(self, who: Identity = HUANG, community: str = COMMUNITY) -> Phone:
        phone = self.signed_in()
        given = phone.register(who, community)
        assert given.status == 201, given.body
        return phone

    def officer(self, role: Role = Role.COMMUNITY_OFFICER, scope: str | None = None, **more) -> Officer:
        """A new member of the staff, not signed in."""
        scope = SCOPES.get(role, DISTRICT) if scope is None else scope
        officer = Officer(self, f"{role.value}-{secrets.token_hex(3)}")
        new = StaffRecord(
            staff_id=officer.staff_id,
            role=role,
            scope=scope,
            organisation="office-1",
            organisation_kind="community",
            gate=more.get("gate"),
            password_hash=known_hash(),
            totp_sealed=totp.sealed(self.platform, officer.staff_id, officer.secret),
            device="",
            active=True,
            id_index=more.get("id_index", ""),
        )
        send([staff.appoint(new)])
        return officer

    def on_duty(self, role: Role = Role.COMMUNITY_OFFICER, scope: str | None = None, **more) -> Officer:
        officer = self.officer(role, scope, **more)
        assert officer.sign_in().status == 201
        return officer

    def case(self, person: str, kind: str = "home-visit", community: str = COMMUNITY) -> str:
        """An open case about somebody."""
        made = cases.opened(self.platform, self.now, NewCase(CaseKind(kind), community, "help:1", PersonId(person)))
        send(list(made.writes))
        return made.case_id

    def rows(self, table: str) -> list[dict[str, Any]]:
        """Everything a table holds."""
        pages = boto3.client("dynamodb").get_paginator("scan").paginate(TableName=self.stage.prefix + table)
        return [row for page in pages for row in page["Items"]]

    def everything(self) -> str:
        """A dump of all tables."""
        return "\n".join(map(repr, [row for name in self.tables() for row in self.rows(name)]))

    def tables(self) -> list[str]:
        names = boto3.client("dynamodb").get_paginator("list_tables").paginate()
        return [
            name.removeprefix(self.stage.prefix)
            for page in names
            for name in page["TableNames"]
            if name.startswith(self.stage.prefix)
        ]


@dataclass
class Phone:
    """A citizen's phone."""

    world: World
    number: str
    device: str = field(default_factory=lambda: secrets.token_hex(16))
    tokens: dict[str, Any] = field(default_factory=dict)

    @property
    def token(self) -> str | None:
        return self.tokens.get("access_token")

    def ask(self, method: str, url: str, **sent) -> Answer:
        return self.world.ask(method, url, token=self.token, **sent)

    def ask_for_code(self, **more) -> Answer:
        body = {"phone": self.number, "purpose": "sign-in"} | more
        return self.world.ask("POST", "/codes", body=body)

    def challenge(self) -> dict[str, str]:
        """A code that was asked for and read: all that signing in takes."""
        sent = self.ask_for_code()
        assert sent.status == 202, sent.body
        return {
            "challenge_id": sent.json["challenge_id"],
            "phone": self.number,
            "code": re.search(r"\d{6}", self.world.messages(self.number)[-1])[0],
            "device": self.device,
        }

    def open_session(self, body: dict[str, str]) -> Answer:
        return self.world.ask("POST", "/sessions", body=body)

    def sign_in(self) -> dict[str, Any]:
        given = self.open_session(self.challenge())
        assert given.status == 201, given.body
        self.tokens = given.json
        return given.json

    def refresh(self, **other) -> Answer:
        body = {"refresh_token": self.tokens["refresh_token"], "device": self.device} | other
        return self.world.ask("POST", "/sessions/refresh", body=body)

    def register(self, who: Identity, community: str = COMMUNITY, *, once: str | None = None, **other) -> Answer:
        body = who.body | {"community": community, "address": ADDRESS} | other
        given = self.ask("POST", "/persons", body=body, once=once or secrets.token_hex(16))
        if given.status == 201:
            self.tokens |= given.json
        return given

    def add(self, who: Identity, *, once: str | None = None, **other) -> Answer:
        body = who.body | {"relation": "child", "consent": True, "until": "2021-03-01T00:00:00+08:00"} | other
        return self.ask("POST", "/me/dependants", body=body, once=once or secrets.token_hex(16))


@dataclass
class Officer:
    """A member of the staff and the device on their desk."""

    world: World
    staff_id: str
    secret: str = field(default_factory=lambda: totp.new_secret(secrets.token_bytes))
    device: str = field(default_factory=lambda: secrets.token_hex(16))
    tokens: dict[str, Any] = field(default_factory=dict)

    def ask(self, method: str, url: str, **sent) -> Answer:
        return self.world.ask(method, url, token=self.tokens.get("access_token"), **sent)

    @property
    def credentials(self) -> dict[str, str]:
        code = pyotp.TOTP(self.secret).at(self.world.now)
        return {"staff_id": self.staff_id, "password": PASSWORD, "totp": code, "device": self.device}

    def sign_in(self, **other) -> Answer:
        given = self.world.ask("POST", "/staff/sessions", body=self.credentials | other)
        if given.status == 201:
            self.tokens = given.json
        return given

    def refresh(self, **other) -> Answer:
        body = {"refresh_token": self.tokens["refresh_token"], "device": self.device} | other
        return self.world.ask("POST", "/sessions/refresh", body=body)

    def look_up(self, number: str, **other) -> Answer:
        body = {"id_type": "10", "id_number": number, "purpose": "desk-help"} | other
        return self.ask("POST", "/desk/lookups", body=body)


@cache
def known_hash() -> str:
    """Of PASSWORD, by the cheapest parameters: they stand in the hash, and a verification follows them."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
