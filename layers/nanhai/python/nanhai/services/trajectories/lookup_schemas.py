"""What the 14-day lookup is asked and what it answers."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, ClassVar

from msgspec import Meta

from nanhai.domain.certificates import CHARACTERS_MAX
from nanhai.services.identity.schemas import Device, Line
from nanhai.services.schemas import Answer, Request
from nanhai.services.trajectories.certificate_schemas import City, DayInCities
from nanhai.texts import Language

PURPOSE = "trajectory"  # of the code that a lookup takes: one for signing in is none
SignedText = Annotated[str, Meta(max_length=CHARACTERS_MAX)]


class SendLookupCode(Request, frozen=True):
    purpose: ClassVar[str] = PURPOSE

    phone: Line
    device: Device | None = None


class LookUpTrajectory(Request, frozen=True):
    challenge_id: Line
    phone: Line
    code: Line


class Trajectory(Answer, frozen=True):
    """`cities`: all of them, by the day on which each first counts; `rule`: from when on a city counts; `unknown`: what
    a day without a city means; `certificate`: the same, signed, as the text of a QR code."""

    phone_masked: str
    issued_at: datetime
    valid_until: datetime
    days: list[DayInCities]
    cities: list[City]
    rule: str
    unknown: str
    certificate: str


class RenderCertificate(Request, frozen=True):
    """`language`: of the document."""

    certificate: SignedText
    language: Language = "zh-CN"
