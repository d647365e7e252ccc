"""Stored answers of requests that must take effect once: sealed, for they may hold personal data or tokens."""

from __future__ import annotations

import hashlib
import hmac

from nanhai.store.writes import Once
from nanhai.vault import sealing
from nanhai.vault.ring import Ring


def seal(ring: Ring, once: Once, answer: bytes) -> bytes:
    """`answer` sealed for this one request."""
    return sealing.seal(_key(ring, once), answer, table="idempotency", holder=once.owner, field=_field(once))


def open_(ring: Ring, once: Once, sealed: bytes) -> bytes:
    """What `seal` sealed for the same request; raises sealing's Tampered."""
    return sealing.open_(_key(ring, once), sealed, table="idempotency", holder=once.owner, field=_field(once))


def _key(ring: Ring, once: Once) -> bytes:
    """A key per owner, so that random nonces never wear one key out."""
    return hmac.digest(ring.cursor, f"nhpass/v1/answers\0{once.owner}".encode(), hashlib.sha256)


def _field(once: Once) -> str:
    return f"answer#{once.key}#{once.fingerprint}"
