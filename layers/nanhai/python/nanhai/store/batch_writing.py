"""BatchWriteItem, whole: what an item holds follows from its key alone, so whatever is told twice is there once.

Nothing answers for these writes and none has a condition: they are for facts that never change. Unprocessed items are
told again, a bounded number of times.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from nanhai.store.batch import ask
from nanhai.store.connection import client, table_name
from nanhai.store.model import KeyPart, Table, key_of
from nanhai.store.writes import StoreUnavailable

ITEMS_PER_REQUEST = 25
TRIES = 8
PAUSE_S = 0.05
PAUSE_S_MAX = 2.0

Requests = Sequence[dict[str, Any]]


def put(kind: type[Table], rows: Iterable[Table]) -> None:
    """All rows, each with a key of its own; StoreUnavailable when some stay unwritten: tell all of them again."""
    _write(kind, ({"PutRequest": {"Item": row.serialize()}} for row in rows))


def delete(kind: type[Table], keys: Iterable[tuple[str, KeyPart]]) -> None:
    """Deletes what has these keys, whether or not it is there; StoreUnavailable as above."""
    _write(kind, ({"DeleteRequest": {"Key": key_of(kind, *key)["Key"]}} for key in keys))


def _write(kind: type[Table], requests: Iterator[dict[str, Any]]) -> None:
    table = table_name(kind.Meta.table_name)
    while chunk := list(islice(requests, ITEMS_PER_REQUEST)):
        _request(table, chunk)


def _request(table: str, chunk: Requests) -> None:
    asked: Mapping[str, Requests] = {table: chunk}
    for tried in range(TRIES):
        asked = ask(client().batch_write_item, asked).get("UnprocessedItems") or {}
        if not asked:
            return
        time.sleep(random.uniform(0, min(PAUSE_S_MAX, PAUSE_S * 2**tried)))  # noqa: S311 - jitter
    raise StoreUnavailable(retry_after_s=2)
