"""The table `lookups`: a blind index of an ID number, phone or USCC leads to whose it is."""

from __future__ import annotations

from nanhai.domain.identifiers import PersonId
from nanhai.store.connection import client, table_name
from nanhai.store.wire import item, row
from nanhai.store.writes import Write, put

TABLE = "lookups"


def claim(index: str, owner: str, kind: str) -> Write:
    """Takes `index` for `owner`; its condition fails (label "claim") when it is somebody's already."""
    return put("claim", TABLE, item(index=index, owner=owner, kind=kind), "attribute_not_exists(kind)")


def find(index: str, kind: str) -> PersonId | None:
    """Whose it is; None for nobody's, or when it is of another kind."""
    asked = {"TableName": table_name(TABLE), "Key": item(index=index), "ConsistentRead": True}
    found = client().get_item(**asked).get("Item")
    if found is None:
        return None
    stored = row(found)
    return PersonId(stored["owner"]) if stored["kind"] == kind else None
