"""The table `keys`: each person's wrapped data key (deleting it shreds the person), and the platform's wrapped ring."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from pynamodb.attributes import BinaryAttribute, UnicodeAttribute

from nanhai.domain.identifiers import PersonId
from nanhai.store import model
from nanhai.store.attributes import PlainMapAttribute, WholeNumberAttribute
from nanhai.store.model import Table, Write
from nanhai.store.writes import commit

RING = "ring"


class KeysTable(Table):
    class Meta:
        table_name = "keys"

    holder = UnicodeAttribute(hash_key=True)


class DataKeyRow(KeysTable):
    wrapped = BinaryAttribute(legacy_encoding=False)


class RingRow(KeysTable):
    """Its holder is RING; each entry is wrapped by itself."""

    version = WholeNumberAttribute()
    entries = PlainMapAttribute[bytes]()


class StoredRing(msgspec.Struct, frozen=True):
    """The ring's wrapped entries by name; the version rises with every change."""

    version: int
    entries: Mapping[str, bytes]


def put_wrapped(person: PersonId, wrapped: bytes) -> Write:
    """A data key is given once: a second one would make what the first sealed unreadable."""
    return model.put("key", DataKeyRow(person, wrapped=wrapped), DataKeyRow.holder.does_not_exist())


def keep_wrapped(holder: str, wrapped: bytes) -> Write:
    """A data key of something that is nobody's; where it has one already, that one stays."""
    fresh = DataKeyRow.wrapped.set(DataKeyRow.wrapped | wrapped)
    return model.update("key", DataKeyRow(holder), [fresh])


def wrapped(holder: str) -> bytes | None:
    """The data key of a person, or of what is nobody's."""
    found = model.get(DataKeyRow, holder)
    return None if found is None else found.wrapped


def shred(person: PersonId) -> None:
    """From now on nobody can read what was sealed for this person."""
    model.delete_item(DataKeyRow, person)


def ring() -> StoredRing | None:
    found = model.get(RingRow, RING)
    return None if found is None else StoredRing(found.version, found.entries)


def ring_entries() -> Mapping[str, bytes]:
    """The wrapped entries; empty when the platform has no ring yet."""
    found = ring()
    return {} if found is None else found.entries


def save_ring(entries: Mapping[str, bytes]) -> None:
    """The first ring; ConditionFailed("ring") when there is one already."""
    new = RingRow(RING, version=1, entries=dict(entries))
    commit([model.put("ring", new, RingRow.holder.does_not_exist())])


def replace_ring(known: StoredRing, entries: Mapping[str, bytes]) -> None:
    """The next version of the ring; ConditionFailed("ring") when somebody else has made one meanwhile."""
    changes = [RingRow.entries.set(dict(entries)), RingRow.version.set(known.version + 1)]
    commit([model.update("ring", RingRow(RING), changes, RingRow.version == known.version)])
