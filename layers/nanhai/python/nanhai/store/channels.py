"""In the table `people`: by which channels beside the inbox somebody is told, sealed."""

from __future__ import annotations

from pynamodb.attributes import BinaryAttribute

from nanhai.domain.identifiers import PersonId
from nanhai.store import model
from nanhai.store.model import Write
from nanhai.store.people import PeopleTable

CHANNELS = "channels"


class ChannelsRow(PeopleTable):
    """`sealed` is empty for whoever wants none any more: nothing is deleted from this table."""

    sealed = BinaryAttribute(legacy_encoding=False)


def put(person: PersonId, sealed: bytes) -> Write:
    return model.put("channels", ChannelsRow(person, CHANNELS, sealed=sealed))


def get(person: PersonId) -> bytes | None:
    """None for whoever has none, or has none any more."""
    found = model.get(ChannelsRow, person, CHANNELS)
    return None if found is None else found.sealed or None
