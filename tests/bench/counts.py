"""Requests to the database for each operation, counted where they leave the process, retries included."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from nanhai.streams import recolour as recolouring
from urllib3.connectionpool import HTTPConnectionPool

from infra.local import apps
from tests.bench import scanning, visitors
from tests.bench.asking import request
from tests.bench.compare import Result, counted
from tests.bench.ground import Ground
from tests.bench.population import FEVER, WELL, Change, declare, people_with_passes
from tests.bench.recolour import event

NAMES = (
    "requests-show",
    "requests-scan",
    "requests-record-write",
    "requests-recolour-per-changed",
    "requests-recolour-per-unchanged-write",
)
READS = frozenset({"GetItem", "BatchGetItem", "Query", "Scan"})
TRANSACTION = "TransactWriteItems"
SCANS = 60  # a guard's minute
OTHERS = scanning.SCANS  # seen at other gates a moment ago: seen here too, their tokens would count as copied


def results(ground: Ground) -> Iterator[Result]:
    changing, unchanging, *people = people_with_passes(ground, OTHERS + SCANS + 2)[OTHERS:]
    who = people[0]
    yield from _show(visitors.citizen(ground.here, who))
    yield _scan(scanning.scans(ground.here, [visitors.guard(ground.here, "COUNT-1")], people))
    yield _record_write(visitors.citizen(ground.here, who))
    declare(ground, [Change(changing, FEVER), Change(unchanging, WELL)])
    seen = requests_of(lambda: recolouring.handle(event([changing])))
    yield counted(NAMES[3], len(seen), "<= 3", f"counted: {told(seen)}", 1)
    seen = requests_of(lambda: recolouring.handle(event([unchanging])))
    yield counted(NAMES[4], len(_writes(seen)), "<= 0", f"counted: {told(seen)}", 1, "write requests")


def requests_of(work: Callable[[], object]) -> list[str]:
    """The operations that `work` asks of the database, in order."""
    with _listening() as seen:
        work()
    return seen


def _show(token: str) -> Iterator[Result]:
    app = apps.load("passes")
    for path in ("/me", "/me/tokens"):
        request(app, "GET", path, token)()  # whoever comes first finds the keys not read yet
    seen = [requests_of(request(app, "GET", path, token)) for path in ("/me", "/me/tokens")]
    yield counted(NAMES[0], max(map(len, seen)), "<= 1", f"counted: {told(seen[0])}", len(seen))


def _scan(asked: Sequence[Callable[[], object]]) -> Result:
    """The median of a guard's minute; some scans also renew the lease of the guard's pace, the first reads the gate."""
    seen = [requests_of(scan) for scan in asked]
    typical = statistics.median_low(map(len, seen))
    mean = statistics.fmean(map(len, seen))
    shown = told(next(operations for operations in seen if len(operations) == typical))
    return counted(NAMES[1], typical, "<= 2", f"counted: {shown}; mean of a guard's minute {mean:.2f}", len(seen))


def _record_write(token: str) -> Result:
    body = {"temperature_c": 36.5, "symptoms": []}
    written = request(apps.load("passes"), "POST", "/me/declarations", token, body, once="benchmark-counts-0001")
    seen = requests_of(written)
    transactions = seen.count(TRANSACTION)
    return counted(NAMES[2], transactions, "<= 1", f"counted: {told(seen)}", 1, "transactions")


def _writes(seen: list[str]) -> list[str]:
    return [operation for operation in seen if operation not in READS]


def told(seen: list[str]) -> str:
    return ", ".join(f"{seen.count(operation)} {operation}" for operation in dict.fromkeys(seen))


@contextmanager
def _listening() -> Iterator[list[str]]:
    """Whoever signs them, requests leave by urllib3, each with its operation in a header."""
    seen: list[str] = []
    send = HTTPConnectionPool.urlopen

    def urlopen(pool: HTTPConnectionPool, *arguments: Any, **named: Any) -> Any:
        target = next(value for name, value in named["headers"].items() if name.lower() == "x-amz-target")
        seen.append((target.decode() if isinstance(target, bytes) else target).partition(".")[2])
        return send(pool, *arguments, **named)

    with patch.object(HTTPConnectionPool, "urlopen", urlopen):
        yield seen
