"""News for people: by which channels beside the inbox a kind goes out, and when nobody is disturbed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from nanhai.domain.days import DAY_S, HOUR_S, LOCAL_OFFSET_S, day_begins, local_day
from nanhai.domain.identifiers import Instant

QUIET_FROM_S, QUIET_UNTIL_S = 22 * HOUR_S, 7 * HOUR_S  # of the local day
COLOUR = "passes-colour"  # the kind of what follows a change of a pass


class Channel(StrEnum):
    WECHAT = "wechat"  # a subscription message, to whoever has linked WeChat
    SMS = "sms"  # costs money: what somebody has to know at once and may not overlook


@dataclass(frozen=True, slots=True)
class Rule:
    """`urgent`: goes out at night too; `topic`: what the message says it is about, and no more."""

    channels: tuple[Channel, ...]
    urgent: bool
    topic: str


def morning_after(at: Instant) -> Instant | None:
    """When the night ends in which `at` lies; None by day."""
    second = (at + LOCAL_OFFSET_S) % DAY_S
    if QUIET_UNTIL_S <= second < QUIET_FROM_S:
        return None
    day = local_day(at) + (second >= QUIET_FROM_S)
    return day_begins(day) + QUIET_UNTIL_S
