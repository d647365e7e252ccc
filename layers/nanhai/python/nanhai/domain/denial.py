"""The denylist of offline gates: signed deltas of day pseudonyms whose colour worsened while better tokens are about.

A gate takes no delta that is older than what it has seen, that has ended, or that leaves a gap: once told to deny a
pseudonym, it denies it for as long as that matters, whatever else it is sent.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nanhai.domain.identifiers import Instant
from nanhai.domain.pseudonym import PSEUDONYM_BYTES
from nanhai.domain.tokens import SKEW_S, Key

CONTEXT = b"nhpass/v1/denylist\0"
NEXT_AFTER_S = 60
LASTS_S = 300  # a gate that is handed an older one is handed a replay
MATTERS_S = 600  # no token that was fetched before the colour worsened is valid any more
PSEUDONYMS_MAX = 20_000
NUMBERS = ("issued_at", "since", "next_after_s", "expires_at")


class Unusable(ValueError):
    """This delta is not to be used; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Delta:
    """Everyone denied from `since` to `issued_at`, from where the next delta has to go on."""

    issued_at: Instant
    since: Instant
    next_after_s: int
    expires_at: Instant
    pseudonyms: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Denylist:
    """What a gate has been told so far; `until` is when each pseudonym stops to matter."""

    issued_at: Instant
    until: Mapping[bytes, Instant]

    def at(self, now: Instant) -> frozenset[bytes]:
        """Whom to deny at `now`: what `tokens.check` takes."""
        return frozenset(pseudonym for pseudonym, until in self.until.items() if now < until)


def write(delta: Delta) -> bytes:
    """The payload that is signed: one JSON text, the same for the same delta."""
    document = {
        "issued_at": delta.issued_at,
        "since": delta.since,
        "next_after_s": delta.next_after_s,
        "expires_at": delta.expires_at,
        "pseudonyms": [pseudonym.hex() for pseudonym in delta.pseudonyms],
    }
    return json.dumps(document, separators=(",", ":")).encode()


def accept(payload: bytes, signature: bytes, key: Key, known: Denylist | None, now: Instant) -> Denylist:
    """What the gate denies with the delta in `payload`; raises Unusable with the first reason why it is not to be used.

    `key` is what the gate's trust list says of the delta's kid.
    """
    if not key.check(signature, CONTEXT + payload):
        raise Unusable("denylist.signature")
    offered = read(payload)
    if not key.not_before <= offered.issued_at < key.not_after:
        raise Unusable("denylist.key")
    _timely(offered, known, now)
    told = {} if known is None else {p: until for p, until in known.until.items() if now < until}
    return Denylist(offered.issued_at, told | dict.fromkeys(offered.pseudonyms, offered.issued_at + MATTERS_S))


def read(payload: bytes) -> Delta:
    """The delta that `write` wrote; Unusable for anything else. Says nothing about who wrote it."""
    try:
        document = json.loads(payload)
        pseudonyms = tuple(map(_pseudonym, document["pseudonyms"]))
        issued_at, since, next_after_s, expires_at = (_number(document, name) for name in NUMBERS)
    except (KeyError, TypeError, ValueError, RecursionError) as malformed:
        raise Unusable("denylist.form") from malformed
    if len(pseudonyms) > PSEUDONYMS_MAX:
        raise Unusable("denylist.form")
    return Delta(issued_at, since, next_after_s, expires_at, pseudonyms)


def _timely(offered: Delta, known: Denylist | None, now: Instant) -> None:
    if offered.issued_at > now + SKEW_S:
        raise Unusable("denylist.early")
    if now >= offered.expires_at:
        raise Unusable("denylist.expired")
    if known is not None and offered.issued_at < known.issued_at:
        raise Unusable("denylist.older")
    matters_from = now - MATTERS_S + SKEW_S
    if offered.since > (matters_from if known is None else max(known.issued_at, matters_from)):
        raise Unusable("denylist.gap")


def _pseudonym(text: str) -> bytes:
    pseudonym = bytes.fromhex(text)
    if len(pseudonym) != PSEUDONYM_BYTES:
        raise ValueError("a pseudonym has eight bytes")
    return pseudonym


def _number(document: Mapping[str, Any], name: str) -> int:
    value = document[name]
    if type(value) is not int:
        raise TypeError("a whole number expected")
    return value
