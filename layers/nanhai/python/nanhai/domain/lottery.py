"""The lottery of a round: all that anybody needs who wants to draw it again, from what is public alone.

    commitment = SHA-256("nhmask/v1/seed" 0 round 0 seed)                    published with the round
    list hash  = h(n), h(0) = SHA-256("nhmask/v1/list" 0 round), h(i) = SHA-256(h(i-1) line(i))
                 line = ticket, its points in order, divided by blanks, and a line feed; tickets in ascending order
    key        = HMAC-SHA256(seed, "nhmask/v1/draw" 0 round 0 list hash 0 beacon)
    place      = HMAC-SHA256(key, ticket)                                    the smallest is the first

(0 is a zero byte, hashes are written in hexadecimal.) Down the ranking everybody gets the first of their points that
has a portion left; whoever gets none waits, in the same order (infra/decisions/0024).
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

SEED_BYTES = 32
TICKET_BITS, TICKET_LENGTH = 80, 16
DOMAIN = b"nhmask/v1/"


@dataclass(frozen=True, slots=True)
class Entry:
    """A ticket, which names nobody, and where its holder would like to go, best first."""

    ticket: str
    points: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """`point`: where a portion is kept; None for whoever waits."""

    entry: Entry
    point: str | None


@dataclass(frozen=True, slots=True)
class Published:
    """What a draw tells everybody; `outcomes` in the order that was drawn, `portions` by point before the draw."""

    round_id: str
    commitment: str
    portions: Mapping[str, int]
    list_hash: str
    beacon: str
    seed: bytes
    outcomes: tuple[Outcome, ...]


def commitment(round_id: str, seed: bytes) -> str:
    return hashlib.sha256(DOMAIN + b"seed\0" + round_id.encode() + b"\0" + seed).hexdigest()


def no_entries(round_id: str) -> str:
    """The hash of a list that nobody has entered yet."""
    return hashlib.sha256(DOMAIN + b"list\0" + round_id.encode()).hexdigest()


def extended(list_hash: str, entries: Iterable[Entry]) -> str:
    """The hash of the list after `entries`, which follow in ascending order of their tickets."""
    digest = bytes.fromhex(list_hash)
    for entry in entries:
        digest = hashlib.sha256(digest + line(entry).encode()).digest()
    return digest.hex()


def line(entry: Entry) -> str:
    return f"{' '.join((entry.ticket, *entry.points))}\n"


def draw_key(seed: bytes, round_id: str, list_hash: str, beacon: str) -> bytes:
    told = (b"draw", round_id.encode(), list_hash.encode(), beacon.encode())
    return hmac.digest(seed, DOMAIN + b"\0".join(told), hashlib.sha256)


def place(key: bytes, ticket: str) -> bytes:
    """Where a ticket stands: 256 bits, the smaller the earlier."""
    return hmac.digest(key, ticket.encode(), hashlib.sha256)


def bucket(at: bytes, buckets: int) -> int:
    """Which of `buckets` equal parts of the ranking a place falls into: they follow each other as the places do."""
    return int.from_bytes(at[:4], "big") * buckets >> 32


def ranked(key: bytes, entries: Iterable[Entry]) -> list[Entry]:
    """In the order drawn, whatever the order of `entries`."""
    return sorted(entries, key=lambda entry: (place(key, entry.ticket), entry.ticket))


def chosen(ranking: Iterable[Entry], left: dict[str, int]) -> Iterator[Outcome]:
    """What each gets, in the order of the ranking; `left` is brought down to what is left then."""
    for entry in ranking:
        point = next((point for point in entry.points if left.get(point, 0) > 0), None)
        if point is not None:
            left[point] -= 1
        yield Outcome(entry, point)


def faults(told: Published) -> tuple[str, ...]:
    """What of a published draw is not as it has to be: commitment, list, ranking, winners; nothing when all is."""
    entries = [outcome.entry for outcome in told.outcomes]
    key = draw_key(told.seed, told.round_id, told.list_hash, told.beacon)
    checks = {
        "commitment": commitment(told.round_id, told.seed) == told.commitment,
        "list": _list_holds(told, entries),
        "ranking": ranked(key, entries) == entries,
        "winners": list(chosen(entries, dict(told.portions))) == list(told.outcomes),
    }
    return tuple(name for name, holds in checks.items() if not holds)


def _list_holds(told: Published, entries: Sequence[Entry]) -> bool:
    """Nobody twice, and together they are the list that was fixed before the seed was opened."""
    ordered = sorted(entries, key=lambda entry: entry.ticket)
    once = len({entry.ticket for entry in entries}) == len(entries)
    return once and extended(no_entries(told.round_id), ordered) == told.list_hash
