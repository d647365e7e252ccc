"""The table `denylist`: day pseudonyms whose colour worsened while tokens of the better one may still be about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from nanhai.domain.identifiers import Instant
from nanhai.store.connection import client, table_name
from nanhai.store.wire import attribute, item, row
from nanhai.store.writes import Write, put

TABLE = "denylist"
LIST = "tokens"
MATTERS_S = 600  # ten prefetched slots, their time to live and the skew come to 390 s
ENTRIES_MAX = 2_000
SPREAD = 1 << 64  # a pseudonym's eight bytes: no two entries of one second fall together


@dataclass(frozen=True, slots=True)
class Denied:
    at: Instant
    pseudonym: bytes


def deny(denied: Denied) -> Write:
    """Once, however often it is told: place and content follow from the entry itself."""
    new = item(
        list=LIST,
        sequence=_place(denied),
        pseudonym=denied.pseudonym,
        denied_at=denied.at,
        expires_at=denied.at + MATTERS_S,
    )
    return put("denied", TABLE, new)


def since(after: Instant, now: Instant, beyond: Denied | None = None) -> list[Denied]:
    """What was denied at `after` or later and still matters at `now`, oldest first; ENTRIES_MAX at most.

    Whoever got that many asks again for what lies `beyond` the last one.
    """
    begins = max(_sequence(max(after, now - MATTERS_S)), 0 if beyond is None else _place(beyond) + 1)
    asked: dict[str, Any] = {
        "TableName": table_name(TABLE),
        "KeyConditionExpression": "#list = :list AND #sequence >= :from",
        "ExpressionAttributeNames": {"#list": "list", "#sequence": "sequence"},
        "ExpressionAttributeValues": {
            ":list": attribute(LIST),
            ":from": attribute(begins),
        },
        "Limit": ENTRIES_MAX,
        "ConsistentRead": True,
    }
    found = map(row, client().query(**asked)["Items"])
    return [Denied(stored["denied_at"], stored["pseudonym"]) for stored in found if stored["expires_at"] > now]


def _place(denied: Denied) -> int:
    return _sequence(denied.at) + int.from_bytes(denied.pseudonym, "big")


def _sequence(at: Instant) -> int:
    return at * SPREAD
