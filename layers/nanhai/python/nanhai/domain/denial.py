"""The denylist of offline gates: signed deltas of day pseudonyms whose colour worsened while better tokens are about.

A gate takes no delta that is older than what it has seen, that has ended, or that leaves a gap: once told to deny a
pseudonym, it denies it for as long as that matters, whatever else it is sent. A delta of very many comes in parts, and
a gate has moved on only when it holds them all.
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
MATTERS_S = 600  # ten prefetched slots, their time to live and the skew come to 390 s: no better token is valid after
PSEUDONYMS_MAX = 20_000  # in one part
NUMBERS = ("issued_at", "since", "next_after_s", "expires_at", "part")


class Unusable(ValueError):
    """This delta is not to be used; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Delta:
    """Everyone denied from `since` to `issued_at`, from where the next delta has to go on; or one part of them, which
    are numbered from 0 and share their times."""

    issued_at: Instant
    since: Instant
    next_after_s: int
    expires_at: Instant
    pseudonyms: tuple[bytes, ...]
    part: int = 0
    last: bool = True


@dataclass(frozen=True, slots=True)
class Begun:
    """A delta of which the gate holds the first so many parts."""

    issued_at: Instant
    since: Instant
    parts: int


@dataclass(frozen=True, slots=True)
class Denylist:
    """What a gate has been told so far: all that was denied up to `issued_at` (0: nothing is complete yet), and what
    came of a delta that is not. `until` is when each pseudonym stops to matter."""

    issued_at: Instant
    until: Mapping[bytes, Instant]
    begun: Begun | None = None

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
        "part": delta.part,
        "last": delta.last,
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
    begun = _parts(offered, known)
    told = {} if known is None else {p: until for p, until in known.until.items() if now < until}
    told |= dict.fromkeys(offered.pseudonyms, offered.issued_at + MATTERS_S)
    if offered.last:
        return Denylist(offered.issued_at, told)
    return Denylist(0 if known is None else known.issued_at, told, begun)


def read(payload: bytes) -> Delta:
    """The delta that `write` wrote; Unusable for anything else. Says nothing about who wrote it."""
    try:
        document = json.loads(payload)
        pseudonyms = tuple(map(_pseudonym, document["pseudonyms"]))
        issued_at, since, next_after_s, expires_at, part = (_number(document, name) for name in NUMBERS)
        last = _truth(document["last"])
    except (KeyError, TypeError, ValueError, RecursionError) as malformed:
        raise Unusable("denylist.form") from malformed
    if len(pseudonyms) > PSEUDONYMS_MAX:
        raise Unusable("denylist.form")
    return Delta(issued_at, since, next_after_s, expires_at, pseudonyms, part, last)


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


def _parts(offered: Delta, known: Denylist | None) -> Begun:
    """How far the gate has come in the offered delta with this part; none before it may be missing."""
    begun = None if known is None else known.begun
    same = begun is not None and (begun.issued_at, begun.since) == (offered.issued_at, offered.since)
    held = begun.parts if begun is not None and same else 0
    if not 0 <= offered.part <= held:
        raise Unusable("denylist.gap")
    return Begun(offered.issued_at, offered.since, max(held, offered.part + 1))


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


def _truth(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError("true or false expected")
    return value
