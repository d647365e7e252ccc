"""A gate without a network: a trust list and a denylist from before, and its own arithmetic for signatures."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from nanhai.domain import denial, tokens, trust
from nanhai.domain.colour import Verdict
from nanhai.domain.denial import Denylist
from nanhai.domain.identifiers import Instant
from nanhai.domain.tokens import KeyName, Refused, Trust
from nanhai.domain.trust import TrustedKey, TrustList

from infra.demo import ed25519
from infra.demo.people import Differs, Json, Officer


@dataclass(frozen=True)
class GateKey:
    """A trusted key as a gate keeps it."""

    not_before: Instant
    not_after: Instant
    check: Callable[[bytes, bytes], bool]


@dataclass(frozen=True)
class OfflineGate:
    """What a gate knows when the network goes."""

    trust: Trust
    audience: int
    denylist: Denylist

    @classmethod
    def prepared(cls, guard: Officer) -> OfflineGate:
        """Fetches both lists as the guard and believes neither without its signature."""
        now = int(guard.stage.now())
        listed = _trust_list(guard.send("GET", "/checkpoints/trust", expect=200), now)
        keys = dict(_keys(listed.keys))
        audience = listed.keys[0].audience
        told = guard.send("GET", "/checkpoints/denylist", expect=200)
        return cls(Trust(keys, frozenset(listed.removed)), audience, _denylist(told, keys, audience, now))

    def check(self, token: str, now: Instant) -> str:
        """The verdict on a scanned text, offline."""
        seen = tokens.offline(token, self.trust, self.audience, now, self.denylist.at(now))
        return Verdict.CANNOT_VERIFY.value if isinstance(seen, Refused) else seen.value


def _trust_list(told: Json, now: Instant) -> TrustList:
    """The root key is taken as it comes, as when a gate is set up; from then on it would be pinned."""
    root = partial(_check, bytes.fromhex(told["root"]))
    try:
        return trust.accept(b64decode(told["payload"]), b64decode(told["signature"]), root, None, now, test_stage=True)
    except trust.Distrust as distrust:
        raise Differs(f"the trust list is not to be used: {distrust}") from None


def _denylist(told: Json, keys: dict[KeyName, GateKey], audience: int, now: Instant) -> Denylist:
    key = keys[audience, told["kid"]]
    try:
        return denial.accept(b64decode(told["payload"]), b64decode(told["signature"]), key, None, now)
    except denial.Unusable as unusable:
        raise Differs(f"the denylist is not to be used: {unusable}") from None


def _keys(trusted: Iterable[TrustedKey]) -> Iterable[tuple[KeyName, GateKey]]:
    for key in trusted:
        yield (key.audience, key.kid), GateKey(key.not_before, key.not_after, partial(_check, key.public))


def _check(public: bytes, signature: bytes, message: bytes) -> bool:
    return ed25519.verify(public, signature, message)
