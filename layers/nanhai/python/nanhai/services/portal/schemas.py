"""What the portal answers."""

from __future__ import annotations

from datetime import datetime

from nanhai.services.schemas import Answer


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
