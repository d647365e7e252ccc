"""What is true of a simulated district, whatever its operators tell: every stay of everybody, and the planted trips."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from nanhai.domain.sightings import Visit
from numpy.typing import NDArray

from infra.simulate.ground import Ground
from infra.simulate.itinerary import Pieces

COLUMNS = {"phone": "VARCHAR", "cell": "INTEGER", "region": "INTEGER", "since": "BIGINT", "until": "BIGINT"}
PHONES_MAX = 10_000  # so many are read at a time


@dataclass(frozen=True, slots=True)
class Trip:
    """From the first second to the last in that county, in unix seconds; it may begin or end with the simulation."""

    region: int
    since: int
    until: int


@dataclass(frozen=True, slots=True)
class Planted:
    """Somebody with a known story. The number is in the clear because nobody has it."""

    story: str
    number: str
    phone: str  # the pseudonym
    trip: Trip | None


def stays(path: Path, phones: Collection[str]) -> dict[str, tuple[Visit, ...]]:
    """Every stay of these phones, ascending and not cut at midnight; none for a phone that is not there.

    `path`: stays.parquet. ValueError for more than PHONES_MAX phones.
    """
    if len(phones) > PHONES_MAX:
        raise ValueError(f"at most {PHONES_MAX:,} phones at a time")
    found: dict[str, list[Visit]] = {phone: [] for phone in phones}
    with duckdb.connect() as connection:
        rows = connection.execute(
            'SELECT phone, since, "until", cell, region FROM read_parquet($1) WHERE phone IN (SELECT unnest($2))'
            " ORDER BY phone, since",
            [str(path), list(phones)],
        )
        while some := rows.fetchmany(PHONES_MAX):
            for phone, since, until, cell, region in some:
                found[phone].append(Visit(since, until, cell, region))
    return {phone: tuple(visits) for phone, visits in found.items()}


def phones(path: Path, limit: int) -> list[str]:
    """The first pseudonyms of stays.parquet, ascending."""
    with duckdb.connect() as connection:
        rows = connection.execute(
            "SELECT DISTINCT phone FROM read_parquet($1) ORDER BY phone LIMIT $2", [str(path), limit]
        )
        return [phone for (phone,) in rows.fetchall()]


def planted(path: Path) -> tuple[Planted, ...]:
    """Whom planted.json tells of."""
    loaded = json.loads(path.read_text("utf-8"))
    return tuple(
        Planted(row["story"], row["number"], row["phone"], row["trip"] and Trip(**row["trip"]))
        for row in loaded["planted"]
    )


def write_planted(path: Path, known: Sequence[Planted]) -> None:
    path.write_text(json.dumps({"planted": [asdict(who) for who in known]}, indent=1) + "\n", "utf-8")


def columns(ground: Ground, true: Pieces, names: NDArray[np.object_]) -> dict[str, NDArray[Any]]:
    """The columns of stays.parquet."""
    return {
        "phone": names[true.who],
        "cell": ground.cell[true.tower],
        "region": ground.region[true.tower],
        "since": true.since,
        "until": true.until,
    }
