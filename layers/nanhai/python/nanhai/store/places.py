"""The table `places`: loaded places, packed on shelves so that one request reads all that an address or a point needs.

A shelf holds the places whose names begin with the same two characters, or that lie in the same cell of 0.01°. A place
with a name and a position stands on one of each.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import floor
from typing import Any

from pynamodb.attributes import UnicodeAttribute

from nanhai.domain.place_names import Kind, Known, normal
from nanhai.store import batch, model
from nanhai.store.attributes import PlainMapAttribute, WholeNumberAttribute
from nanhai.store.model import Table
from nanhai.store.writes import Busy, ConditionFailed, send

LEAD_CHARACTERS = 2
SHELVES_PER_TEXT_MAX = 100  # a BatchGetItem's keys
CELL_E6 = 10_000  # 0.01° in millionths: 1.1 km north, 1.0 km east
AROUND = 2  # cells to each side of a point's own: 25 in all
PLACES_PER_SHELF_MAX = 1_000  # about 100 KB of the 400 that an item holds
TRIES = 8


class ShelfFull(ValueError):
    """Too many places begin alike, or lie in one cell; the message says which."""


class ShelfRow(Table):
    """`places`: by name and code, the kind and the position in millionths of a degree, where it has one."""

    class Meta:
        table_name = "places"

    shelf = UnicodeAttribute(hash_key=True)
    version = WholeNumberAttribute()
    places = PlainMapAttribute[list[Any]]()


def named_in(text: str) -> list[Known]:
    """The places that begin like some part of `text`, a normalised one; of a long text the first hundred beginnings."""
    leads = dict.fromkeys(text[at : at + LEAD_CHARACTERS] for at in range(len(text) - LEAD_CHARACTERS + 1))
    return _on(map(_lead, list(leads)[:SHELVES_PER_TEXT_MAX]))


def around(latitude: float, longitude: float) -> list[Known]:
    """The places in the cell of a point and in those around it: all within two kilometres, and some beyond."""
    north, east = _cell(latitude), _cell(longitude)
    span = range(-AROUND, AROUND + 1)
    return _on(_cell_shelf(north + up, east + right) for up in span for right in span)


def load(places: Sequence[Known]) -> Iterator[int]:
    """Adds what is new of `places`, corrects what is known by the same name and code; yields, shelf by shelf, how many
    of its places were new or other. What is loaded twice is there once. Raises ShelfFull."""
    shelves: dict[str, dict[str, list[Any]]] = defaultdict(dict)
    for place in places:
        for shelf in _shelves(place):
            shelves[shelf][f"{place.name}#{place.code}"] = _packed(place)
    for shelf, new in shelves.items():
        yield _put(shelf, new)


def shelves_of(places: Iterable[Known]) -> int:
    """How many shelves these places stand on."""
    return len({shelf for place in places for shelf in _shelves(place)})


def _put(shelf: str, new: Mapping[str, list[Any]]) -> int:
    for _ in range(TRIES):
        found = model.get(ShelfRow, shelf)
        known = {} if found is None else found.places
        changed = sum(known.get(name) != place for name, place in new.items())
        if not changed:
            return 0
        row = ShelfRow(shelf, version=1 if found is None else found.version + 1, places={**known, **new})
        if len(row.places) > PLACES_PER_SHELF_MAX:
            raise ShelfFull(shelf)
        is_as_read = ShelfRow.shelf.does_not_exist() if found is None else ShelfRow.version == found.version
        try:
            send([model.put("shelf", row, is_as_read)])
        except ConditionFailed:  # somebody else loads too, or our own answer was lost
            continue
        return changed
    raise Busy(retry_after_s=1)


def _on(shelves: Iterable[str]) -> list[Known]:
    keys = [model.key_of(ShelfRow, shelf)["Key"] for shelf in shelves]
    if not keys:
        return []
    table = ShelfRow.Meta.table_name
    rows = [model.read(ShelfRow, stored) for stored in batch.get({table: keys})[table]]
    return [_known(name, packed) for row in rows for name, packed in row.places.items()]


def _shelves(place: Known) -> Iterator[str]:
    yield _lead(normal(place.name)[:LEAD_CHARACTERS])
    if place.latitude is not None and place.longitude is not None:
        yield _cell_shelf(_cell(place.latitude), _cell(place.longitude))


def _packed(place: Known) -> list[Any]:
    if place.latitude is None or place.longitude is None:
        return [place.kind.value]
    return [place.kind.value, _e6(place.latitude), _e6(place.longitude)]


def _known(key: str, packed: Sequence[Any]) -> Known:
    name, _, code = key.rpartition("#")
    kind, *position = packed
    latitude, longitude = (degrees / 1e6 for degrees in position) if position else (None, None)
    return Known(name, Kind(kind), code, latitude, longitude)


def _e6(degrees: float) -> int:
    return round(degrees * 1e6)


def _cell(degrees: float) -> int:
    return floor(_e6(degrees) / CELL_E6)


def _lead(characters: str) -> str:
    return f"name#{characters}"


def _cell_shelf(north: int, east: int) -> str:
    return f"cell#{north}#{east}"
