"""The trust list of this issuer as it follows from the ring, and what a verifier makes of a list."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from nanhai.domain import trust
from nanhai.domain.identifiers import Instant
from nanhai.domain.tokens import CheckSignature, Trust
from nanhai.domain.trust import TrustedKey, TrustList
from nanhai.vault.ring import Ring, checker, sign_with


@dataclass(frozen=True, slots=True)
class Verifier:
    """A trusted key, ready to check signatures."""

    not_before: Instant
    not_after: Instant
    check: CheckSignature = field(repr=False)


def trust_list(ring: Ring, issuer: str, audience: int, now: Instant) -> TrustList:
    """Every key of the ring; its number is the ring's version, which only rises."""
    keys = tuple(TrustedKey(issuer, audience, key.kid, key.public, key.not_before, key.not_after) for key in ring.gates)
    removed = tuple((audience, kid) for kid in sorted(ring.removed))
    return TrustList(ring.version, now, now + trust.LASTS_S, keys, removed)


def signed(ring: Ring, listed: TrustList) -> tuple[bytes, bytes]:
    """The list's payload and the root's signature over it."""
    payload = trust.write(listed)
    return payload, sign_with(ring.root, trust.CONTEXT + payload)


def trusted(listed: TrustList) -> Trust:
    """The list as tokens are checked against it."""
    return Trust(dict(_verifiers(listed.keys)), frozenset(listed.removed))


def _verifiers(keys: Iterable[TrustedKey]) -> Iterable[tuple[tuple[int, int], Verifier]]:
    for key in keys:
        yield (key.audience, key.kid), Verifier(key.not_before, key.not_after, checker(key.public))
