"""What an offline gate has to deny from now on: a signed delta since it last asked, in parts where they are many."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from typing import Any

from nanhai.domain import denial
from nanhai.domain.denial import MATTERS_S, Delta
from nanhai.domain.errors import Unavailable
from nanhai.domain.identifiers import Instant
from nanhai.services.checkpoints.schemas import SignedDenylist
from nanhai.services.platform import Platform
from nanhai.store import denylist
from nanhai.store.denylist import ENTRIES_MAX, Denied
from nanhai.vault.ring import NoSigningKey

OVERLAP_S = 30  # an entry may be stored some seconds after the time it carries
PAGES_MAX = denial.PSEUDONYMS_MAX // ENTRIES_MAX

Start = dict[str, Any]


class NothingToSign(Unavailable):
    """No key signs denylists of this day: rotation has not run for weeks."""

    code = "checkpoints.no-signing-key"


@dataclass(frozen=True, slots=True)
class Position:
    """Where a part of a delta begins: the times of the whole, its number, and the last entry of the part before."""

    issued_at: Instant
    since: Instant
    part: int = 0
    beyond: Denied | None = None


def since(
    platform: Platform, asked: Instant | None, start: Start | None, now: Instant
) -> tuple[SignedDenylist, Start | None]:
    """Everyone denied after `asked` whose tokens may still be about (without `asked`, everyone of whom that is true),
    and where the next part of them begins; NothingToSign when no key can sign it."""
    position = _first(asked, now) if start is None else _opened(start)
    found, more = _denied(position, now)
    following = Position(position.issued_at, position.since, position.part + 1, found[-1]) if more else None
    return _signed(platform, _delta(position, found, last=following is None)), _sealable(following)


def _first(asked: Instant | None, now: Instant) -> Position:
    oldest = now - MATTERS_S + 1
    return Position(now, oldest if asked is None else max(min(asked, now) - OVERLAP_S, oldest))


def _denied(position: Position, now: Instant) -> tuple[list[Denied], bool]:
    """The entries of one part, and whether there may be more."""
    begins = max(position.since, now - MATTERS_S + 1)
    found: list[Denied] = []
    for _ in range(PAGES_MAX):
        page = denylist.since(begins, now, found[-1] if found else position.beyond)
        found += page
        if len(page) < ENTRIES_MAX:
            return found, False
    return found, True


def _delta(position: Position, denied: list[Denied], *, last: bool) -> Delta:
    return Delta(
        position.issued_at,
        position.since,
        denial.NEXT_AFTER_S if last else 0,
        position.issued_at + denial.LASTS_S,
        tuple(dict.fromkeys(entry.pseudonym for entry in denied)),
        position.part,
        last,
    )


def _signed(platform: Platform, delta: Delta) -> SignedDenylist:
    payload = denial.write(delta)
    try:
        key = platform.ring.gate_key(delta.issued_at)
    except NoSigningKey:
        raise NothingToSign(retry_after_s=60) from None
    signature = key.sign(denial.CONTEXT + payload)
    return SignedDenylist(b64encode(payload).decode(), b64encode(signature).decode(), key.kid)


def _sealable(position: Position | None) -> Start | None:
    if position is None or position.beyond is None:
        return None
    return {
        "issued_at": position.issued_at,
        "since": position.since,
        "part": position.part,
        "at": position.beyond.at,
        "pseudonym": position.beyond.pseudonym.hex(),
    }


def _opened(start: Start) -> Position:
    beyond = Denied(start["at"], bytes.fromhex(start["pseudonym"]))
    return Position(start["issued_at"], start["since"], start["part"], beyond)
