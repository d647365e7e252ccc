"""Enterprises at the identity function: what the register of legal persons knows, and their contacts' phones."""

from __future__ import annotations

import json
import re
import secrets
from dataclasses import dataclass, field
from typing import Any

from nanhai.domain.uscc import check_character, organisation_check_character

from tests.edge.gateway import Answer
from tests.functions.identity.world import COMMUNITY, World


def uscc(serial: int, head: str = "91", region: str = "440605") -> str:
    eight = f"MA{serial:06d}"
    seventeen = head + region + eight + organisation_check_character(eight)
    return seventeen + check_character(seventeen)


def row(name: str, phone: str, community: str = COMMUNITY, *, above: bool = False) -> dict[str, Any]:
    return {"name": name, "community": community, "contact_phone": phone, "above_designated_size": above}


FOUNDRY, COLLECTIVE, STRANGER = uscc(1), uscc(2, "N2"), uscc(3)
FOUNDRY_PHONE, COLLECTIVE_PHONE = "+8613900001001", "+8613900001002"
REGISTERED = {
    FOUNDRY: row("南海某某铸造有限公司", FOUNDRY_PHONE, above=True),
    COLLECTIVE: row("叠二经济联合社", COLLECTIVE_PHONE),
}


@dataclass
class Company:
    """A computer in an enterprise's office."""

    world: World
    uscc: str = FOUNDRY
    phone: str = FOUNDRY_PHONE
    device: str = field(default_factory=lambda: secrets.token_hex(16))
    tokens: dict[str, Any] = field(default_factory=dict)

    def ask_for_code(self, **other) -> Answer:
        sent = {name: other.pop(name) for name in ("address", "headers") if name in other}
        body = {"uscc": self.uscc, "device": self.device} | other
        return self.world.ask("POST", "/enterprise/codes", body=body, **sent)

    def challenge(self) -> dict[str, str]:
        sent = self.ask_for_code()
        assert sent.status == 202, sent.body
        return {
            "challenge_id": sent.json["challenge_id"],
            "uscc": self.uscc,
            "code": re.search(r"\d{6}", self.world.messages(self.phone)[-1])[0],
            "device": self.device,
        }

    def open_session(self, body: dict[str, str]) -> Answer:
        return self.world.ask("POST", "/enterprise/sessions", body=body)

    def sign_in(self) -> dict[str, Any]:
        given = self.open_session(self.challenge())
        assert given.status == 201, given.body
        self.tokens = given.json
        return given.json

    def refresh(self, **other) -> Answer:
        body = {"refresh_token": self.tokens["refresh_token"], "device": self.device} | other
        return self.world.ask("POST", "/sessions/refresh", body=body)


def known(world) -> tuple[str, str]:
    """One more enterprise that the register knows, and its contact's phone: each has its own limits."""
    number = world._next()
    code, phone = uscc(1_000 + number), f"+86139001{number:05d}"
    file = world.stage.folder / "legal.json"
    told = json.loads(file.read_text("utf-8")) if file.exists() else {}
    file.write_text(json.dumps(told | {code: row("南海某某铸造有限公司", phone)}, ensure_ascii=False), "utf-8")
    return code, phone


def teach(world: World, rows: dict[str, dict[str, Any]]) -> None:
    """Makes the register of legal persons know exactly these."""
    world.stage.folder.joinpath("legal.json").write_text(json.dumps(rows, ensure_ascii=False), "utf-8")
