"""How often something may be tried: counters in fixed windows, kept under a keyed index of who tries."""

from __future__ import annotations

from dataclasses import dataclass

from nanhai.domain.errors import Refusal
from nanhai.domain.identifiers import Instant
from nanhai.services.platform import Platform
from nanhai.store import sessions

HOUR_S, DAY_S = 3_600, 86_400


class TooMany(Refusal):
    """A limit in time is reached."""

    code = "identity.too-many"
    kind = "too-many"


@dataclass(frozen=True, slots=True)
class Limit:
    name: str
    times: int
    window_s: int


def spend(platform: Platform, limit: Limit, subject: str, now: Instant) -> None:
    """Counts one more of `subject`; TooMany, with the seconds to wait, when its window is full."""
    name = f"{limit.name}#{platform.blind('limit', limit.name, subject)}"
    retry_after_s = sessions.hit(name, limit.times, limit.window_s, now)
    if retry_after_s is not None:
        raise TooMany(retry_after_s=retry_after_s)
