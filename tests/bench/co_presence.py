"""A question of co-presence against a brute-force join by DuckDB over the same district's raw rows, and that the two
answers are equal.

The district is simulated, its person-days lie in the engine and its postings as batches of the stream leave them.
DuckDB holds the raw rows in memory. What it takes once everybody's visits are found beforehand is told beside it: that
is a database of its own, which knows nothing of corrections and has to be kept running.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
from nanhai.domain.copresence import CoPresenceRule, Meeting
from nanhai.domain.days import DAY_S, LOCAL_OFFSET_S, local_date, local_day
from nanhai.domain.sightings import Visit, pack, revision
from nanhai.policies.trajectories import rule
from nanhai.services.trajectories import co_presence_search, postings
from nanhai.services.trajectories.days import Told
from nanhai.store import sightings
from nanhai.store.sightings import PersonDay

from infra.simulate import district
from tests.bench.compare import Result
from tests.bench.counts import requests_of, told
from tests.bench.ground import Ground, ground
from tests.services.trajectories import brute

NAMES = ("co-presence", "co-presence-visits", "requests-co-presence")
PEOPLE, DAYS = 20_000, 14
QUESTIONS = 5  # of people spread over the district
DAYS_PER_BATCH = 5_000  # person-days that the stream hands over at once
SEED, KEY = 1, b"k" * 32
GOAL = "<= 0.05"  # a twentieth of the time
ROWS_AT_ONCE = 100_000
BY_DAY = """
SELECT day, phone, greatest(since, day * $day - $offset) AS since, least(until, (day + 1) * $day - $offset) AS until,
  cell
FROM (SELECT *, unnest(range((since + $offset) // $day, (until - 1 + $offset) // $day + 1)) AS day FROM visits)
ORDER BY day, phone, since
"""

Answer = tuple[Meeting, ...]


class Unequal(RuntimeError):
    """The two answers differ: what was measured then is not what was meant."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What each took for one question, in seconds, and how much there was to tell."""

    ours_s: float
    raw_s: float
    visits_s: float
    met: int
    requests: Sequence[str]


def results() -> Iterator[Result]:
    with ground(on_disk=True) as made:
        yield from _results(made)


def _results(ground: Ground) -> Iterator[Result]:
    now = ground.here.now()
    last = local_day(now) - 1
    days = last - DAYS + 1, last
    with TemporaryDirectory() as scratch:
        made = district.make(Path(scratch), PEOPLE, DAYS, local_date(now), SEED, KEY)
        with brute.connect(made.paths.towers, made.paths.signalling) as raw:
            within = brute.window(*days)
            brute.precompute(raw, within)
            _load(raw, now)
            asked = [_asked(raw, phone, days, now) for phone in _phones(raw)]
    yield from _told(asked, made.counts.rows)


def _told(asked: Sequence[Asked], rows: int) -> Iterator[Result]:
    met = statistics.median(one.met for one in asked)
    ours = statistics.median(one.ours_s for one in asked)
    peers = (
        ("raw_s", f"DuckDB over {rows:,} raw rows; {met:,.0f} phones met"),
        ("visits_s", "DuckDB, visits found before"),
    )
    for name, (field, peer), goal in zip(NAMES, peers, (GOAL, "<= 100"), strict=False):
        theirs = [getattr(one, field) for one in asked]
        ratio = statistics.median(one.ours_s / their for one, their in zip(asked, theirs, strict=True))
        took = ours * 1e3, statistics.median(theirs) * 1e3
        yield Result(name, peer, round(ratio, 4), goal, len(asked), *(round(ms, 2) for ms in took), "ms")
    counts = sorted(asked, key=lambda one: len(one.requests))
    middle = counts[len(counts) // 2].requests
    yield Result(
        NAMES[2], f"counted: {told([*middle])}", len(middle), "<= 1000", len(asked), len(middle), 0.0, "requests"
    )


def _asked(raw: duckdb.DuckDBPyConnection, phone: str, days: tuple[int, int], now: int) -> Asked:
    together, within = rule().co_presence, brute.window(*days)
    ours, ours_s = _best(lambda: _ours(phone, days, together, now))
    expected, raw_s = _best(lambda: brute.meetings(raw, phone, within, together), times=1)
    again, visits_s = _best(lambda: brute.meetings_of_visits(raw, phone, together))
    if not ours == expected == again:
        raise Unequal(f"{len(ours)}, {len(expected)} and {len(again)} meetings")
    requests = requests_of(lambda: _ours(phone, days, together, now))
    return Asked(ours_s, raw_s, visits_s, len({meeting.phone for meeting in ours}), requests)


def _best(work: Any, times: int = 3) -> tuple[Answer, float]:
    """The answer, and the median of how long it took."""
    took = []
    for _ in range(times):
        began = time.perf_counter()
        answer: Answer = work()
        took.append(time.perf_counter() - began)
    return answer, statistics.median(took)


def _ours(phone: str, days: tuple[int, int], together: CoPresenceRule, now: int) -> Answer:
    found = co_presence_search.search(phone, days, together, now).meetings
    return tuple(meeting for meetings in found.values() for meeting in meetings)


def _phones(raw: duckdb.DuckDBPyConnection) -> list[str]:
    """Those whose homes are most crowded, least, and evenly between."""
    rows = raw.execute(
        """WITH home AS (SELECT phone, arg_max(cell, seconds) AS cell FROM
             (SELECT phone, cell, sum(until - since) AS seconds FROM visits GROUP BY ALL) GROUP BY phone),
           crowd AS (SELECT cell, count(*) AS people FROM home GROUP BY cell)
           SELECT phone FROM home JOIN crowd USING (cell) ORDER BY people, phone"""
    ).fetchall()
    step = len(rows) / QUESTIONS
    return [rows[int((number + 0.5) * step)][0] for number in range(QUESTIONS)]


def _load(raw: duckdb.DuckDBPyConnection, now: int) -> None:
    """Day after day as operators deliver them, postings in batches as the stream hands them over."""
    for batch in _batches(_person_days(raw, now)):
        sightings.write([one.stored for one in batch])
        postings.post(batch)


def _batches(found: Iterator[Told]) -> Iterator[list[Told]]:
    while batch := list(islice(found, DAYS_PER_BATCH)):
        yield batch


def _person_days(raw: duckdb.DuckDBPyConnection, now: int) -> Iterator[Told]:
    """Day by day, in the order of phones."""
    rows = raw.cursor().execute(BY_DAY, {"offset": LOCAL_OFFSET_S, "day": DAY_S})
    stretches = (row for page in iter(lambda: rows.fetchmany(ROWS_AT_ONCE), []) for row in page)
    for (day, phone), found in groupby(stretches, key=lambda row: row[:2]):
        visits = tuple(Visit(since, until, cell, 0) for _, _, since, until, cell in found)
        yield Told(PersonDay(phone, day, revision(1, 1), pack(day, visits), now), visits)
