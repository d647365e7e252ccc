"""Co-presence by brute force: DuckDB looks at every raw row of everybody, without days, postings or revisions.

The rule is written down here a second time, in SQL: a row ends where the phone's next one begins, adjoining ones of a
cell are one stretch, and two phones were together where their stretches overlap.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

import duckdb
from h3.api import basic_int
from nanhai.domain.copresence import CoPresenceRule, Meeting
from nanhai.domain.days import day_begins
from nanhai.domain.sightings import RESOLUTION, compact

VISITS = """
WITH raw AS (
  SELECT phone, cell, region, "from" AS since, "to" AS until FROM rows JOIN towers USING (tower)
), ended AS (
  SELECT phone, cell, since, least(until, coalesce(lead(since) OVER one, until)) AS until
  FROM raw WINDOW one AS (PARTITION BY phone ORDER BY since, until, cell, region)
), inside AS (
  SELECT phone, cell, greatest(since, $begins) AS since, least(until, $ends) AS until
  FROM ended WHERE since < until AND since < $ends AND until > $begins
), marked AS (
  SELECT *, coalesce(lag(until) OVER one = since AND lag(cell) OVER one = cell, false) AS goes_on
  FROM inside WINDOW one AS (PARTITION BY phone ORDER BY since)
), numbered AS (
  SELECT *, sum((NOT goes_on)::INT) OVER (PARTITION BY phone ORDER BY since) AS stretch FROM marked
)
SELECT phone, cell, min(since) AS since, max(until) AS until FROM numbered GROUP BY phone, cell, stretch
"""
TOGETHER = """
WITH hours AS (SELECT phone, cell, sum(until - since) AS seconds FROM visits GROUP BY phone, cell)
SELECT other.phone, greatest(own.since, other.since) AS since, least(own.until, other.until) AS until, own.cell,
  own_hours.seconds::BIGINT, other_hours.seconds::BIGINT
FROM visits AS own
JOIN visits AS other ON other.cell = own.cell AND other.since < own.until AND own.since < other.until
JOIN hours AS own_hours ON own_hours.phone = own.phone AND own_hours.cell = own.cell
JOIN hours AS other_hours ON other_hours.phone = other.phone AND other_hours.cell = own.cell
WHERE own.phone = $phone AND other.phone <> $phone
  AND least(own.until, other.until) - greatest(own.since, other.since) > $together_s
  AND (own_hours.seconds > $in_cell_s OR other_hours.seconds > $in_cell_s)
ORDER BY ALL
"""
FROM_RAW_ROWS = f"WITH visits AS ({VISITS}) {TOGETHER.replace('WITH hours', ', hours', 1).lstrip()}"

Window = tuple[int, int]  # unix seconds, half-open


def window(first: int, last: int) -> Window:
    """From the midnight that begins the first local day to the one that ends the last."""
    return day_begins(first), day_begins(last + 1)


def connect(towers: Path, signalling: Iterable[Path]) -> duckdb.DuckDBPyConnection:
    """With the tables `rows` and `towers` of what a district's operators deliver."""
    connection = duckdb.connect()
    connection.execute("CREATE TABLE rows AS SELECT * FROM read_parquet($1)", [[str(path) for path in signalling]])
    stand(connection, towers)
    return connection


def stand(connection: duckdb.DuckDBPyConnection, towers: Path) -> None:
    """The table `towers`: which cell each stands in."""
    connection.execute("CREATE TABLE towers (tower VARCHAR, cell INTEGER, region INTEGER)")
    with towers.open(encoding="utf-8", newline="") as file:
        told = [
            (row["tower"], cell_of(row["latitude"], row["longitude"]), row["region"]) for row in csv.DictReader(file)
        ]
    connection.executemany("INSERT INTO towers VALUES (?, ?, ?)", told)


def cell_of(latitude: str, longitude: str) -> int:
    return compact(basic_int.latlng_to_cell(float(latitude), float(longitude), RESOLUTION))


def meetings(
    connection: duckdb.DuckDBPyConnection, phone: str, within: Window, rule: CoPresenceRule
) -> tuple[Meeting, ...]:
    """From the raw rows, all of them."""
    asked = {"begins": within[0], "ends": within[1], **_asked(phone, rule)}
    return tuple(Meeting(*row) for row in connection.execute(FROM_RAW_ROWS, asked).fetchall())


def precompute(connection: duckdb.DuckDBPyConnection, within: Window) -> None:
    """The table `visits` of everybody, for `meetings_of_visits`."""
    connection.execute(
        f"CREATE OR REPLACE TABLE visits AS {VISITS} ORDER BY cell, since", {"begins": within[0], "ends": within[1]}
    )


def meetings_of_visits(connection: duckdb.DuckDBPyConnection, phone: str, rule: CoPresenceRule) -> tuple[Meeting, ...]:
    """The same from visits that were found before."""
    return tuple(Meeting(*row) for row in connection.execute(TOGETHER, _asked(phone, rule)).fetchall())


def _asked(phone: str, rule: CoPresenceRule) -> dict[str, object]:
    return {"phone": phone, "together_s": rule.together_s, "in_cell_s": rule.in_cell_s}
