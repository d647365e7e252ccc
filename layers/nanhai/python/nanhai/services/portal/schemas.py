"""What the portal is asked and what it answers."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from msgspec import Meta

from nanhai.services.schemas import Answer, Request


class CommunityChoice(Answer, frozen=True):
    code: str
    name: str
    town: str


class Configuration(Answer, frozen=True):
    """`trust_root`: the public key, in hex, that signs trust lists."""

    district: str
    stage: str
    policy: str
    server_time: datetime
    trust_root: str
    communities: list[CommunityChoice]


class CommunityOfTown(Answer, frozen=True):
    code: str
    name: str


class Town(Answer, frozen=True):
    code: str
    name: str
    communities: list[CommunityOfTown]


class Divisions(Answer, frozen=True):
    district: str
    towns: list[Town]


class FindAddress(Request, frozen=True):
    """A text, or a point in degrees of WGS 84."""

    text: Annotated[str, Meta(min_length=1, max_length=200, pattern=r"\S")] | None = None
    latitude: Annotated[float, Meta(ge=-90, le=90)] | None = None
    longitude: Annotated[float, Meta(ge=-180, le=180)] | None = None


class Choice(Answer, frozen=True):
    """`confidence`: 0 to 1."""

    code: str
    name: str
    town: str
    town_name: str
    confidence: float


class Found(Answer, frozen=True):
    """Best first, at most five. `sure`: the first can be taken without asking; else the person chooses."""

    choices: list[Choice]
    sure: bool
