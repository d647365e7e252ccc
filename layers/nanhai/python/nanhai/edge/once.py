"""`Idempotency-Key`: the same request twice takes effect once and gets the same answer."""

from __future__ import annotations

import re

import msgspec

from nanhai.domain.actors import Actor
from nanhai.domain.identifiers import Instant
from nanhai.edge.incoming import Incoming
from nanhai.edge.malformed import BadOnceKey, OnceKeyRequired
from nanhai.services import answers
from nanhai.store.writes import ONCE_S, Once, recall
from nanhai.vault.indexes import BlindIndex
from nanhai.vault.ring import Ring

HEADER = "Idempotency-Key"
KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")
NOBODY = "anonymous"


def once_of(ring: Ring, asked: Incoming, actor: Actor, now: Instant) -> Once:
    """Who asked, with which key, for what; raises OnceKeyRequired or BadOnceKey."""
    key = asked.header(HEADER.lower())
    if not key:
        raise OnceKeyRequired
    if not KEY.fullmatch(key):
        raise BadOnceKey
    return Once(actor.id or actor.session or NOBODY, key, fingerprint(ring, asked), now + ONCE_S)


def first_answer(ring: Ring, once: Once) -> bytes | None:
    """The answer that this very request was given before; raises KeyReused when the key came with another one."""
    sealed = recall(once)
    return None if sealed is None else answers.open_(ring, once, sealed)


def fingerprint(ring: Ring, asked: Incoming) -> str:
    """Of method, route, path, query and body, each part delimited. Keyed: a plain hash of a name and a number gives the
    number away to whoever has the table and tries."""
    parts = (asked.method, asked.resource, sorted(asked.parameters.items()), sorted(asked.query.items()), asked.body())
    return BlindIndex(ring.index).of("request", "once", msgspec.json.encode(parts).decode())
