"""What may be kept no longer is dropped, table by table, a page at a time.

Every reader leaves it out to the second, and the tables' own expiry takes most of it away within hours, for nothing.
This is for what that has left: once a night everything is looked through, and a run that ends early is gone on with.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from msgspec.structs import replace

from nanhai.domain.days import HOUR_S, day_begins, local_day
from nanhai.domain.identifiers import Instant
from nanhai.services.platform import Platform
from nanhai.store import presence, sightings, walks
from nanhai.store.model import Start
from nanhai.store.walks import Walk
from nanhai.store.writes import send

ITEMS_PER_REQUEST = 1_000
BEGINS_S = 3 * HOUR_S  # after midnight: by then the tables' own expiry has had its turn

Keys = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Forgettable:
    """The names of a table's keys, a page of what is over in it, from a start on; and what drops it."""

    names: tuple[str, str]
    over: Callable[[Instant, int, int, Start | None, int], tuple[Keys, Start | None]]
    drop: Callable[[Keys, Instant], None]


TABLES: Mapping[str, Forgettable] = {
    "sightings": Forgettable(("phone", "row"), sightings.expired, sightings.drop),
    "presence": Forgettable(("place", "segment"), presence.expired, lambda keys, _: presence.drop(keys)),
}


def step(platform: Platform, table: str) -> int | None:
    """Drops what is over in the next page of a table, and remembers how far it is; how many items that were. None when
    the table was looked through since the last night's beginning."""
    now = platform.now()
    walk = _walk(table, now)
    if walk.finished:
        return None
    of = TABLES[table]
    over, cursor = of.over(now, 0, 1, walk.cursor, ITEMS_PER_REQUEST)
    last, before = _key(of, cursor), [_key(of, walk.cursor)] if walk.held else []
    of.drop([key for key in over if key != last], now)
    done = walk.done + len(over)
    send([walks.note(replace(walk, cursor=cursor, done=done, finished=cursor is None, held=last in over), now)])
    of.drop(before, now)
    return len(over)


def _key(of: Forgettable, cursor: Start | None) -> tuple[str, str]:
    """The item at a cursor. It is dropped after the next page: not every engine goes on from what is not there."""
    hash_key, range_key = ("", "") if cursor is None else (cursor[name]["S"] for name in of.names)
    return hash_key, range_key


def _walk(table: str, now: Instant) -> Walk:
    """The one that is under way, or that this night's beginning asks for."""
    name = f"forget-{table}"
    found = walks.get(name, 0)
    if found is None or (found.finished and found.begun_at < _due(now)):
        return Walk(name, 0, now)
    return found


def _due(now: Instant) -> Instant:
    return day_begins(local_day(now - BEGINS_S)) + BEGINS_S
