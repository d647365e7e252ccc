"""Where towers stand: around the centres of real towns and cities, each in one H3 cell and one county."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from h3.api import basic_int
from nanhai.domain.sightings import RESOLUTION, compact

from infra.simulate.dice import Dice, Floats, Ints

COLUMNS = ("tower", "longitude", "latitude", "region", "operator")
TOWERS_PER_REGION_MAX = 100_000  # a tower's name is its region and a number of five digits
KM_PER_DEGREE = 111.2
COSINE = 0.92  # of the latitude here: a degree to the east is so much shorter
DEGREES_DECIMALS = 6
GRID_DEGREES = 0.01  # how finely it is known which tower is the nearest on the road
MARGIN_DEGREES = 0.1


@dataclass(frozen=True, slots=True)
class Place:
    """A town of the district, or a county elsewhere: who lives, works and travels there, as rough shares."""

    name: str
    region: int
    longitude: float
    latitude: float
    radius_km: float
    travel_h: float  # from the district, with the phone off
    lives: float
    works: float
    visits: float


@dataclass(frozen=True, slots=True)
class Grid:
    """For each square of a rectangle the nearest tower of one operator."""

    west: float
    south: float
    towers: Ints  # rows from the south, columns from the west

    def nearest(self, longitude: Floats, latitude: Floats) -> Ints:
        """Of points beyond the rectangle, that of the square at its edge."""
        rows = np.clip((latitude - self.south) // GRID_DEGREES, 0, self.towers.shape[0] - 1).astype(np.int64)
        columns = np.clip((longitude - self.west) // GRID_DEGREES, 0, self.towers.shape[1] - 1).astype(np.int64)
        return self.towers[rows, columns]


@dataclass(frozen=True, slots=True)
class Ground:
    """Towers by number: those of one operator in one place follow each other, `per_place` of them."""

    places: tuple[Place, ...]
    operators: tuple[str, ...]
    per_place: int
    longitude: Floats
    latitude: Floats
    cell: Ints
    region: Ints
    name: Ints
    beside: Ints  # the nearest other tower of the same operator and place
    grids: tuple[Grid, ...]  # by operator

    def first(self, operator: Ints, place: Ints) -> Ints:
        """The number of the first tower of an operator in a place."""
        return (operator * len(self.places) + place) * self.per_place

    def km(self, one: Ints, other: Ints) -> Floats:
        return _km(self.longitude[one] - self.longitude[other], self.latitude[one] - self.latitude[other])

    def on_the_way(self, operator: Ints, one: Ints, other: Ints, share: float) -> Ints:
        """The tower nearest to the point that lies `share` of the way from one tower to another."""
        longitude = self.longitude[one] + share * (self.longitude[other] - self.longitude[one])
        latitude = self.latitude[one] + share * (self.latitude[other] - self.latitude[one])
        return np.choose(operator, [grid.nearest(longitude, latitude) for grid in self.grids])

    def rows(self) -> Iterator[tuple[str, str, str, str, str]]:
        """What the file of towers says."""
        for number, name in enumerate(self.name.tolist()):
            operator = self.operators[number // (len(self.places) * self.per_place)]
            degrees = (f"{line[number]:.{DEGREES_DECIMALS}f}" for line in (self.longitude, self.latitude))
            yield str(name), *degrees, str(self.region[number]), operator  # type: ignore[misc] # two degrees


@cache
def places() -> tuple[Place, ...]:
    loaded = json.loads(Path(__file__).with_name("places.json").read_text("utf-8"))
    return tuple(Place(**row) for row in loaded["places"])


def build(seed: int, per_place: int, operators: Sequence[str]) -> Ground:
    """The same towers for the same arguments; ValueError when a county's towers were more than have names."""
    known = places()
    whose = np.repeat(np.tile(np.arange(len(known)), len(operators)), per_place)
    region = np.array([place.region for place in known])[whose]
    longitude, latitude = _positions(Dice(seed), known, whose)
    return Ground(
        known,
        tuple(operators),
        per_place,
        longitude,
        latitude,
        np.array([_cell(*point) for point in zip(latitude.tolist(), longitude.tolist(), strict=True)]),
        region,
        _names(region),
        _beside(longitude, latitude, per_place),
        tuple(_grids(known, longitude, latitude, whose, len(operators))),
    )


def write(ground: Ground, path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(ground.rows())


def _positions(dice: Dice, known: Sequence[Place], whose: Ints) -> tuple[Floats, Floats]:
    """Denser towards the centre, and as exact as the file tells them."""
    number = np.arange(len(whose))
    radius = np.array([place.radius_km for place in known])[whose] * dice.unit("distance", number) ** 0.75
    angle = 2 * np.pi * dice.unit("direction", number)
    north = np.array([place.latitude for place in known])[whose]
    east = np.array([place.longitude for place in known])[whose]
    latitude = north + radius * np.sin(angle) / KM_PER_DEGREE
    longitude = east + radius * np.cos(angle) / (KM_PER_DEGREE * np.cos(np.radians(north)))
    return longitude.round(DEGREES_DECIMALS), latitude.round(DEGREES_DECIMALS)


def _cell(latitude: float, longitude: float) -> int:
    return compact(basic_int.latlng_to_cell(latitude, longitude, RESOLUTION))


def _names(region: Ints) -> Ints:
    names = np.empty_like(region)
    for code in np.unique(region):
        here = np.flatnonzero(region == code)
        if len(here) >= TOWERS_PER_REGION_MAX:
            raise ValueError(f"more than {TOWERS_PER_REGION_MAX:,} towers in {code}")
        names[here] = code * TOWERS_PER_REGION_MAX + np.arange(len(here))
    return names


def _beside(longitude: Floats, latitude: Floats, per_place: int) -> Ints:
    found = []
    for first in range(0, len(longitude), per_place):
        east, north = longitude[first : first + per_place], latitude[first : first + per_place]
        apart = _km(east[:, None] - east[None, :], north[:, None] - north[None, :])
        np.fill_diagonal(apart, np.inf)
        found.append(first + apart.argmin(axis=1))
    return np.concatenate(found)


def _grids(known: Sequence[Place], longitude: Floats, latitude: Floats, whose: Ints, operators: int) -> Iterator[Grid]:
    """Over what lies between homes and work."""
    near = np.array([place.lives + place.works > 0 for place in known])[whose]
    west, south = longitude[near].min() - MARGIN_DEGREES, latitude[near].min() - MARGIN_DEGREES
    columns = np.arange(west, longitude[near].max() + MARGIN_DEGREES, GRID_DEGREES) + GRID_DEGREES / 2
    rows = np.arange(south, latitude[near].max() + MARGIN_DEGREES, GRID_DEGREES) + GRID_DEGREES / 2
    for numbers in np.array_split(np.arange(len(whose)), operators):
        its = numbers[near[numbers]]
        squares = [its[_km(columns[:, None] - longitude[its], row - latitude[its]).argmin(axis=1)] for row in rows]
        yield Grid(float(west), float(south), np.array(squares))


def _km(east: Floats, north: Floats) -> Floats:
    """Good enough within a province."""
    apart: Floats = np.hypot(east * COSINE, north) * KM_PER_DEGREE
    return apart
