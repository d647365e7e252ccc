"""Codes by SMS: sent to any mobile number alike, known to the platform only as a keyed hash."""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable
from typing import Protocol

from nanhai.domain.days import DAY_S, HOUR_S
from nanhai.domain.errors import Fault, Invalid, Refusal
from nanhai.domain.identifiers import Instant
from nanhai.services.identity import breaker
from nanhai.services.identity.limits import Limit, count, must_be_left, network, spend
from nanhai.services.identity.schemas import CodeSent
from nanhai.services.platform import Platform
from nanhai.services.schemas import moment
from nanhai.store import sessions
from nanhai.store.writes import Write
from nanhai.texts import Language, text

MOBILE = re.compile(r"\+861[3-9][0-9]{9}")
CODE_TTL_S = 300
CODE_DIGITS = 6
PER_PHONE = Limit("code-phone", 5, DAY_S)
PER_DEVICE = Limit("code-device", 10, DAY_S)
PER_ADDRESS = Limit("code-address", 1_000, HOUR_S)  # a mobile operator shows thousands behind one address
WRONG_PER_ADDRESS = Limit("code-wrong", 30, breaker.WINDOW_S)  # so that no single one opens the breaker for all
PER_DAY = Limit("code-spend", 200_000, DAY_S)  # what the budget bears; 54,000 people a day registered in 2020
SIGN_IN_TEXT = "identity.sms"


class CodeAsked(Protocol):
    """A code is good for its purpose only."""

    @property
    def phone(self) -> str: ...
    @property
    def purpose(self) -> str: ...
    @property
    def device(self) -> str | None: ...


class CodeExpired(Refusal):
    """Never sent, too old, used, or tried too often: a new one is needed."""

    code = "identity.code-expired"


class CodeWrong(Refusal):
    code = "identity.code-wrong"


def send(
    platform: Platform, asked: CodeAsked, *, address: str, language: Language, now: Instant, words: str = SIGN_IN_TEXT
) -> CodeSent:
    """Sends a fresh code in the text `words` and answers the same for every number; TooMany when a limit is reached."""
    if not MOBILE.fullmatch(asked.phone):
        raise Invalid(Fault("/phone", "identity.phone"))
    spend_of_asker(platform, address, asked.device, now)
    spend(platform, PER_PHONE, asked.phone, now)
    spend(platform, PER_DAY, "", now)
    challenge, code = fresh(platform)
    # Before the commit: nobody is told of a code that never left.
    platform.sms.send(asked.phone, text(words, language, {"code": code, "minutes": CODE_TTL_S // 60}))
    stored = kept(platform, challenge, asked.phone, asked.purpose, code, now)
    return platform.commit([stored], None, CodeSent(challenge, moment(now + CODE_TTL_S)))


def spend_of_asker(platform: Platform, address: str, device: str | None, now: Instant) -> None:
    """What the address and the device have left; first, for whoever is refused here makes no phone a code poorer."""
    spend(platform, PER_ADDRESS, network(address), now)
    if device is not None:
        spend(platform, PER_DEVICE, device, now)


def fresh(platform: Platform) -> tuple[str, str]:
    """A new challenge and its code."""
    return platform.entropy(16).hex(), _digits(platform.entropy)


def kept(platform: Platform, challenge: str, phone: str, purpose: str, code: str, now: Instant) -> Write:
    """The challenge as it is stored: what `check` compares with."""
    return sessions.put_challenge(challenge, _digest(platform, challenge, phone, purpose, code), now + CODE_TTL_S)


def check(
    platform: Platform, challenge: str, phone: str, purpose: str, code: str, *, address: str, now: Instant
) -> Write:
    """Counts a try of `code`; when it is right, the write that uses it up. Raises CodeWrong, CodeExpired, TooMany for
    an address that was wrong too often, or Paused."""
    breaker.must_be_closed(now)
    must_be_left(platform, WRONG_PER_ADDRESS, network(address), now)
    stored = sessions.try_challenge(challenge, now)
    if stored is None:
        raise CodeExpired
    if not hmac.compare_digest(stored, _digest(platform, challenge, phone, purpose, code)):
        count(platform, WRONG_PER_ADDRESS, network(address), now)
        breaker.count_failure(now)  # every guess that was answered, also one that overtook the count of its address
        raise CodeWrong
    return sessions.use_challenge(challenge)


def _digest(platform: Platform, challenge: str, phone: str, purpose: str, code: str) -> str:
    return platform.blind("code", purpose, f"{challenge} {phone} {code}")


def _digits(entropy: Callable[[int], bytes]) -> str:
    """Evenly spread: 2^64 is so many times 10^6 that the remainder's bias is below 10^-13."""
    return f"{int.from_bytes(entropy(8), 'big') % 10**CODE_DIGITS:0{CODE_DIGITS}}"
