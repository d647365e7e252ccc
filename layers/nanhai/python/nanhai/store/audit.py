"""The table `audit`: append-only, in hash chains: one for each local day and shard.

Every entry carries the hash of the one before, so that an edit, a deletion or a reordering breaks the chain; the heads
of a day are signed once it is over (`anchor`), so that a cut tail shows too.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterable, Iterator, Sequence

import msgspec
from pynamodb.attributes import BinaryAttribute, UnicodeAttribute

from nanhai.domain.days import local_day
from nanhai.domain.identifiers import Instant
from nanhai.store import model
from nanhai.store.attributes import WholeNumberAttribute
from nanhai.store.model import Start, Table, Write
from nanhai.store.writes import ConditionFailed, StoreUnavailable, send

SHARDS = 16
TRIES = 12
ENTRIES_AT_ONCE_MAX = 90
ENTRIES_PER_PAGE_MAX = 200
BEGINNING = "0" * 64
ANCHORS = "anchors"
ENTRY = "entry"


class AuditTable(Table):
    class Meta:
        table_name = "audit"

    chain = UnicodeAttribute(hash_key=True)
    sequence = WholeNumberAttribute(range_key=True)


class EntryRow(AuditTable):
    written_at = WholeNumberAttribute()
    hash = UnicodeAttribute()
    actor = UnicodeAttribute()
    role = UnicodeAttribute()
    operation = UnicodeAttribute()
    subject = UnicodeAttribute()
    outcome = UnicodeAttribute()
    correlation_id = UnicodeAttribute()


class AnchorRow(AuditTable):
    """Its chain is ANCHORS, its number the day."""

    heads = UnicodeAttribute()
    signature = BinaryAttribute(legacy_encoding=False)


class AuditEntry(msgspec.Struct, frozen=True, kw_only=True):
    """Who did what about whom, and how it ended: identifiers and codes, never personal data."""

    actor: str
    role: str
    operation: str
    subject: str
    outcome: str
    correlation_id: str


class Chained(msgspec.Struct, frozen=True):
    chain: str
    sequence: int
    at: Instant
    entry: AuditEntry
    hash: str


class Anchor(msgspec.Struct, frozen=True):
    """The heads of all chains of one local day, and the root key's signature over them."""

    day: int
    heads: str  # JSON: {chain: [sequence, hash]}
    signature: bytes


def append(entries: Sequence[AuditEntry], now: Instant, also: Sequence[Write] = ()) -> None:
    """All entries at the end of one chain and `also`, or nothing; ConditionFailed when a condition of `also` does not
    hold, StoreUnavailable when every chain stays contended.

    A lost answer may leave an entry twice: an audit says rather too much than too little.
    """
    if not 0 < len(entries) <= ENTRIES_AT_ONCE_MAX:
        raise ValueError(f"1 to {ENTRIES_AT_ONCE_MAX} entries at once")
    for _ in range(TRIES):
        chain = chain_of(local_day(now), random.randrange(SHARDS))  # noqa: S311 - spreads, hides nothing
        sequence, last = head(chain)
        try:
            return send([*also, *_writes(chain, sequence, last, entries, now)])
        except ConditionFailed as failed:
            if ENTRY not in failed.labels:
                raise
            continue  # somebody else wrote there meanwhile: another chain may be quieter
    raise StoreUnavailable(retry_after_s=1)


def chain_of(day: int, shard: int) -> str:
    return f"{day}#{shard:02d}"


def head(chain: str) -> tuple[int, str]:
    """The newest sequence number of a chain and its hash; (0, BEGINNING) while it is empty."""
    found, _ = model.query(EntryRow, EntryRow.chain == chain, 1, newest_first=True)
    return (found[0].sequence, found[0].hash) if found else (0, BEGINNING)


def heads(day: int) -> dict[str, tuple[int, str]]:
    """The heads of the chains of one day that hold anything."""
    found = {chain: head(chain) for chain in chains(day)}
    return {chain: at for chain, at in found.items() if at[0]}


def chains(day: int) -> Iterator[str]:
    yield from (chain_of(day, shard) for shard in range(SHARDS))


def page(chain: str, limit: int, start: Start | None = None) -> tuple[list[Chained], Start | None]:
    """Oldest first, and where the next page begins."""
    most = min(limit, ENTRIES_PER_PAGE_MAX)
    found, end = model.query(EntryRow, EntryRow.chain == chain, most, start=start)
    return [_chained(stored) for stored in found], end


def broken(entries: Iterable[Chained], before: tuple[int, str] = (0, BEGINNING)) -> int | None:
    """The sequence number at which a chain, read from after `before` on, does not hold together; None when it does."""
    sequence, last = before
    for found in entries:
        hashed = _hash(found.chain, last, found.sequence, found.at, found.entry)
        if (found.sequence, found.hash) != (sequence + 1, hashed):
            return sequence + 1
        sequence, last = found.sequence, found.hash
    return None


def entries(day: int) -> Iterator[Chained]:
    """Everything of one day, page by page, chain after chain."""
    for chain in chains(day):
        start = None
        while True:
            found, start = page(chain, ENTRIES_PER_PAGE_MAX, start)
            yield from found
            if start is None:
                break


def anchor(new: Anchor) -> Write:
    """Signed heads of a day, written once; its condition fails (label "anchor") when that day has some."""
    stored = AnchorRow(ANCHORS, new.day, heads=new.heads, signature=new.signature)
    return model.put("anchor", stored, AnchorRow.chain.does_not_exist())


def anchored(day: int) -> Anchor | None:
    found = model.get(AnchorRow, ANCHORS, day)
    return None if found is None else Anchor(found.sequence, found.heads, found.signature)


def _writes(chain: str, sequence: int, last: str, entries: Iterable[AuditEntry], now: Instant) -> Iterator[Write]:
    for number, entry in enumerate(entries, sequence + 1):
        last = _hash(chain, last, number, now, entry)
        stored = EntryRow(chain, number, written_at=now, hash=last, **msgspec.structs.asdict(entry))
        yield model.put(ENTRY, stored, EntryRow.chain.does_not_exist())


def _hash(chain: str, last: str, sequence: int, at: Instant, entry: AuditEntry) -> str:
    content = json.dumps([chain, last, sequence, at, msgspec.structs.asdict(entry)], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(content.encode()).hexdigest()


def _chained(found: EntryRow) -> Chained:
    entry = AuditEntry(**{name: getattr(found, name) for name in AuditEntry.__struct_fields__})
    return Chained(found.chain, found.sequence, found.written_at, entry, found.hash)
