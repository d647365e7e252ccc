"""By which channels beside the inbox somebody is told: linked with their consent, sealed under their own key."""

from __future__ import annotations

import msgspec

from nanhai.domain.errors import Absent
from nanhai.domain.identifiers import Instant, PersonId
from nanhai.services.platform import Platform
from nanhai.store import channels, keys
from nanhai.store.writes import Write
from nanhai.vault import sealing

PLACE = {"table": "people", "field": "channels"}


class Channels(msgspec.Struct, frozen=True, array_like=True):
    """Fields are only ever added at the end, so that older sealed ones keep opening."""

    wechat_openid: str
    consented_at: Instant


def read(platform: Platform, person: PersonId) -> Channels | None:
    """None for whoever has linked none; Absent when their key was shredded."""
    sealed = channels.get(person)
    if sealed is None:
        return None
    opened = sealing.open_(_data_key(platform, person), sealed, holder=person, **PLACE)
    return msgspec.json.decode(opened, type=Channels)


def linked(platform: Platform, person: PersonId, chosen: Channels) -> Write:
    """In place of what was linked before; Absent for nobody."""
    sealed = sealing.seal(_data_key(platform, person), msgspec.json.encode(chosen), holder=person, **PLACE)
    return channels.put(person, sealed)


def unlinked(person: PersonId) -> Write:
    return channels.put(person, b"")


def _data_key(platform: Platform, person: PersonId) -> bytes:
    wrapped = keys.wrapped(person)
    if wrapped is None:
        raise Absent
    return sealing.unwrap_key(platform.ring.kek, wrapped, person)
