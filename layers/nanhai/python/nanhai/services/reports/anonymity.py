"""What may be known of whoever reports without a name: the hour, and for an hour or two the network."""

from __future__ import annotations

from ipaddress import IPv4Address, ip_address, ip_network

from msgspec.structs import replace

from nanhai.domain.days import HOUR_S
from nanhai.domain.identifiers import Instant
from nanhai.store.writes import Once

IPV4_BITS, IPV6_BITS = 24, 48
NOWHERE = "?"


def coarse(address: str) -> str:
    """The network that an address lies in, far too many to be anybody; what is no address is nowhere."""
    try:
        told = ip_address(address)
    except ValueError:
        return NOWHERE
    bits = IPV4_BITS if isinstance(told, IPv4Address) else IPV6_BITS
    return str(ip_network((told, bits), strict=False))


def hour(at: Instant) -> Instant:
    """The beginning of the hour that `at` lies in."""
    return at - at % HOUR_S


def unhurried(once: Once | None) -> Once | None:
    """The same request, whose row ends with an hour: what remains of it does not say when it was made."""
    return None if once is None else replace(once, expires_at=hour(once.expires_at) + HOUR_S)
