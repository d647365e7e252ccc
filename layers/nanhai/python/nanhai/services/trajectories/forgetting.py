"""What may be kept no longer is dropped, table by table, a page at a time.

Every reader leaves it out to the second, and the tables' own expiry takes most of it away within hours, for nothing.
This is for what that has left: once a night everything is looked through, and a run that ends early is gone on with.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from nanhai.domain.days import HOUR_S, local_day
from nanhai.domain.identifiers import Instant
from nanhai.domain.sightings import day_begins
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
    """A page of what is over in a table, from a start on; and what drops it."""

    over: Callable[[Instant, int, int, Start | None, int], tuple[Keys, Start | None]]
    drop: Callable[[Keys], None]


TABLES: Mapping[str, Forgettable] = {
    "sightings": Forgettable(sightings.expired, sightings.drop),
    "presence": Forgettable(presence.expired, presence.drop),
}


def step(platform: Platform, table: str) -> int | None:
    """Drops what is over in the next page of a table, and remembers how far it is; how many items that were. None when
    the table was looked through since the last night's beginning."""
    now = platform.now()
    walk = _walk(table, now)
    if walk.finished:
        return None
    keys, cursor = TABLES[table].over(now, 0, 1, walk.cursor, ITEMS_PER_REQUEST)
    TABLES[table].drop(keys)
    send([walks.note(replace(walk, cursor=cursor, done=walk.done + len(keys), finished=cursor is None), now)])
    return len(keys)


def _walk(table: str, now: Instant) -> Walk:
    """The one that is under way, or that this night's beginning asks for."""
    name = f"forget-{table}"
    found = walks.get(name, 0)
    if found is None or (found.finished and found.begun_at < _due(now)):
        return Walk(name, 0, now)
    return found


def _due(now: Instant) -> Instant:
    return day_begins(local_day(now - BEGINS_S)) + BEGINS_S
