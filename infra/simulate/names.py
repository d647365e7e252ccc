"""Numbers of phones that do not exist, and what operators call them.

Person n has the phone that `nanhai seed` gives person n under the same seed, so that a seeded district and its
simulated signalling are about the same people.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from pathlib import Path

from nanhai.vault.indexes import INDEX_BYTES

from infra.local.folder import write_private
from infra.local.synthetic import SEEDS

KEY_BYTES = 32
PLANTED_FIRST = 1 << 32  # the number of the first person with a known story; whoever is drawn comes before
PLANTED_MAX = 999


def phone(seed: int, number: int) -> str:
    """E.164; of person `number` of the district `seed`."""
    if number >= PLANTED_FIRST:
        return f"+8613800009{number - PLANTED_FIRST + 1:03d}"
    return f"+86199{number * SEEDS + seed % SEEDS:08d}"


def pseudonyms(key: bytes, seed: int, numbers: Iterable[int]) -> list[str]:
    """What an operator that was handed `key` calls these people's phones: 32 hex digits each."""
    return [hmac.digest(key, phone(seed, number).encode(), hashlib.sha256)[:INDEX_BYTES].hex() for number in numbers]


def key_from(path: Path, entropy: bytes) -> bytes:
    """The key in the file, in hex; a file that is not there is made with `entropy`. ValueError when it holds no key."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_private(path, entropy.hex() + "\n")
    key = bytes.fromhex(path.read_text("ascii").strip())
    if len(key) != KEY_BYTES:
        raise ValueError(f"a key has {KEY_BYTES} bytes in hex")
    return key
