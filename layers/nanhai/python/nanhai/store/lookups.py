"""The table `lookups`: a blind index of an ID number, phone or USCC leads to whose it is."""

from __future__ import annotations

from pynamodb.attributes import UnicodeAttribute

from nanhai.domain.identifiers import PersonId
from nanhai.store import model
from nanhai.store.model import Table, Write

PERSON = "person"  # the kind of what leads to somebody registered


class LookupRow(Table):
    class Meta:
        table_name = "lookups"

    index = UnicodeAttribute(hash_key=True)
    owner = UnicodeAttribute()
    kind = UnicodeAttribute()


def claim(index: str, owner: str, kind: str) -> Write:
    """Takes `index` for `owner`; its condition fails (label "claim") when it is somebody's already."""
    return model.put("claim", LookupRow(index, owner=owner, kind=kind), LookupRow.index.does_not_exist())


def release(index: str, owner: str) -> Write:
    """Leaves `index` to others; its condition fails (label "claim") when it is not `owner`'s."""
    return model.delete("claim", LookupRow(index), LookupRow.owner == owner)


def find(index: str, kind: str) -> PersonId | None:
    """Whose it is; None for nobody's, or when it is of another kind."""
    found = model.get(LookupRow, index)
    return PersonId(found.owner) if found is not None and found.kind == kind else None
