"""Phones as the operators name them to us: a keyed hash of the number, by a key that only they and we hold."""

from __future__ import annotations

from nanhai.services.platform import Platform
from nanhai.vault.indexes import BlindIndex

PHONE, TRAJECTORY = "phone", "trajectory"


def pseudonym(platform: Platform, number: str) -> str:
    """The operators' name of a number in E.164 form (+8613800000000): 32 hex characters."""
    return platform.blind(PHONE, TRAJECTORY, number)


def operators_key(platform: Platform) -> bytes:
    """What operators make their names with: HMAC-SHA256 of the number under it, of which the first 16 bytes."""
    return BlindIndex(platform.ring.index).key_of(PHONE, TRAJECTORY)
