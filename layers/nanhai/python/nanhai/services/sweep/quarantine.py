"""Stream records that could not be applied: kept whole and sealed until they are redriven (nanhai.streams.redrive).

What tells where a phone was is kept no longer than its day may be read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec

from nanhai.domain.days import local_day
from nanhai.domain.identifiers import Instant
from nanhai.services.platform import Platform
from nanhai.store import quarantine, sightings
from nanhai.store.quarantine import Quarantined
from nanhai.store.wire import Item
from nanhai.vault import sealing

Raw = Mapping[str, Any]
SIGHTINGS = sightings.SightingsTable.Meta.table_name
ID_CHARACTERS = 40  # so long at most is a sequence number: padded, ids sort as the records came


def put(here: Platform, stream: str, sequence: str, raw: Raw, why: str) -> None:
    """Keeps the record; the same one kept twice is one."""
    encoded = msgspec.json.encode(raw)
    id_ = sequence.zfill(ID_CHARACTERS) if sequence else hashlib.sha256(encoded).hexdigest()
    sealed = sealing.seal(here.ring.kek, encoded, table=quarantine.TABLE, holder=stream, field=id_)
    now = here.now()
    quarantine.keep(Quarantined(stream, id_, sealed, why, now, _expires_at(stream, raw, now)))


def listed(stream: str, limit: int, now: Instant, start: Item | None = None) -> tuple[list[Quarantined], Item | None]:
    """What was set aside of a stream, as it came, and where the next page begins."""
    return quarantine.page(stream, limit, now, start)


def opened(here: Platform, kept: Quarantined) -> Raw:
    """The whole record; raises sealing's Tampered."""
    encoded = sealing.open_(here.ring.kek, kept.payload, table=quarantine.TABLE, holder=kept.stream, field=kept.id)
    raw: dict[str, Any] = msgspec.json.decode(encoded)
    return raw


def drop(kept: Quarantined) -> None:
    """It was applied after all."""
    quarantine.drop(kept.stream, kept.id)


def _expires_at(stream: str, raw: Raw, now: Instant) -> Instant | None:
    """With its day; where none can be read, when a day of today would. None: when it was redriven."""
    if stream != SIGHTINGS:
        return None
    latest = sightings.expires_at(local_day(now))
    try:
        day = sightings.day_of(raw["dynamodb"]["Keys"]["row"]["S"])
    except (KeyError, ValueError, TypeError, AttributeError):
        return latest
    return min(latest, sightings.expires_at(day))
