"""infra/stages.yaml as values: what makes one deployment differ from another."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from typing import Any

import yaml

from infra.functions import ROOT

PATH = ROOT / "infra" / "stages.yaml"
# Those of nanhai.vault.stages, by a test: what deploys a layer does not import it.
LOCAL_ONLY = frozenset({"local", "test"})
NAME = re.compile(r"[a-z][a-z0-9]{1,11}")


class BadStage(Exception):
    """The stage cannot be deployed; the message says what to change."""


@dataclass(frozen=True, slots=True)
class Stage:
    name: str
    register: str
    legal_register: str = ""
    wechat: str = "none"
    district: str = "440605"
    origin: str = ""
    domain: str = ""
    certificate: str = ""
    alarm_email: str = ""
    sms_budget_usd: int = 1_000
    reserve: bool = True

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.name) or self.name in LOCAL_ONLY:
            raise BadStage(f"{self.name!r} is no stage: 2 to 12 of a-z and 0-9, not local or test")
        if not self.register.startswith("https://"):
            raise BadStage(f"infra/stages.yaml gives stage {self.name} no identity register (https://…)")
        if not self.legal_register.startswith("https://"):
            raise BadStage(f"infra/stages.yaml gives stage {self.name} no register of legal persons (https://…)")
        if self.wechat != "none" and not self.wechat.startswith("https://"):
            raise BadStage(f"stage {self.name}: wechat is none, or the endpoint that sends (https://…)")
        if bool(self.domain) != bool(self.certificate):
            raise BadStage(f"stage {self.name}: a domain needs its certificate, and the other way round")

    @property
    def parameters(self) -> dict[str, str]:
        """What the template asks of a stage."""
        return {
            "Stage": self.name,
            "DomainName": self.domain,
            "ClientOrigin": self.origin,
            "CertificateArn": self.certificate,
            "AlarmEmail": self.alarm_email,
            "SmsBudgetUsd": str(self.sms_budget_usd),
        }


NOWHERE = Stage(
    "sample", register="https://register.invalid/verify", legal_register="https://register.invalid/legal"
)  # to look at packages without a stage of one's own


def load(name: str) -> Stage:
    """The named stage over the defaults; BadStage when it is not described well enough to deploy."""
    if name == "defaults":
        raise BadStage("'defaults' is no stage")
    described = _document()
    told = described["defaults"] | (described.get(name) or {})
    unknown = sorted(told.keys() - ({field.name for field in fields(Stage)} - {"name"}))
    if unknown:
        raise BadStage(f"stage {name}: infra/stages.yaml says {', '.join(unknown)}, which means nothing")
    return Stage(name=name, **told)


def _document() -> dict[str, Any]:
    try:
        document: dict[str, Any] = yaml.safe_load(PATH.read_text("utf-8"))
    except (OSError, yaml.YAMLError) as broken:
        raise BadStage(f"{PATH.name} cannot be read: {' '.join(str(broken).split())}") from broken
    return document
