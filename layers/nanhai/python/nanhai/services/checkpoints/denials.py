"""What an offline gate has to deny from now on: a signed delta since it last asked."""

from __future__ import annotations

from base64 import b64encode

from nanhai.domain import denial
from nanhai.domain.denial import Delta
from nanhai.domain.identifiers import Instant
from nanhai.services.checkpoints.schemas import SignedDenylist
from nanhai.services.platform import Platform
from nanhai.store import denylist
from nanhai.store.denylist import ENTRIES_MAX, Denied

OVERLAP_S = 30  # an entry may be stored some seconds after the time it carries
PAGES_MAX = denial.PSEUDONYMS_MAX // ENTRIES_MAX


def since(platform: Platform, asked: Instant | None, now: Instant) -> SignedDenylist:
    """Everyone denied after `asked` whose tokens may still be about; without `asked`, everyone of whom that is true."""
    oldest = now - denial.MATTERS_S + 1
    begins = oldest if asked is None else max(min(asked, now) - OVERLAP_S, oldest)
    denied, complete_to = _denied(begins, now)
    pseudonyms = tuple(dict.fromkeys(entry.pseudonym for entry in denied))
    next_after_s = denial.NEXT_AFTER_S if complete_to == now else 0  # there is more to fetch already
    payload = denial.write(Delta(complete_to, begins, next_after_s, now + denial.LASTS_S, pseudonyms))
    key = platform.ring.gate_key(complete_to)
    signature = key.sign(denial.CONTEXT + payload)
    return SignedDenylist(b64encode(payload).decode(), b64encode(signature).decode(), key.kid)


def _denied(begins: Instant, now: Instant) -> tuple[list[Denied], Instant]:
    """The entries from `begins` on, and up to when they are all there."""
    found: list[Denied] = []
    for _ in range(PAGES_MAX):
        page = denylist.since(begins, now, found[-1] if found else None)
        found += page
        if len(page) < ENTRIES_MAX:
            return found, now
    return found, found[-1].at
