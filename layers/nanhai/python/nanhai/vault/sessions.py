"""Access tokens: 15 minutes, signed (EdDSA, RFC 9068 `at+jwt`): a request needs no look-up to know its session."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from nanhai.domain.errors import Refusal
from nanhai.domain.identifiers import Instant
from nanhai.vault.ring import Ring

ACCESS_S = 900
ISSUER = "nanhai-pass"
AUDIENCE = "nanhai-pass/v1"
ALGORITHM = "EdDSA"
TYPE = "at+jwt"
CLAIMS = ("iss", "aud", "sub", "sid", "role", "kind", "iat", "exp")


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
    subject: str  # a person id (empty until registered) or a staff id
    kind: str  # citizen, staff or enterprise
    session: str
    role: str
    expires_at: Instant


def issue(ring: Ring, *, subject: str, kind: str, session: str, role: str, now: Instant) -> str:
    """A token for this session until `now` + ACCESS_S."""
    import jwt

    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": subject,
        "sid": session,
        "role": role,
        "kind": kind,
        "iat": now,
        "exp": now + ACCESS_S,
    }
    return jwt.encode(claims, _private(ring.session), algorithm=ALGORITHM, headers={"typ": TYPE})


def check(ring: Ring, token: str, now: Instant) -> Claims:
    """What the token claims; InvalidToken or ExpiredToken. The clock is the caller's."""
    import jwt

    try:
        decoded = jwt.decode_complete(
            token,
            _public(ring.session),
            algorithms=[ALGORITHM],
            audience=AUDIENCE,
            issuer=ISSUER,
            options={"require": list(CLAIMS), "verify_exp": False, "verify_iat": False, "verify_nbf": False},
        )
        claims = decoded["payload"]
        read = Claims(claims["sub"], str(claims["kind"]), str(claims["sid"]), str(claims["role"]), int(claims["exp"]))
    except (jwt.PyJWTError, TypeError, ValueError, OverflowError):
        raise InvalidToken from None
    if decoded["header"].get("typ") != TYPE:
        raise InvalidToken
    if now >= read.expires_at:
        raise ExpiredToken
    return read


@lru_cache(maxsize=4)
def _private(seed: bytes) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(seed)


@lru_cache(maxsize=4)
def _public(seed: bytes) -> Ed25519PublicKey:
    return _private(seed).public_key()
