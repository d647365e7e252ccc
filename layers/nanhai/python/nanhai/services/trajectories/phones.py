"""Phones as the operators name them to us: a keyed hash of the number, by a key that only they and we hold."""

from __future__ import annotations

from nanhai.services.platform import Platform


def pseudonym(platform: Platform, number: str) -> str:
    """The operators' name of a number in E.164 form (+8613800000000): 32 hex characters."""
    return platform.blind("phone", "trajectory", number)
