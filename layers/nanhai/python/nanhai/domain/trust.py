"""The trust list: whose tokens verify here. Signed by the root key, numbered upwards, and it ends.

A verifier never goes back to an older list, and a key that was once removed never returns: leaked keys stay dead.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from nanhai.domain.identifiers import Instant

CONTEXT = b"nhpass/v1/trust\0"
LASTS_S = 48 * 3_600
TEST_KID_MIN = 192  # kids from here on are for the local and test stages, and refused elsewhere
KEYS_MAX = 2_000

CheckSignature = Callable[[bytes, bytes], bool]  # signature, message


class Distrust(ValueError):
    """This list is not to be used; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class TrustedKey:
    """One Ed25519 public key of an issuer, good for tokens issued within [not_before, not_after)."""

    issuer: str  # GB/T 2260 district
    audience: int  # the issuer in a token's two bytes
    kid: int
    public: bytes
    not_before: Instant
    not_after: Instant


@dataclass(frozen=True, slots=True)
class TrustList:
    sequence: int
    issued_at: Instant
    expires_at: Instant
    keys: tuple[TrustedKey, ...]
    removed: tuple[tuple[int, int], ...]  # audience, kid


def write(trusted: TrustList) -> bytes:
    """The payload that is signed: one JSON text, the same for the same list."""
    document = {
        "sequence": trusted.sequence,
        "issued_at": trusted.issued_at,
        "expires_at": trusted.expires_at,
        "keys": [
            {
                "issuer": key.issuer,
                "audience": key.audience,
                "kid": key.kid,
                "public": key.public.hex(),
                "not_before": key.not_before,
                "not_after": key.not_after,
            }
            for key in trusted.keys
        ],
        "removed": [list(name) for name in trusted.removed],
    }
    return json.dumps(document, separators=(",", ":")).encode()


def accept(
    payload: bytes,
    signature: bytes,
    check_root: CheckSignature,
    known: TrustList | None,
    now: Instant,
    *,
    test_stage: bool = False,
) -> TrustList:
    """The list in `payload` when it may replace `known`; raises Distrust with the first reason why not."""
    if not check_root(signature, CONTEXT + payload):
        raise Distrust("trust.signature")
    offered = _read(payload)
    if now >= offered.expires_at:
        raise Distrust("trust.expired")
    if known is not None and offered.sequence < known.sequence:
        raise Distrust("trust.older")
    named = {(key.audience, key.kid) for key in offered.keys}
    if named & {*offered.removed, *(() if known is None else known.removed)}:
        raise Distrust("trust.removed-key-returns")
    if not test_stage and any(key.kid >= TEST_KID_MIN for key in offered.keys):
        raise Distrust("trust.test-key")
    return offered


def _read(payload: bytes) -> TrustList:
    try:
        document = json.loads(payload)
        keys = tuple(_key(row) for row in document["keys"])
        removed = tuple((int(audience), int(kid)) for audience, kid in document["removed"])
        read = TrustList(document["sequence"], document["issued_at"], document["expires_at"], keys, removed)
        if len(keys) > KEYS_MAX or not all(type(n) is int for n in (read.sequence, read.issued_at, read.expires_at)):
            raise Distrust("trust.form")
    except (KeyError, TypeError, ValueError) as malformed:
        raise Distrust("trust.form") from malformed
    return read


def _key(row: dict[str, Any]) -> TrustedKey:
    return TrustedKey(
        str(row["issuer"]),
        int(row["audience"]),
        int(row["kid"]),
        bytes.fromhex(row["public"]),
        int(row["not_before"]),
        int(row["not_after"]),
    )
