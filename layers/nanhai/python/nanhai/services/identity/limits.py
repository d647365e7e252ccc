"""How often something may be tried: counters in fixed windows, kept under a keyed index of who tries."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address

from nanhai.domain.errors import Refusal
from nanhai.domain.identifiers import Instant
from nanhai.services.platform import Platform
from nanhai.store import sessions

NETWORK_BITS = 64  # of an IPv6 address: whoever has one has all others of its network


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
    retry_after_s = sessions.hit(_name(platform, limit, subject), limit.times, limit.window_s, now)
    if retry_after_s is not None:
        raise TooMany(retry_after_s=retry_after_s)


def must_be_left(platform: Platform, limit: Limit, subject: str, now: Instant) -> None:
    """TooMany when the window of `subject` is full; counts nothing."""
    retry_after_s = sessions.full(_name(platform, limit, subject), limit.times, limit.window_s, now)
    if retry_after_s is not None:
        raise TooMany(retry_after_s=retry_after_s)


def count(platform: Platform, limit: Limit, subject: str, now: Instant) -> None:
    """Counts one more of `subject`, unless its window is full."""
    sessions.hit(_name(platform, limit, subject), limit.times, limit.window_s, now)


def network(address: str) -> str:
    """What an address counts as: itself, or the network of an IPv6 address."""
    try:
        told = ip_address(address)
    except ValueError:
        return address
    if not isinstance(told, IPv6Address):
        return address
    return f"{IPv6Address(int(told) >> NETWORK_BITS << NETWORK_BITS)}/{NETWORK_BITS}"


def _name(platform: Platform, limit: Limit, subject: str) -> str:
    return f"{limit.name}#{platform.blind('limit', limit.name, subject)}"
