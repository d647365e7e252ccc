"""The tokens of the next five minutes: for so long a phone shows its pass without a network, drawing the QR itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from nanhai.domain.colour import Colour
from nanhai.domain.days import local_day
from nanhai.domain.errors import Unavailable
from nanhai.domain.identifiers import Instant, PersonId
from nanhai.domain.pseudonym import day_key, pseudonym
from nanhai.domain.records import Holder
from nanhai.domain.timeline import FOREVER, Segment, Timeline
from nanhai.domain.tokens import SLOT_S, TTL_S, Token, make, slot_of
from nanhai.services.asked import Asked
from nanhai.services.passes import reading
from nanhai.services.passes.holders import holder
from nanhai.services.passes.schemas import Slot, Tokens
from nanhai.services.platform import Platform
from nanhai.services.schemas import moment
from nanhai.vault.ring import GateKey, NoSigningKey

SLOTS = 10
RENEW_AFTER_S = SLOTS * SLOT_S // 2
DAY_KEYS_KNOWN_MAX = 16


class NothingToSign(Unavailable):
    """No key signs tokens of that day: it was removed, or rotation has not run for weeks."""

    code = "passes.no-signing-key"


@dataclass(frozen=True, slots=True)
class Signer:
    """What all tokens of one person on one local day share."""

    key: GateKey
    pseudonym: bytes
    audience: int
    holder: Holder

    def token(self, colour: Colour, issued_at: Instant, ttl: int = TTL_S) -> str:
        token = Token(self.key.kid, colour, self.holder, self.pseudonym, issued_at, ttl, self.audience)
        return make(token, self.key.sign)


def upcoming(platform: Platform, asked: Asked, who: str) -> Tokens:
    """Slots from the present one on; to be asked for again at half time. NotApplied when there is no pass."""
    person = holder(asked, who)
    timeline = reading.held(platform, person, asked.now).timeline
    return Tokens(slots(platform, person, timeline, asked.now), moment(asked.now), moment(asked.now + RENEW_AFTER_S))


def slots(platform: Platform, person: PersonId, timeline: Timeline, now: Instant) -> list[Slot]:
    """A token for each slot with a colour, good for a minute or to the end of its segment; beyond a change of colour
    they carry the new one."""
    made = []
    by: Signer | None = None
    for since, until, segment in pieces(timeline, now):
        token, colour = None, segment.colour
        if colour is not Colour.NONE:
            if by is None or since >= by.key.not_after:
                by = signer(platform, person, timeline.holder, since)
            token = by.token(colour, since, lasts_s(segment, since))
        made.append(Slot(moment(since), moment(until), colour.value, token))
    return made


def present(platform: Platform, person: PersonId, timeline: Timeline, now: Instant) -> str | None:
    """The token of the present slot; None while the pass is grey."""
    since, _, segment = next(pieces(timeline, now))
    if segment.colour is Colour.NONE:
        return None
    by = signer(platform, person, timeline.holder, since)
    return by.token(segment.colour, since, lasts_s(segment, since))


def signer(platform: Platform, person: PersonId, kind: Holder, at: Instant) -> Signer:
    """Who signs for `person` on the day of `at`; NothingToSign when nobody can."""
    ring = platform.ring
    try:
        key = ring.gate_key(at)
    except NoSigningKey:
        raise NothingToSign(retry_after_s=60) from None
    return Signer(key, pseudonym(_day_key(ring.days, local_day(at)), person), platform.settings.audience, kind)


def pieces(timeline: Timeline, now: Instant) -> Iterator[tuple[Instant, Instant, Segment]]:
    """The slots of five minutes as (since, until, segment), each cut where a segment ends: no token outlives its colour
    unmarked, and a release shows at its second."""
    since = slot_of(now)
    end = since + SLOTS * SLOT_S
    while since < end:
        segment = timeline.at(since)
        until = min(slot_of(since) + SLOT_S, segment.until or FOREVER)
        if until > now:
            yield since, until, segment
        since = until


def lasts_s(segment: Segment, since: Instant) -> int:
    """How long a token issued at `since` is good: a minute, or to the end of its segment."""
    return min(TTL_S, (segment.until or FOREVER) - since)


@lru_cache(maxsize=DAY_KEYS_KNOWN_MAX)
def _day_key(root: bytes, day: int) -> bytes:
    return day_key(root, day)
