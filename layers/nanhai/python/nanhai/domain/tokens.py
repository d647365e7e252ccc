"""The pass token: 82 signed bytes as 123 characters of a QR code. Nothing personal is in it.

    version 1 · kid 1 · colour and type 1 · day pseudonym 8 · issued at 4 · ttl 1 · audience 2 · signature 64

The signature (Ed25519 over the context and the first 18 bytes) is made and checked by what the caller passes in. What
the specification leaves open is settled in infra/decisions/0007.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from nanhai.domain import base45
from nanhai.domain.colour import VERDICTS, Colour, Verdict
from nanhai.domain.days import HOUR_S
from nanhai.domain.identifiers import Instant
from nanhai.domain.records import Holder

CONTEXT = b"nhpass/v1/gate\0"
VERSION = 1
BODY = struct.Struct(">BBB8sIBH")
MESSAGE = struct.Struct(f">{len(CONTEXT)}s" + BODY.format.removeprefix(">"))  # what is signed
SIGNATURE_BYTES = 64
TOKEN_BYTES = BODY.size + SIGNATURE_BYTES
TOKEN_CHARACTERS = TOKEN_BYTES // 2 * 3
SLOT_S = 30
TTL_S = 60
SKEW_S = 30
PAPER_HOURS_MAX = 168
ORDER_L = 2**252 + 27_742_317_777_372_353_535_851_937_790_883_648_493  # of Ed25519's group (RFC 8032)
COLOURS = (Colour.GREEN, Colour.BLUE, Colour.YELLOW, Colour.RED, Colour.NONE)
HOLDERS = (Holder.PERSON, Holder.DEPENDANT, Holder.PAPER)

KINDS = {(c, h): COLOURS.index(c) | HOLDERS.index(h) << 4 for c in COLOURS for h in HOLDERS}

KeyName = tuple[int, int]  # audience, kid
Sign = Callable[[bytes], bytes]
CheckSignature = Callable[[bytes, bytes], bool]  # signature, message


@dataclass(frozen=True, slots=True)
class Token:
    kid: int
    colour: Colour
    holder: Holder
    pseudonym: bytes
    issued_at: Instant
    ttl: int  # seconds; of a paper pass hours
    audience: int

    @property
    def lasts_s(self) -> int:
        return self.ttl * HOUR_S if self.holder is Holder.PAPER else self.ttl

    @property
    def slot(self) -> Instant:
        """When its slot began: what tells two tokens of one day pseudonym apart."""
        return self.issued_at


class Refused(StrEnum):
    """Why a token is no pass. Each is a stable code; none of them is ever an exception."""

    ALPHABET = "token.alphabet"
    LENGTH = "token.length"
    VERSION = "token.version"
    UNKNOWN_KEY = "token.unknown-key"  # of nobody on the trust list, or of another issuer than it says
    REMOVED_KEY = "token.removed-key"
    KEY_EXPIRED = "token.key-expired"
    SIGNATURE = "token.signature"
    FORM = "token.form"
    AUDIENCE = "token.audience"
    EARLY = "token.early"
    EXPIRED = "token.expired"
    DENIED = "token.denied"
    PAPER_OFFLINE = "token.paper-offline"  # only the server knows whether it was revoked


class Key(Protocol):
    """What a trust list says of one signing key."""

    @property
    def not_before(self) -> Instant: ...
    @property
    def not_after(self) -> Instant: ...
    @property
    def check(self) -> CheckSignature: ...


@dataclass(frozen=True, slots=True)
class Trust:
    """Who may sign, and who may no longer: by audience (the issuer) and kid, for every issuer numbers its own keys."""

    keys: Mapping[KeyName, Key]
    removed: Container[KeyName] = frozenset()


def make(token: Token, sign: Sign) -> str:
    """The signed text of a token."""
    message = MESSAGE.pack(
        CONTEXT,
        VERSION,
        token.kid,
        KINDS[token.colour, token.holder],
        token.pseudonym,
        token.issued_at,
        token.ttl,
        token.audience,
    )
    return base45.encode(message[len(CONTEXT) :] + sign(message))


def check(text: str, trust: Trust, audience: int, now: Instant, denied: Container[bytes] = ()) -> Token | Refused:
    """The token in `text` if it is to be believed at `now`, else the first reason why not; raises for no text."""
    if len(text) != TOKEN_CHARACTERS:
        return Refused.LENGTH
    try:
        data = base45.decode(text)
    except ValueError:
        return Refused.ALPHABET
    fields = BODY.unpack_from(data)
    if fields[0] != VERSION:
        return Refused.VERSION
    key = key_of(trust, (fields[6], fields[1]), fields[4])
    if isinstance(key, Refused):
        return key
    signature = data[BODY.size :]
    if not is_canonical(signature) or not key.check(signature, CONTEXT + data[: BODY.size]):
        return Refused.SIGNATURE
    token = _token(fields)
    if token is None:
        return Refused.FORM
    return _refusal(token, audience, now, denied) or token


def offline(text: str, trust: Trust, audience: int, now: Instant, denied: Container[bytes]) -> Verdict | Refused:
    """What a gate without a network may say: a yellow one holds, for a clearance is known to the server only."""
    seen = check(text, trust, audience, now, denied)
    if isinstance(seen, Refused):
        return seen
    return Refused.PAPER_OFFLINE if seen.holder is Holder.PAPER else VERDICTS[seen.colour]


def is_canonical(signature: bytes) -> bool:
    """Whether the scalar S is below the group's order: without that, everyone can make a second valid signature."""
    return int.from_bytes(signature[32:], "little") < ORDER_L


def slot_of(at: Instant) -> Instant:
    """The beginning of the 30-second slot that holds `at`."""
    return at - at % SLOT_S


def key_of(trust: Trust, name: KeyName, issued_at: Instant) -> Key | Refused:
    """The key that may have signed at `issued_at`, else why there is none."""
    if name in trust.removed:
        return Refused.REMOVED_KEY
    key = trust.keys.get(name)
    if key is None:
        return Refused.UNKNOWN_KEY
    return key if key.not_before <= issued_at < key.not_after else Refused.KEY_EXPIRED


def _token(fields: tuple[int, int, int, bytes, int, int, int]) -> Token | None:
    _, kid, kind, pseudonym, issued_at, ttl, audience = fields
    colour, holder = kind & 0x0F, kind >> 4
    if colour >= len(COLOURS) or holder >= len(HOLDERS):
        return None
    return Token(kid, COLOURS[colour], HOLDERS[holder], pseudonym, issued_at, ttl, audience)


def _refusal(token: Token, audience: int, now: Instant, denied: Container[bytes]) -> Refused | None:
    if token.holder is Holder.PAPER and token.audience != audience:
        return Refused.AUDIENCE  # only its issuer can say whether a paper pass was revoked
    if token.ttl > (PAPER_HOURS_MAX if token.holder is Holder.PAPER else TTL_S):
        return Refused.FORM  # signed, but for longer than any pass may last
    if now < token.issued_at - SKEW_S:
        return Refused.EARLY
    if now > token.issued_at + token.lasts_s + SKEW_S:
        return Refused.EXPIRED
    if token.pseudonym in denied and VERDICTS[token.colour] is Verdict.ADMIT:
        return Refused.DENIED  # its colour worsened after these tokens were fetched
    return None
