"""Personal data at rest: AES-256-GCM under a data key per person, itself wrapped by the platform's key.

The associated data bind a ciphertext to its place (table, holder, field, schema), so that it opens nowhere else.
Deleting a person's wrapped key shreds the person.
"""

from __future__ import annotations

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
NONCE_BYTES = 12  # random: 2^32 messages a key keep a collision below 2^-32 (NIST SP 800-38D)
SCHEMA = "1"


class Tampered(Exception):
    """This is not what was sealed for this place, or not with this key."""


def new_data_key() -> bytes:
    return os.urandom(KEY_BYTES)


def wrap_key(kek: bytes, data_key: bytes, person: str) -> bytes:
    """`data_key` for the table of keys."""
    return seal(kek, data_key, table="keys", holder=person, field="data-key")


def unwrap_key(kek: bytes, wrapped: bytes, person: str) -> bytes:
    """The data key; Tampered when it is another person's or was wrapped by another key."""
    return open_(kek, wrapped, table="keys", holder=person, field="data-key")


def seal(key: bytes, plain: bytes, *, table: str, holder: str, field: str) -> bytes:
    """nonce · ciphertext · tag."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, _place(table, holder, field))


def open_(key: bytes, sealed: bytes, *, table: str, holder: str, field: str) -> bytes:
    """What was sealed for this place; Tampered otherwise."""
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], _place(table, holder, field))
    except (InvalidTag, ValueError):
        raise Tampered(f"{table}.{field}") from None


def _place(table: str, holder: str, field: str) -> bytes:
    """Each part with its length before it, so that no two places are written alike."""
    parts = [part.encode() for part in (table, holder, field, SCHEMA)]
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)
