"""Access tokens: 15 minutes, signed (EdDSA, RFC 9068 `at+jwt`): a request needs no look-up to know its session."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from functools import lru_cache

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from nanhai.domain.errors import Refusal
from nanhai.domain.identifiers import Instant
from nanhai.vault.ring import Ring

ACCESS_S = 900
ISSUER = "nanhai-pass"
AUDIENCE = "nanhai-pass/v1"
ALGORITHM, TYPE = "EdDSA", "at+jwt"
TOKEN_CHARACTERS_MAX = 2_048


def _segment(content: bytes) -> bytes:
    return base64.urlsafe_b64encode(content).rstrip(b"=")


HEADER = _segment(f'{{"alg":"{ALGORITHM}","typ":"{TYPE}"}}'.encode())  # the only one there is: nothing is chosen by it


class InvalidToken(Refusal):
    """This is no access token of this platform."""

    code = "edge.invalid-token"
    kind = "unauthenticated"


class ExpiredToken(Refusal):
    """The access token has ended; the refresh token gives a new one."""

    code = "edge.expired-token"
    kind = "unauthenticated"


@dataclass(frozen=True, slots=True)
class Claims:
    subject: str  # a person id (empty until registered), a staff id or a USCC
    kind: str  # citizen, staff or enterprise
    session: str
    role: str
    expires_at: Instant


class _Payload(msgspec.Struct, frozen=True):
    iss: str
    aud: str
    sub: str
    sid: str
    role: str
    kind: str
    iat: Instant
    exp: Instant


def issue(ring: Ring, *, subject: str, kind: str, session: str, role: str, now: Instant) -> str:
    """A token for this session until `now` + ACCESS_S."""
    payload = _Payload(ISSUER, AUDIENCE, subject, session, role, kind, now, now + ACCESS_S)
    signed = HEADER + b"." + _segment(msgspec.json.encode(payload))
    return (signed + b"." + _segment(_private(ring.session).sign(signed))).decode("ascii")


def check(ring: Ring, token: str, now: Instant) -> Claims:
    """What the token claims; InvalidToken or ExpiredToken. The clock is the caller's."""
    try:
        header, payload, signature = token[:TOKEN_CHARACTERS_MAX].encode("ascii").split(b".")
        if header != HEADER:
            raise InvalidToken
        _public(ring.session).verify(_content(signature), header + b"." + payload)
        told = msgspec.json.decode(_content(payload), type=_Payload)
    except (ValueError, InvalidSignature, msgspec.MsgspecError):
        raise InvalidToken from None
    if (told.iss, told.aud) != (ISSUER, AUDIENCE):
        raise InvalidToken
    if now >= told.exp:
        raise ExpiredToken
    return Claims(told.sub, told.kind, told.sid, told.role, told.exp)


def _content(segment: bytes) -> bytes:
    """What a segment holds; ValueError when it is not written as it must be."""
    content = base64.b64decode(segment + b"=" * (-len(segment) % 4), altchars=b"-_", validate=True)
    if _segment(content) != segment:
        raise ValueError("no canonical base64url")
    return content


@lru_cache(maxsize=4)
def _private(seed: bytes) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(seed)


@lru_cache(maxsize=4)
def _public(seed: bytes) -> Ed25519PublicKey:
    return _private(seed).public_key()
