"""A whole simulated district, chunk by chunk: towers, signalling of each operator, and the truth.

The same arguments give the same bytes. Memory does not grow with the number of rows, and with that of people by the
length of a pseudonym.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from nanhai.domain.days import day_of
from nanhai.services.trajectories.naming import Name
from nanhai.vault.indexes import INDEX_BYTES
from numpy.typing import NDArray

from infra.simulate import ground as grounds
from infra.simulate import itinerary, parquet, residents, rows, trips, truth
from infra.simulate.dice import Dice, Ints
from infra.simulate.ground import Ground
from infra.simulate.itinerary import Pieces
from infra.simulate.names import PLANTED_FIRST, phone, pseudonyms
from infra.simulate.parquet import Parts
from infra.simulate.truth import Planted, Trip

PEOPLE_MAX = 2_700_000
DAYS_MAX = 60
CHUNK = 2_000
TOWERS_PER_TOWN = 120
ROWS_PER_DAY = 60
OPERATORS = ("china-mobile",)
COLUMNS = {"phone": "VARCHAR", "tower": "VARCHAR", "from": "BIGINT", "to": "BIGINT"}  # of signalling, in unix seconds


@dataclass(frozen=True, slots=True)
class Paths:
    towers: Path
    signalling: tuple[Path, ...]  # of each operator
    stays: Path
    planted: Path


@dataclass(frozen=True, slots=True)
class Counts:
    people: int  # with those planted
    towers: int
    rows: int
    stays: int


@dataclass(frozen=True, slots=True)
class Simulated:
    paths: Paths
    counts: Counts


@dataclass(frozen=True, slots=True)
class World:
    """What does not change from chunk to chunk."""

    ground: Ground
    dice: Dice
    first_day: int
    days: int

    def pieces(self, numbers: Ints) -> tuple[Ints, Pieces]:
        """The operators of these people, and where their phones were."""
        who = residents.draw(self.ground, self.dice, numbers)
        journeys = trips.draw(self.ground, self.dice, numbers, who.operator, self.days)
        return who.operator, itinerary.of(self.ground, self.dice, who, journeys, self.first_day, self.days)


def make(
    folder: Path,
    people: int,
    days: int,
    until: date,
    seed: int,
    key: bytes,
    *,
    towers_per_town: int = TOWERS_PER_TOWN,
    rows_per_day: int = ROWS_PER_DAY,
    operators: Sequence[str] = OPERATORS,
    sequence: int = 1,
    report: Callable[[int], None] = lambda _: None,
) -> Simulated:
    """Writes `days` local days up to, and without, `until`; `key` makes the pseudonyms (see names.py).

    `report` is told how many people more are done. ValueError when there would be more than PEOPLE_MAX or DAYS_MAX.
    """
    if not (0 < people <= PEOPLE_MAX and 0 < days <= DAYS_MAX):
        raise ValueError(f"1 to {PEOPLE_MAX:,} people, 1 to {DAYS_MAX} days")
    paths = _paths(folder, _names(operators, sequence, until, days))
    world = World(grounds.build(seed, towers_per_town, operators), Dice(seed), day_of(until) - days, days)
    numbers, names = _everybody(people, seed, key)
    with TemporaryDirectory(prefix=".making-", dir=folder) as making:
        told, true = _written(world, numbers, names, rows_per_day, Path(making), report)
        for parts, path in zip([*told, true], [*paths.signalling, paths.stays], strict=True):
            parts.finish(path)
    grounds.write(world.ground, paths.towers)
    truth.write_planted(paths.planted, _planted(world, seed, key))
    counts = Counts(len(numbers), len(world.ground.name), sum(parts.rows for parts in told), true.rows)
    return Simulated(paths, counts)


def _names(operators: Sequence[str], sequence: int, until: date, days: int) -> list[Name]:
    end = day_of(until)
    return [Name(operator, sequence, end - days, end - 1) for operator in operators]


def _paths(folder: Path, names: Sequence[Name]) -> Paths:
    signalling = tuple(folder / name.key("parquet") for name in names)
    paths = Paths(
        folder / "towers.csv", signalling, folder / "truth" / "stays.parquet", folder / "truth" / "planted.json"
    )
    for path in (*signalling, paths.stays):
        path.parent.mkdir(parents=True, exist_ok=True)
    return paths


def _everybody(people: int, seed: int, key: bytes) -> tuple[Ints, NDArray[np.bytes_]]:
    """Numbers and pseudonyms of all, in the order of the pseudonyms: files are sorted by phone."""
    numbers = np.append(np.arange(people), PLANTED_FIRST + np.arange(len(trips.stories())))
    names = np.array(pseudonyms(key, seed, numbers.tolist()), dtype=f"S{2 * INDEX_BYTES}")
    order = np.argsort(names)
    return numbers[order], names[order]


def _written(
    world: World,
    numbers: Ints,
    names: NDArray[np.bytes_],
    rows_per_day: int,
    making: Path,
    report: Callable[[int], None],
) -> tuple[list[Parts], Parts]:
    """The rows of each operator and the stays, in parts."""
    connection = parquet.connect(making)
    told = [Parts(connection, making, f"told-{number}", COLUMNS) for number in range(len(world.ground.operators))]
    true = Parts(connection, making, "stays", truth.COLUMNS)
    for first in range(0, len(numbers), CHUNK):
        chunk = slice(first, first + CHUNK)
        operator, pieces = world.pieces(numbers[chunk])
        texts = names[chunk].astype(str).astype(object)
        signalling = rows.told(world.dice, pieces, numbers[chunk], rows_per_day * world.days)
        for which, parts in enumerate(told):
            parts.add(_signalling(world.ground, _of(signalling, operator == which), texts))
        true.add(truth.columns(world.ground, rows.stays(world.ground, pieces), texts))
        report(len(numbers[chunk]))
    return told, true


def _of(pieces: Pieces, which: NDArray[np.bool_]) -> Pieces:
    """Those of some people."""
    here = which[pieces.who]
    return Pieces(pieces.who[here], pieces.tower[here], pieces.since[here], pieces.until[here])


def _signalling(ground: Ground, told: Pieces, names: NDArray[np.object_]) -> dict[str, NDArray[Any]]:
    return {
        "phone": names[told.who],
        "tower": ground.name[told.tower],
        "from": told.since,
        "to": told.until,
    }


def _planted(world: World, seed: int, key: bytes) -> list[Planted]:
    """Who has a story, with the trip as it was true."""
    numbers = PLANTED_FIRST + np.arange(len(trips.stories()))
    _, pieces = world.pieces(numbers)
    names = pseudonyms(key, seed, numbers.tolist())
    return [
        Planted(story.story, phone(seed, int(number)), name, _trip(world.ground, pieces, who, story.region))
        for who, (story, number, name) in enumerate(zip(trips.stories(), numbers, names, strict=True))
    ]


def _trip(ground: Ground, pieces: Pieces, who: int, region: int) -> Trip | None:
    there = np.flatnonzero((pieces.who == who) & (ground.region[pieces.tower] == region))
    if not len(there):
        return None
    return Trip(region, int(pieces.since[there].min()), int(pieces.until[there].max()))
