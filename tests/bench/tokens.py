"""A pass token made and checked, against a bare Ed25519 signature of the same library over the same bytes."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from nanhai.domain import pseudonym, tokens
from nanhai.domain.colour import Colour
from nanhai.domain.days import local_day
from nanhai.domain.identifiers import person_id
from nanhai.domain.records import Holder
from nanhai.domain.tokens import Token
from nanhai.vault import trusting
from nanhai.vault.ring import new_ring

from tests.bench.compare import Result, paired

PEER = "bare Ed25519 of cryptography"
AUDIENCE = 27_035


def results() -> Iterator[Result]:
    now = int(time.time())
    ring = new_ring(now, "test")
    key = ring.gate_key(now)
    day = pseudonym.day_key(ring.days, local_day(now))
    seen = pseudonym.pseudonym(day, person_id(int.from_bytes(os.urandom(8), "big")))
    token = Token(key.kid, Colour.GREEN, Holder.PERSON, seen, tokens.slot_of(now), tokens.TTL_S, AUDIENCE)
    private = Ed25519PrivateKey.from_private_bytes(key.seed())
    message = tokens.CONTEXT + bytes(tokens.BODY.size)
    yield paired(
        "token-make",
        lambda: tokens.make(token, key.sign),
        PEER,
        lambda: private.sign(message),
        "<= 1.1",
        samples=41,
        per_sample=2_000,
    )
    text = tokens.make(token, key.sign)
    trust = trusting.trusted(trusting.trust_list(ring, "440605", AUDIENCE, now))
    public, signature = private.public_key(), private.sign(message)
    yield paired(
        "token-check",
        lambda: tokens.check(text, trust, AUDIENCE, now),
        PEER,
        lambda: public.verify(signature, message),
        "<= 1.3",
        samples=41,
        per_sample=1_000,
    )
