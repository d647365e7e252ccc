"""BatchGetItem over several tables, whole: unprocessed keys are asked for again, a bounded number of times."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from botocore.exceptions import ClientError, ConnectionError, HTTPClientError

from nanhai.store.connection import client, table_name
from nanhai.store.passing import passes
from nanhai.store.wire import Item
from nanhai.store.writes import StoreUnavailable

KEYS_PER_REQUEST = 100
TRIES = 6
PAUSE_S = 0.05


def get(keys: Mapping[str, Sequence[Item]]) -> dict[str, list[Item]]:
    """The items of each table that exist, read consistently, in no order; StoreUnavailable when some stay unread."""
    found: dict[str, list[Item]] = {table: [] for table in keys}
    pairs = ((table, key) for table, rows in keys.items() for key in rows)
    for chunk in _chunks(pairs):
        for table, stored in _request(chunk):
            found[table].append(stored)
    return found


def _chunks(pairs: Iterator[tuple[str, Item]]) -> Iterator[list[tuple[str, Item]]]:
    while chunk := list(islice(pairs, KEYS_PER_REQUEST)):
        yield chunk


def _request(chunk: Sequence[tuple[str, Item]]) -> Iterator[tuple[str, Item]]:
    names = {table_name(table): table for table, _ in chunk}
    asked: dict[str, dict[str, object]] = {
        name: {"Keys": [key for of, key in chunk if of == table], "ConsistentRead": True}
        for name, table in names.items()
    }
    for tried in range(TRIES):
        answer = ask(client().batch_get_item, asked)
        for name, rows in answer["Responses"].items():
            for stored in rows:
                yield names[name], stored
        asked = answer.get("UnprocessedKeys") or {}
        if not asked:
            return
        time.sleep(random.uniform(0, PAUSE_S * 2**tried))  # noqa: S311 - jitter
    raise StoreUnavailable(retry_after_s=2)


def ask(request: Callable[..., dict[str, Any]], items: Mapping[str, object]) -> dict[str, Any]:
    """The answer to one request for many items; StoreUnavailable for what may work later."""
    try:
        answer = request(RequestItems=items)
    except ClientError as refused:
        if not passes(refused):
            raise
        raise StoreUnavailable(retry_after_s=2) from refused
    except (HTTPClientError, ConnectionError) as lost:
        raise StoreUnavailable(retry_after_s=2) from lost
    return answer
