"""The certificate of a lookup: in which cities a number was on each of its days, signed, as the text of a QR code.

    version 1 · kid 1 · issuer 2 · issued at 4 · digits 4 · for each of DAYS days, the oldest first: number of cities 1,
    each city 2 · signature 64

`digits`: the seven of a number that stay when it is masked; a city: the first four of its division code. The days end
with the one before it was issued, so no other day can be told. The gates' key of the day signs it over a context of
its own: no pass can be taken for a certificate, and no certificate for a pass.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from nanhai.domain import base45, masking, tokens
from nanhai.domain.cities import CityDay, window
from nanhai.domain.days import day_begins, local_day
from nanhai.domain.identifiers import Instant
from nanhai.domain.tokens import SIGNATURE_BYTES, SKEW_S, Key, Sign, Trust

CONTEXT = b"nhpass/v1/trajectory\0"
PREFIX = "NHTRAJ1:"  # by which a scanner tells it from a pass
VERSION = 1
DAYS = 14
HEAD = struct.Struct(">BBHII")
DIGITS_SHOWN = 7
CITY_MAX = 9_999
CITIES_PER_DAY_MAX = 7  # five stays of over four hours, and one across either midnight
BYTES_MAX = HEAD.size + DAYS * (1 + 2 * CITIES_PER_DAY_MAX) + SIGNATURE_BYTES
CHARACTERS_MAX = len(PREFIX) + (BYTES_MAX + 1) // 2 * 3


@dataclass(frozen=True, slots=True)
class Certificate:
    """`phone`: masked; `cities`: of each of the DAYS days before it was issued, the oldest first."""

    kid: int
    issuer: int  # as the audience of a token
    issued_at: Instant
    phone: str
    cities: tuple[tuple[str, ...], ...]

    @property
    def until(self) -> Instant:
        """The end of the day: tomorrow the first of its days may not be told any more."""
        return day_begins(local_day(self.issued_at) + 1)

    @property
    def first_day(self) -> int:
        return window(local_day(self.issued_at), DAYS)[0]


class Refused(StrEnum):
    """Why a text is no certificate, or none any more. Each is a stable code; none of them is ever an exception."""

    FORM = "certificate.form"
    VERSION = "certificate.version"
    UNKNOWN_KEY = "certificate.unknown-key"
    REMOVED_KEY = "certificate.removed-key"
    KEY_EXPIRED = "certificate.key-expired"  # not of the day on which it says that it was issued
    SIGNATURE = "certificate.signature"
    EARLY = "certificate.early"
    EXPIRED = "certificate.expired"


def certified(told: Sequence[CityDay], now: Instant) -> tuple[tuple[str, ...], ...]:
    """The cities of each day as a certificate of `now` holds them; days of which it cannot tell are left out."""
    first, last = window(local_day(now), DAYS)
    return tuple(tuple(found.city for found in told if found.day == day) for day in range(first, last + 1))


def make(certificate: Certificate, sign: Sign) -> str:
    """The signed text; ValueError for what a certificate cannot say."""
    body = HEAD.pack(
        VERSION, certificate.kid, certificate.issuer, certificate.issued_at, _digits(certificate.phone)
    ) + b"".join(_packed(certificate.cities))
    return PREFIX + base45.encode(body + sign(CONTEXT + body))


def check(text: str, trust: Trust, now: Instant) -> Certificate | Refused:
    """The certificate in `text` if it is to be believed at `now`, else the first reason why not; raises for no text."""
    data = _data(text)
    if data is None:
        return Refused.FORM
    body, signature = data[:-SIGNATURE_BYTES], data[-SIGNATURE_BYTES:]
    version, kid, issuer, issued_at, _ = HEAD.unpack_from(body)
    if version != VERSION:
        return Refused.VERSION
    key = _key(trust, (issuer, kid), issued_at)
    if isinstance(key, Refused):
        return key
    if not tokens.is_canonical(signature) or not key.check(signature, CONTEXT + body):
        return Refused.SIGNATURE
    certificate = _certificate(body)
    if certificate is None:
        return Refused.FORM
    return _refusal(certificate, now) or certificate


def _digits(phone: str) -> int:
    shown = phone[:3] + phone[-4:]
    if masking.phone(shown) != phone or not (shown.isascii() and shown.isdecimal()):
        raise ValueError("no masked number")
    return int(shown)


def _packed(cities: Sequence[Sequence[str]]) -> Iterator[bytes]:
    if len(cities) != DAYS:
        raise ValueError(f"{DAYS} days")
    for of_day in cities:
        if len(of_day) > CITIES_PER_DAY_MAX:
            raise ValueError(f"{CITIES_PER_DAY_MAX} cities a day at most")
        yield struct.pack(f">B{len(of_day)}H", len(of_day), *map(int, of_day))


def _data(text: str) -> bytes | None:
    """The bytes of a text of the right form and length."""
    if not text.startswith(PREFIX) or len(text) > CHARACTERS_MAX:
        return None
    try:
        data = base45.decode(text.removeprefix(PREFIX))
    except ValueError:
        return None
    return data if len(data) >= HEAD.size + DAYS + SIGNATURE_BYTES else None


def _key(trust: Trust, name: tokens.KeyName, issued_at: Instant) -> Key | Refused:
    found = tokens.key_of(trust, name, issued_at)
    return Refused[found.name] if isinstance(found, tokens.Refused) else found


def _certificate(body: bytes) -> Certificate | None:
    _, kid, issuer, issued_at, digits = HEAD.unpack_from(body)
    cities, at = [], HEAD.size
    while at < len(body):
        codes = body[at + 1 : at + 1 + 2 * body[at]]
        if len(codes) < 2 * body[at]:
            return None
        cities.append(struct.unpack(f">{body[at]}H", codes))
        at += 1 + len(codes)
    if len(cities) != DAYS or digits >= 10**DIGITS_SHOWN or any(city > CITY_MAX for day in cities for city in day):
        return None
    told = tuple(tuple(f"{city:04}" for city in day) for day in cities)
    return Certificate(kid, issuer, issued_at, masking.phone(f"{digits:0{DIGITS_SHOWN}}"), told)


def _refusal(certificate: Certificate, now: Instant) -> Refused | None:
    if now < certificate.issued_at - SKEW_S:
        return Refused.EARLY
    return Refused.EXPIRED if now >= certificate.until else None
