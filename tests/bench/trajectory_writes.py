"""What a person-day costs in write units, with its postings, against one item for each signalling row with an index.

A day's delivery, as it comes every morning. Both are counted from the BatchWriteItem requests that leave this process,
by DynamoDB's rule: an item costs a unit for each kilobyte begun, names and values together, and an index the same again
for what it holds of the item.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

import duckdb
from nanhai.domain.identifiers import Instant
from nanhai.domain.sightings import revision
from nanhai.services.trajectories import days, postings
from nanhai.store import connection, sightings
from nanhai.store.sightings import PersonDay
from urllib3.connectionpool import HTTPConnectionPool

from infra.simulate import district
from infra.simulate.district import Simulated
from tests.bench.compare import Result
from tests.bench.ground import Ground
from tests.bench.trajectories_ingest import UNTIL, Bench, towers_of

NAMES = ("trajectory-writes",)
GOAL = "<= 0.02"
PEOPLE, DAYS = 10_000, 1
SEED, KEY = 1, b"k" * 32
UNIT_BYTES = 1_024
PINGS_WRITTEN = 2_000  # of all rows: each costs the same
ITEMS_PER_REQUEST = 25
BATCH = 5_000  # a record of the stream is some 850 bytes: what the 6 MB of a Lambda event hold, and then some room
PINGS = {
    "TableName": "bench-pings",
    "BillingMode": "PAY_PER_REQUEST",
    "AttributeDefinitions": [
        {"AttributeName": "phone", "AttributeType": "S"},
        {"AttributeName": "at", "AttributeType": "N"},
        {"AttributeName": "cell", "AttributeType": "S"},
    ],
    "KeySchema": [{"AttributeName": "phone", "KeyType": "HASH"}, {"AttributeName": "at", "KeyType": "RANGE"}],
    "GlobalSecondaryIndexes": [
        {
            "IndexName": "cell",
            "KeySchema": [{"AttributeName": "cell", "KeyType": "HASH"}, {"AttributeName": "at", "KeyType": "RANGE"}],
            "Projection": {"ProjectionType": "ALL"},
        }
    ],
}


@dataclass(slots=True)
class Units:
    """Write units of what was put, by table."""

    by_table: dict[str, int] = field(default_factory=dict)

    def add(self, body: Mapping[str, Any]) -> None:
        for table, requests in body["RequestItems"].items():
            put = sum(-(-_bytes(request["PutRequest"]["Item"]) // UNIT_BYTES) for request in requests)
            self.by_table[table] = self.by_table.get(table, 0) + put

    def of(self, table: str) -> int:
        return next((units for name, units in self.by_table.items() if name.endswith(table)), 0)


def results(ground: Ground) -> Iterator[Result]:
    with TemporaryDirectory() as scratch:
        made = district.make(Path(scratch) / "made", PEOPLE, DAYS, UNTIL, SEED, KEY)
        found = _person_days(made, Path(scratch), ground.here.now())
        with _counted() as ours:
            sightings.write(found)
            for batch in _batches(found):
                postings.post(map(days.told, batch))
        per_row = _pings(made.paths.signalling[0])
    day, posted = ours.of("sightings") / len(found), ours.of("presence") / len(found)
    theirs = per_row * made.counts.rows / len(found)
    peer = f"an item a row with an index; of ours {day:.2f} are person-days, {posted:.2f} postings"
    both = round(day + posted, 3), round(theirs, 1)
    yield Result(NAMES[0], peer, round((day + posted) / theirs, 4), GOAL, len(found), *both, "write units a person-day")


def _person_days(made: Simulated, scratch: Path, at: Instant) -> list[PersonDay]:
    """By the pipeline itself."""
    pipeline = Bench(made.paths.signalling[0], towers_of(made.paths.towers), scratch)
    told = pipeline.columns()
    return [PersonDay(phone, day, revision(1, 1), packed, at) for (phone, day), packed in told.items()]


def _batches(found: Sequence[PersonDay]) -> Iterator[list[PersonDay]]:
    """As the stream hands them over."""
    rest = iter(found)
    while batch := list(islice(rest, BATCH)):
        yield batch


def _pings(signalling: Path) -> float:
    """Units that one row costs, with its index."""
    connection.boto3_client().create_table(**PINGS)
    rows = duckdb.sql(
        f'SELECT phone, tower, "from", "to" FROM read_parquet(\'{signalling}\') LIMIT {PINGS_WRITTEN}'
    ).fetchall()
    items = [
        {"phone": {"S": phone}, "at": {"N": str(since)}, "cell": {"S": tower}, "until": {"N": str(until)}}
        for phone, tower, since, until in rows
    ]
    with _counted() as units:
        for first in range(0, len(items), ITEMS_PER_REQUEST):
            some = items[first : first + ITEMS_PER_REQUEST]
            asked = {PINGS["TableName"]: [{"PutRequest": {"Item": item}} for item in some]}
            connection.client().batch_write_item(RequestItems=asked)
    return 2 * units.of(str(PINGS["TableName"])) / len(items)  # the index projects all of the item


@contextmanager
def _counted() -> Iterator[Units]:
    """What is put from here on, counted where it leaves the process."""
    units = Units()
    send = HTTPConnectionPool.urlopen

    def urlopen(pool: HTTPConnectionPool, *arguments: Any, **named: Any) -> Any:
        if any("BatchWriteItem" in str(value) for value in (named.get("headers") or {}).values()):
            units.add(json.loads(named["body"]))
        return send(pool, *arguments, **named)

    with patch.object(HTTPConnectionPool, "urlopen", urlopen):
        yield units


def _bytes(item: Mapping[str, Any]) -> int:
    """An item's size by the developer guide: names, text and binary by their bytes, a number at most 21."""
    return sum(len(name) + _value_bytes(*value.items()) for name, value in item.items())


def _value_bytes(value: tuple[str, Any]) -> int:
    kind, told = value
    match kind:
        case "B":
            return len(base64.b64decode(told))
        case "N":
            return min(21, len(told) // 2 + 2)
        case _:
            return len(told.encode())
