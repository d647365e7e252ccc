"""What the portal answers."""

from __future__ import annotations

from datetime import datetime

from nanhai.services.schemas import Answer


class CommunityChoice(Answer, frozen=True):
    code: str
    name: str
    town: str


class Configuration(Answer, frozen=True):
    district: str
    stage: str
    policy: str
    server_time: datetime
    communities: list[CommunityChoice]
