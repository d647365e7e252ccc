"""The table `notices`: what a holder was told of the changes of their pass; 90 days."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from nanhai.domain.colour import Colour
from nanhai.domain.identifiers import Instant, PersonId
from nanhai.store.connection import client, table_name
from nanhai.store.wire import Item, attribute, item, row
from nanhai.store.writes import Write, put

TABLE = "notices"
KEPT_S = 90 * 86_400
NOTICES_PER_PAGE_MAX = 100


@dataclass(frozen=True, slots=True)
class Notice:
    """`reasons`: finding kinds, worst first."""

    notice_id: str
    at: Instant
    colour: Colour
    since: Instant
    until: Instant | None
    reasons: tuple[str, ...]


def tell(person: PersonId, notice: Notice) -> Write:
    """The same notice twice is one: its id follows from what it tells."""
    new = item(
        person_id=person,
        notice_id=notice.notice_id,
        told_at=notice.at,
        colour=notice.colour.value,
        since=notice.since,
        until=notice.until,
        reasons=list(notice.reasons),
        expires_at=notice.at + KEPT_S,
    )
    return put("notice", TABLE, new)


def page(person: PersonId, now: Instant, limit: int, start: Item | None = None) -> tuple[list[Notice], Item | None]:
    """Newest first, and where the next page begins."""
    asked: dict[str, Any] = {
        "TableName": table_name(TABLE),
        "KeyConditionExpression": "person_id = :person",
        "ExpressionAttributeValues": {":person": attribute(person)},
        "Limit": min(limit, NOTICES_PER_PAGE_MAX),
        "ScanIndexForward": False,
    }
    found = client().query(**asked, **({} if start is None else {"ExclusiveStartKey": start}))
    rows = [row(stored) for stored in found["Items"]]
    return [_notice(stored) for stored in rows if stored["expires_at"] > now], found.get("LastEvaluatedKey")


def _notice(stored: dict[str, Any]) -> Notice:
    return Notice(
        stored["notice_id"],
        stored["told_at"],
        Colour(stored["colour"]),
        stored["since"],
        stored.get("until"),
        tuple(stored["reasons"]),
    )
