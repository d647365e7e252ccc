"""infra/stages.yaml as values: what makes one deployment differ from another."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import yaml

from infra.functions import ROOT

NAME = re.compile(r"[a-z][a-z0-9]{1,11}")
LOCAL_ONLY = frozenset({"local", "test"})  # their keys lie in a file and their register is one


class BadStage(Exception):
    """The stage cannot be deployed; the message says what to change."""


@dataclass(frozen=True, slots=True)
class Stage:
    name: str
    register: str
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
        if bool(self.domain) != bool(self.certificate):
            raise BadStage(f"stage {self.name}: a domain needs its certificate, and the other way round")

    @property
    def parameters(self) -> dict[str, str]:
        """What the template asks of a stage."""
        return {
            "Stage": self.name,
            "DomainName": self.domain,
            "CertificateArn": self.certificate,
            "AlarmEmail": self.alarm_email,
            "SmsBudgetUsd": str(self.sms_budget_usd),
        }


def load(name: str, path: Path = ROOT / "infra" / "stages.yaml") -> Stage:
    """The named stage over the defaults; BadStage when it is not described well enough to deploy."""
    document = yaml.safe_load(path.read_text("utf-8"))
    if name == "defaults":
        raise BadStage("'defaults' is no stage")
    return Stage(name=name, **(document["defaults"] | (document.get(name) or {})))
