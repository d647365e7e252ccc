"""Issuers of tokens: keys from fixed seeds, the trust that a gate has in them, and tokens to check."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from nanhai.domain.colour import Colour
from nanhai.domain.records import Holder
from nanhai.domain.tokens import BODY, CONTEXT, KINDS, VERSION, CheckSignature, Token, Trust, make, slot_of

NOW = slot_of(1_583_000_000)
HERE, FOSHAN, NOWHERE = 44_060, 44_061, 44_062
KID = 7
DAY = 86_400
TOKEN = Token(KID, Colour.GREEN, Holder.PERSON, bytes(range(8)), NOW, 60, HERE)


def private(name: str) -> Ed25519PrivateKey:
    """The same key for the same name."""
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(name.encode()).digest())


def checker(public: Ed25519PublicKey) -> CheckSignature:
    def check(signature: bytes, message: bytes) -> bool:
        try:
            public.verify(signature, message)
        except InvalidSignature:
            return False
        return True

    return check


@dataclass(frozen=True)
class GateKey:
    """What a trust list says of the key of that name."""

    name: str = "today"
    not_before: int = NOW - DAY
    not_after: int = NOW + DAY
    check: CheckSignature = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "check", checker(private(self.name).public_key()))


TRUST = Trust(
    {(HERE, KID): GateKey(), (HERE, KID + 1): GateKey("tomorrow"), (FOSHAN, KID): GateKey("foshan")},
    frozenset({(HERE, 99)}),
)


def signed(key: str = "today", **changes: Any) -> str:
    """The text of TOKEN with these fields, signed by the key of that name."""
    return make(replace(TOKEN, **changes), private(key).sign)


def body(**changes: int) -> bytes:
    """The first eighteen bytes of TOKEN with these numbers in place of its own, whether or not they mean anything."""
    own = {
        "version": VERSION,
        "kid": TOKEN.kid,
        "kind": KINDS[TOKEN.colour, TOKEN.holder],
        "pseudonym": TOKEN.pseudonym,
        "issued_at": TOKEN.issued_at,
        "ttl": TOKEN.ttl,
        "audience": TOKEN.audience,
    }
    return BODY.pack(*(own | changes).values())


def attested(content: bytes, key: str = "today", context: bytes = CONTEXT) -> bytes:
    """`content` with the signature over it."""
    return content + private(key).sign(context + content)
