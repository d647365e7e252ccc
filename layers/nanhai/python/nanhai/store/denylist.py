"""The table `denylist`: day pseudonyms whose colour worsened while tokens of the better one may still be about."""

from __future__ import annotations

import msgspec
from pynamodb.attributes import BinaryAttribute, UnicodeAttribute

from nanhai.domain.denial import MATTERS_S
from nanhai.domain.identifiers import Instant
from nanhai.store import model
from nanhai.store.attributes import WholeNumberAttribute
from nanhai.store.model import Table, Write

LIST = "tokens"
ENTRIES_MAX = 2_000
SPREAD = 1 << 64  # a pseudonym's eight bytes: no two entries of one second fall together


class DeniedRow(Table):
    """`sequence`: the second and the pseudonym as one number, of 96 bits."""

    class Meta:
        table_name = "denylist"

    list = UnicodeAttribute(hash_key=True)
    sequence = WholeNumberAttribute(range_key=True)
    pseudonym = BinaryAttribute(legacy_encoding=False)
    denied_at = WholeNumberAttribute()
    expires_at = WholeNumberAttribute()


class Denied(msgspec.Struct, frozen=True):
    at: Instant
    pseudonym: bytes


def deny(denied: Denied) -> Write:
    """Once, however often it is told: place and content follow from the entry itself."""
    new = DeniedRow(
        LIST,
        _place(denied),
        pseudonym=denied.pseudonym,
        denied_at=denied.at,
        expires_at=denied.at + MATTERS_S,
    )
    return model.put("denied", new)


def since(after: Instant, now: Instant, beyond: Denied | None = None) -> list[Denied]:
    """What was denied at `after` or later and still matters at `now`, oldest first; ENTRIES_MAX at most.

    Whoever got that many asks again for what lies `beyond` the last one.
    """
    begins = max(_sequence(max(after, now - MATTERS_S)), 0 if beyond is None else _place(beyond) + 1)
    from_there = (DeniedRow.list == LIST) & (DeniedRow.sequence >= begins)
    found, _ = model.query(DeniedRow, from_there, ENTRIES_MAX)
    return [Denied(denied.denied_at, denied.pseudonym) for denied in found if denied.expires_at > now]


def _place(denied: Denied) -> int:
    return _sequence(denied.at) + int.from_bytes(denied.pseudonym, "big")


def _sequence(at: Instant) -> int:
    return at * SPREAD
