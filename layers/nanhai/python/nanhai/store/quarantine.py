"""The table `quarantine`: stream records that could not be applied, whole, until they are redriven."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from nanhai.domain.identifiers import Instant
from nanhai.store.connection import client, table_name
from nanhai.store.wire import Item, item, row
from nanhai.store.writes import put, send

TABLE = "quarantine"
PER_PAGE_MAX = 100


@dataclass(frozen=True, slots=True)
class Quarantined:
    """`payload`: the whole record, sealed; `why`: the kind of failure, never its message."""

    stream: str
    id: str
    payload: bytes = field(repr=False)
    why: str
    at: Instant


def keep(new: Quarantined) -> None:
    """The same record kept twice is one."""
    stored = item(stream=new.stream, id=new.id, payload=new.payload, why=new.why, kept_at=new.at)
    send([put("quarantined", TABLE, stored)])


def page(stream: str, limit: int, start: Item | None = None) -> tuple[list[Quarantined], Item | None]:
    """By id, and where the next page begins."""
    asked: dict[str, Any] = {
        "TableName": table_name(TABLE),
        "KeyConditionExpression": "#stream = :stream",
        "ExpressionAttributeNames": {"#stream": "stream"},
        "ExpressionAttributeValues": item(**{":stream": stream}),
        "Limit": min(limit, PER_PAGE_MAX),
        "ConsistentRead": True,
    }
    found = client().query(**asked, **({} if start is None else {"ExclusiveStartKey": start}))
    return [_quarantined(stored) for stored in found["Items"]], found.get("LastEvaluatedKey")


def drop(stream: str, id_: str) -> None:
    """It was applied after all."""
    client().delete_item(TableName=table_name(TABLE), Key=item(stream=stream, id=id_))


def _quarantined(stored: Item) -> Quarantined:
    found = row(stored)
    return Quarantined(found["stream"], found["id"], found["payload"], found["why"], found["kept_at"])
