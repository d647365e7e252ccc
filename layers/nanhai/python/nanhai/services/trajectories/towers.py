"""An operator's towers as cells and regions: found once when they are loaded, never for each row.

Packed form 1 of a page: the byte 1, then for each tower the length of its name 1 · name · cell 4 · region 4.
"""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice

from nanhai.domain.errors import Poison, Refusal
from nanhai.domain.identifiers import Instant
from nanhai.domain.sightings import RESOLUTION, compact, h3_of
from nanhai.store import towers as store
from nanhai.store.towers import Version

FORM = 1
PLACE = struct.Struct(">II")
TOWERS_PER_PAGE = 4_000
TOWERS_MAX = 1_000_000
NAME = re.compile(r"[!#-+\--~]{1,64}")  # printable ASCII but for the comma and the quotation mark: one field of a CSV
REGION = re.compile(r"[1-9][0-9]{5}")
RINGS_MAX = 6  # of cells around a point that no tower stands in: some 5 km, and 126 cells to look at
VERSIONS_KNOWN_MAX = 8

Place = tuple[int, int]  # compact cell, region


class NoTowers(Refusal):
    """This operator's towers have not been loaded."""

    code = "sightings.no-towers"
    kind = "conflict"


@dataclass(frozen=True, slots=True)
class Tower:
    name: str
    cell: int
    region: int


@dataclass(slots=True)
class Towers:
    """Where an operator's towers stand, and with them which region a cell lies in."""

    version: str
    places: Mapping[str, Place]
    _regions: dict[int, int] = field(init=False, repr=False)
    _near: dict[int, int | None] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._regions = {}
        for cell, region in self.places.values():
            self._regions[cell] = min(region, self._regions.get(cell, region))

    def at(self, longitude: float, latitude: float) -> Place | None:
        """Where a point lies, in degrees of WGS 84: in its own cell and the nearest tower's region; None far away."""
        if not (math.isfinite(longitude) and abs(longitude) <= 180 and math.isfinite(latitude) and abs(latitude) <= 90):
            return None
        cell = cell_of(longitude, latitude)
        if cell not in self._near:
            self._near[cell] = self._region(cell)
        region = self._near[cell]
        return None if region is None else (cell, region)

    def _region(self, cell: int) -> int | None:
        if cell in self._regions:
            return self._regions[cell]
        from h3.api.basic_int import grid_ring

        for ring in range(1, RINGS_MAX + 1):
            around = (compact(near) for near in grid_ring(h3_of(cell), ring))
            if found := [self._regions[near] for near in around if near in self._regions]:
                return min(found)
        return None


def cell_of(longitude: float, latitude: float) -> int:
    from h3.api.basic_int import latlng_to_cell

    return compact(latlng_to_cell(latitude, longitude, RESOLUTION))


def load(operator: str, towers: Iterable[Tower], at: Instant) -> Version:
    """Makes these the operator's towers, for what it delivers from now on; each has a name of its own."""
    ordered = sorted(towers, key=lambda tower: tower.name)
    if not 0 < len(ordered) <= TOWERS_MAX:
        raise ValueError(f"1 to {TOWERS_MAX:,} towers")
    return store.put(operator, list(_pages(ordered)), len(ordered), at)


def current(operator: str) -> str:
    """The version of the towers that a delivery of now is read by; NoTowers."""
    found = store.current(operator)
    if found is None:
        raise NoTowers
    return found.version


@lru_cache(maxsize=VERSIONS_KNOWN_MAX)
def of(operator: str, version: str) -> Towers:
    """The towers of a version, which never changes; NoTowers where there is none."""
    found = {
        tower.name: (tower.cell, tower.region) for page in store.pages(operator, version) for tower in unpack(page)
    }
    if not found:
        raise NoTowers
    return Towers(version, found)


def pack(towers: Sequence[Tower]) -> bytes:
    packed = [bytes((FORM,))]
    for tower in towers:
        name = tower.name.encode("ascii")
        packed += [bytes((len(name),)), name, PLACE.pack(tower.cell, tower.region)]
    return b"".join(packed)


def unpack(packed: bytes) -> Iterator[Tower]:
    """What `pack` packed; Poison when it is not of form 1."""
    if packed[:1] != bytes((FORM,)):
        raise Poison("towers: unknown form")
    at = 1
    try:
        while at < len(packed):
            ends = at + 1 + packed[at]
            yield Tower(packed[at + 1 : ends].decode("ascii"), *PLACE.unpack_from(packed, ends))
            at = ends + PLACE.size
    except (struct.error, UnicodeDecodeError) as garbled:
        raise Poison(f"towers: {type(garbled).__name__}") from garbled


def _pages(ordered: Sequence[Tower]) -> Iterator[bytes]:
    rest = iter(ordered)
    while page := list(islice(rest, TOWERS_PER_PAGE)):
        yield pack(page)
