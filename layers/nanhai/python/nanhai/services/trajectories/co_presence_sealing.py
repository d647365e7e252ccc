"""What was found, as it is kept: one sealed row for each phone, under a key of this request alone.

A pseudonym is made for this one answer: without the platform's key no two answers can be joined, and none with what the
operators deliver.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from nanhai.domain.copresence import Meeting
from nanhai.domain.days import day_begins, local_day
from nanhai.domain.identifiers import Instant, PersonId
from nanhai.services.platform import Platform
from nanhai.store.sightings import KEPT_DAYS
from nanhai.vault import sealing

TABLE = "copresences"


class Shared(msgspec.Struct, frozen=True, array_like=True):
    """One stretch in one cell, and for how long each of the two was in that cell."""

    since: Instant
    until: Instant
    cell: int
    case_s: int
    other_s: int


class Met(msgspec.Struct, frozen=True, array_like=True):
    """`person`: whose phone it is, empty where nobody registered with it."""

    pseudonym: str
    person: PersonId
    meetings: list[Shared]


def met(platform: Platform, request_id: str, phone: str, person: PersonId, meetings: Sequence[Meeting]) -> Met:
    shared = [Shared(m.since, m.until, m.cell, m.theirs_in_cell_s, m.other_in_cell_s) for m in meetings]
    return Met(platform.blind("phone", f"co-presence#{request_id}", phone), person, shared)


def new_key(platform: Platform, request_id: str) -> tuple[bytes, bytes]:
    """A fresh data key, and the same wrapped for the head of the request."""
    data_key = sealing.new_data_key()
    return data_key, sealing.wrap_key(platform.ring.kek, data_key, _holder(request_id))


def data_key(platform: Platform, request_id: str, wrapped: bytes) -> bytes:
    return sealing.unwrap_key(platform.ring.kek, wrapped, _holder(request_id))


def seal(key: bytes, request_id: str, one: Met) -> bytes:
    plain = msgspec.msgpack.encode(one)
    return sealing.seal(key, plain, table=TABLE, holder=request_id, field=one.pseudonym)


def open_(key: bytes, request_id: str, pseudonym: str, sealed: bytes) -> Met:
    plain = sealing.open_(key, sealed, table=TABLE, holder=request_id, field=pseudonym)
    return msgspec.msgpack.decode(plain, type=Met)


def kept(one: Met, now: Instant) -> Met:
    """Without what lies on days of which nobody may read any more, to the second; perhaps no meetings are left."""
    begins = day_begins(local_day(now) - KEPT_DAYS)
    left = [
        Shared(max(m.since, begins), m.until, m.cell, m.case_s, m.other_s) for m in one.meetings if m.until > begins
    ]
    return Met(one.pseudonym, one.person, left)


def _holder(request_id: str) -> str:
    return f"co-presence#{request_id}"
