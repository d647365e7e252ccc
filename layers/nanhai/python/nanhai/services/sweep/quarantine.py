"""Stream records that could not be applied: kept whole and sealed until they are redriven (nanhai.streams.redrive)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec

from nanhai.services.platform import Platform
from nanhai.store import quarantine
from nanhai.store.quarantine import Quarantined
from nanhai.store.wire import Item
from nanhai.vault import sealing

Raw = Mapping[str, Any]
ID_CHARACTERS = 40  # so long at most is a sequence number: padded, ids sort as the records came


def put(here: Platform, stream: str, sequence: str, raw: Raw, why: str) -> None:
    """Keeps the record; the same one kept twice is one."""
    encoded = msgspec.json.encode(raw)
    id_ = sequence.zfill(ID_CHARACTERS) if sequence else hashlib.sha256(encoded).hexdigest()
    sealed = sealing.seal(here.ring.kek, encoded, table=quarantine.TABLE, holder=stream, field=id_)
    quarantine.keep(Quarantined(stream, id_, sealed, why, here.now()))


def listed(stream: str, limit: int, start: Item | None = None) -> tuple[list[Quarantined], Item | None]:
    """What was set aside of a stream, as it came, and where the next page begins."""
    return quarantine.page(stream, limit, start)


def opened(here: Platform, kept: Quarantined) -> Raw:
    """The whole record; raises sealing's Tampered."""
    encoded = sealing.open_(here.ring.kek, kept.payload, table=quarantine.TABLE, holder=kept.stream, field=kept.id)
    raw: dict[str, Any] = msgspec.json.decode(encoded)
    return raw


def drop(kept: Quarantined) -> None:
    """It was applied after all."""
    quarantine.drop(kept.stream, kept.id)
