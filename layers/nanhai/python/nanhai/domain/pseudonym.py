"""The day pseudonym of a pass: its 64 bits permuted under a key of the day, so that only the server links two days.

An eight-round Feistel network whose rounds are HMAC-SHA256 (Luby and Rackoff 1988: four rounds of a pseudo-random
function already give a strong pseudo-random permutation). See infra/decisions/0003.
"""

from __future__ import annotations

import hashlib
import hmac

from nanhai.domain.identifiers import PersonId, person_bits, person_id

PSEUDONYM_BYTES = 8
ROUNDS = 8
_HALF = 0xFFFF_FFFF


def day_key(root: bytes, day: int) -> bytes:
    """The key of one day; without `root` the keys of other days do not follow from it."""
    return hmac.digest(root, b"nhpass/v1/day\0" + day.to_bytes(4, "big"), hashlib.sha256)


def pseudonym(key: bytes, person: PersonId) -> bytes:
    """The eight bytes that stand for `person` on the day of `key`; ValueError when it is no person id."""
    bits = person_bits(person)
    left, right = bits >> 32, bits & _HALF
    for step in range(ROUNDS):
        left, right = right, left ^ _round(key, step, right)
    return (left << 32 | right).to_bytes(PSEUDONYM_BYTES, "big")


def person_of(key: bytes, seen: bytes) -> PersonId:
    """Whose pseudonym `seen` is on the day of `key`."""
    bits = int.from_bytes(seen, "big")
    left, right = bits >> 32, bits & _HALF
    for step in reversed(range(ROUNDS)):
        left, right = right ^ _round(key, step, left), left
    return person_id(left << 32 | right)


def _round(key: bytes, step: int, half: int) -> int:
    return int.from_bytes(hmac.digest(key, bytes((step,)) + half.to_bytes(4, "big"), hashlib.sha256)[:4], "big")
