"""The trust list: whose tokens verify here. Signed by the root key, numbered upwards, and it ends.

A verifier never goes back to an older list, and a key that was once removed never returns: leaked keys stay dead.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from nanhai.domain.identifiers import Instant

CONTEXT = b"nhpass/v1/trust\0"
LASTS_S = 48 * 3_600
TEST_KID_MIN = 192  # kids from here on are for the local and test stages, and refused elsewhere
KEYS_MAX = 2_000
PUBLIC_BYTES = 32

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
    """The list in `payload` when it may replace `known`; raises Distrust with the first reason why not.

    What `known` says of removed keys stands in the answer too, even where the new list has forgotten it.
    """
    if not check_root(signature, CONTEXT + payload):
        raise Distrust("trust.signature")
    offered = _read(payload)
    if now >= offered.expires_at:
        raise Distrust("trust.expired")
    if known is not None and offered.sequence < known.sequence:
        raise Distrust("trust.older")
    removed = {*offered.removed, *(() if known is None else known.removed)}
    if any((key.audience, key.kid) in removed for key in offered.keys):
        raise Distrust("trust.removed-key-returns")
    if not test_stage and any(key.kid >= TEST_KID_MIN for key in offered.keys):
        raise Distrust("trust.test-key")
    return replace(offered, removed=tuple(sorted(removed)))


def _read(payload: bytes) -> TrustList:
    try:
        document = json.loads(payload)
        read = TrustList(
            _number(document["sequence"]),
            _number(document["issued_at"]),
            _number(document["expires_at"]),
            tuple(_key(row) for row in document["keys"]),
            tuple(_name(audience, kid) for audience, kid in document["removed"]),
        )
    except (KeyError, TypeError, ValueError, RecursionError) as malformed:
        raise Distrust("trust.form") from malformed
    names = {(key.audience, key.kid) for key in read.keys}
    if len(read.keys) > KEYS_MAX or len(names) < len(read.keys):
        raise Distrust("trust.form")
    return read


def _key(row: dict[str, Any]) -> TrustedKey:
    audience, kid = _name(row["audience"], row["kid"])
    public = bytes.fromhex(row["public"])
    if type(row["issuer"]) is not str or len(public) != PUBLIC_BYTES:
        raise ValueError("no public key of an issuer")
    return TrustedKey(row["issuer"], audience, kid, public, _number(row["not_before"]), _number(row["not_after"]))


def _name(audience: object, kid: object) -> tuple[int, int]:
    """An issuer and a kid as a token writes them: in two bytes and in one."""
    named = _number(audience), _number(kid)
    if not (0 <= named[0] <= 0xFFFF and 0 <= named[1] <= 0xFF):
        raise ValueError("no name of a key")
    return named


def _number(value: object) -> int:
    if type(value) is not int:
        raise TypeError("whole number expected")
    return value
