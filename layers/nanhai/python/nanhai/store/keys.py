"""The table `keys`: each person's wrapped data key (deleting it shreds the person), and the platform's wrapped ring."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from nanhai.domain.identifiers import PersonId
from nanhai.store.connection import client, table_name
from nanhai.store.wire import Item, item, plain
from nanhai.store.writes import Write, commit, put, update

TABLE = "keys"
RING = "ring"


@dataclass(frozen=True, slots=True)
class StoredRing:
    """The ring's wrapped entries by name; the version rises with every change."""

    version: int
    entries: Mapping[str, bytes]


def put_wrapped(person: PersonId, wrapped: bytes) -> Write:
    """A data key is given once: a second one would make what the first sealed unreadable."""
    return put("key", TABLE, item(holder=person, wrapped=wrapped), "attribute_not_exists(holder)")


def wrapped(person: PersonId) -> bytes | None:
    found = _get(person)
    return None if found is None else plain(found["wrapped"])


def shred(person: PersonId) -> None:
    """From now on nobody can read what was sealed for this person."""
    client().delete_item(TableName=table_name(TABLE), Key=item(holder=person))


def ring() -> StoredRing | None:
    found = _get(RING)
    return None if found is None else StoredRing(plain(found["version"]), plain(found["entries"]))


def ring_entries() -> Mapping[str, bytes]:
    """The wrapped entries; empty when the platform has no ring yet."""
    found = ring()
    return {} if found is None else found.entries


def save_ring(entries: Mapping[str, bytes]) -> None:
    """The first ring; ConditionFailed("ring") when there is one already."""
    new = item(holder=RING, version=1, entries=dict(entries))
    commit([put("ring", TABLE, new, "attribute_not_exists(holder)")])


def replace_ring(known: StoredRing, entries: Mapping[str, bytes]) -> None:
    """The next version of the ring; ConditionFailed("ring") when somebody else has made one meanwhile."""
    changed = update(
        "ring",
        TABLE,
        item(holder=RING),
        "SET entries = :entries, version = :next",
        "version = :known",
        entries=dict(entries),
        next=known.version + 1,
        known=known.version,
    )
    commit([changed])


def _get(holder: str) -> Item | None:
    asked = {"TableName": table_name(TABLE), "Key": item(holder=holder), "ConsistentRead": True}
    found: Item | None = client().get_item(**asked).get("Item")
    return found
