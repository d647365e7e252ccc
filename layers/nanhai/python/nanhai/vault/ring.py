"""The platform's own secrets: long-lived ones in one piece, and a signing key for each day.

A day's key is random, known to no other day's, made weeks ahead and unwrapped in the process that first signs with
it: no job has to run for tomorrow's passes, and a key that leaks signs for one day.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from nanhai.domain.days import DAY_S, day_begins, local_day
from nanhai.domain.identifiers import Instant
from nanhai.domain.trust import TEST_KID_MIN
from nanhai.vault.stages import LOCAL_STAGES
from nanhai.vault.wrapping import Wrapper

SEED_BYTES = 32
AHEAD_DAYS = 35
KEPT_DAYS = 8  # a paper pass lasts seven
CORE = "core"
CORE_FIELDS = ("kek", "index", "cursor", "days", "root", "session")

Entries = Mapping[str, bytes]


class NoSigningKey(RuntimeError):
    """No key of the ring is for this day: rotation has not run for weeks."""


@dataclass(frozen=True)
class GateKey:
    """The key that signs the tokens issued within [not_before, not_after)."""

    kid: int
    not_before: Instant
    not_after: Instant
    public: bytes
    seed: Callable[[], bytes] = field(repr=False, compare=False)

    @cached_property
    def sign(self) -> Callable[[bytes], bytes]:
        """Signs a message; the seed is unwrapped at the first use."""
        return Ed25519PrivateKey.from_private_bytes(self.seed()).sign


@dataclass(frozen=True, slots=True)
class Ring:
    kek: bytes = field(repr=False)  # wraps people's data keys
    index: bytes = field(repr=False)  # blind indexes
    cursor: bytes = field(repr=False)  # paging cursors, stored answers
    days: bytes = field(repr=False)  # day pseudonyms
    root: bytes = field(repr=False)  # seed: signs trust lists and audit anchors
    session: bytes = field(repr=False)  # seed: signs access tokens
    gates: tuple[GateKey, ...]
    removed: frozenset[int] = frozenset()
    version: int = 0

    def gate_key(self, at: Instant) -> GateKey:
        """The key for tokens issued at `at`; NoSigningKey when there is none."""
        for key in self.gates:
            if key.not_before <= at < key.not_after:
                return key
        raise NoSigningKey(local_day(at))


def new_ring(now: Instant, stage: str) -> Ring:
    """Fresh secrets, and signing keys for today and the weeks ahead."""
    kek, index, cursor, days, root, session = (os.urandom(SEED_BYTES) for _ in CORE_FIELDS)
    gates = tuple(new_gate_keys((), frozenset(), now, stage))
    return Ring(kek, index, cursor, days, root, session, gates)


def new_gate_keys(known: Iterable[GateKey], removed: frozenset[int], now: Instant, stage: str) -> list[GateKey]:
    """Keys for the days from `now` on that `known` has none for; a kid that was removed is never given again."""
    known = tuple(known)
    held = {local_day(key.not_before) for key in known}
    used = {key.kid for key in known} | removed
    made = []
    for day in range(local_day(now), local_day(now) + AHEAD_DAYS + 1):
        if day not in held:
            kid = _free_kid(day, used, stage)
            used.add(kid)
            made.append(_gate_key(kid, day))
    return made


def is_spent(key: GateKey, now: Instant) -> bool:
    """Whether nothing that it signed can still be valid."""
    return key.not_after + KEPT_DAYS * DAY_S <= now


def ring_to_entries(ring: Ring, wrapper: Wrapper) -> dict[str, bytes]:
    """The ring by name, every secret wrapped."""
    core = json.dumps({name: getattr(ring, name).hex() for name in CORE_FIELDS}).encode()
    return {
        CORE: wrapper.wrap(core, CORE),
        **{name_of(key): wrapper.wrap(key.seed(), name_of(key)) for key in ring.gates},
        **{f"removed#{kid}": b"-" for kid in sorted(ring.removed)},
    }


def ring_from_entries(entries: Entries, wrapper: Wrapper, version: int = 0) -> Ring:
    """The ring that `ring_to_entries` wrote; days' seeds stay wrapped until they are used."""
    core = json.loads(wrapper.unwrap(entries[CORE], CORE))
    gates = [_stored(name, wrapped, wrapper) for name, wrapped in entries.items() if name.startswith("gate#")]
    removed = frozenset(int(name.removeprefix("removed#")) for name in entries if name.startswith("removed#"))
    kek, index, cursor, days, root, session = (bytes.fromhex(core[name]) for name in CORE_FIELDS)
    by_day = tuple(sorted(gates, key=lambda key: key.not_before))
    return Ring(kek, index, cursor, days, root, session, by_day, removed, version)


def name_of(key: GateKey) -> str:
    return f"gate#{key.kid}#{key.not_before}#{key.not_after}#{key.public.hex()}"


def sign_with(seed: bytes, message: bytes) -> bytes:
    return Ed25519PrivateKey.from_private_bytes(seed).sign(message)


def public_of(seed: bytes) -> bytes:
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()


def checker(public: bytes) -> Callable[[bytes, bytes], bool]:
    """A function that tells whether a signature over a message is this key's."""
    key = Ed25519PublicKey.from_public_bytes(public)

    def check(signature: bytes, message: bytes) -> bool:
        try:
            key.verify(signature, message)
        except InvalidSignature:
            return False
        return True

    return check


def _gate_key(kid: int, day: int) -> GateKey:
    seed = os.urandom(SEED_BYTES)
    begins = day_begins(day)
    return GateKey(kid, begins, begins + DAY_S, public_of(seed), lambda: seed)


def _stored(name: str, wrapped: bytes, wrapper: Wrapper) -> GateKey:
    _, kid, not_before, not_after, public = name.split("#")
    seed = partial(wrapper.unwrap, wrapped, name)
    return GateKey(int(kid), int(not_before), int(not_after), bytes.fromhex(public), seed)


def _free_kid(day: int, used: set[int], stage: str) -> int:
    first, last = (TEST_KID_MIN, 256) if stage in LOCAL_STAGES else (0, TEST_KID_MIN)
    span = last - first
    for step in range(span):
        kid = first + (day + step) % span
        if kid not in used:
            return kid
    raise NoSigningKey("every kid is in use or was removed")
