"""In the table `jobs`: how far a walk through all items of a table has come, so that the next run goes on there."""

from __future__ import annotations

import msgspec
from pynamodb.attributes import BooleanAttribute

from nanhai.domain.identifiers import Instant
from nanhai.store import model
from nanhai.store.attributes import PlainMapAttribute, WholeNumberAttribute
from nanhai.store.jobs import KEPT_S, JobsTable
from nanhai.store.model import Start, Write
from nanhai.store.writes import send


class WalkRow(JobsTable):
    begun_at = WholeNumberAttribute()
    cursor = PlainMapAttribute[dict[str, str]](null=True)
    done = WholeNumberAttribute()
    finished = BooleanAttribute()
    held = BooleanAttribute(null=True)
    expires_at = WholeNumberAttribute()


class Walk(msgspec.Struct, frozen=True):
    """One segment of a walk. `cursor`: where it goes on; `done`: how many items it has dealt with; `held`: the item at
    the cursor is not dealt with yet."""

    name: str
    segment: int
    begun_at: Instant
    cursor: Start | None = None
    done: int = 0
    finished: bool = False
    held: bool = False


def begun(name: str, segments: int, now: Instant) -> list[Walk]:
    """The walk that was not finished, or a new one."""
    known = [get(name, segment) for segment in range(segments)]
    if all(walk is None or walk.finished for walk in known):
        fresh = [Walk(name, segment, now) for segment in range(segments)]
        send([note(walk, now) for walk in fresh])
        return fresh
    return [walk or Walk(name, segment, now) for segment, walk in enumerate(known)]


def get(name: str, segment: int) -> Walk | None:
    """The walk that was begun last, finished or not."""
    found = model.get(WalkRow, *_key(name, segment))
    if found is None:
        return None
    return Walk(name, segment, found.begun_at, found.cursor, found.done, found.finished, bool(found.held))


def note(at: Walk, now: Instant) -> Write:
    """How far it is: whoever notes a step twice has dealt with some items twice, and must not mind."""
    new = WalkRow(
        *_key(at.name, at.segment),
        begun_at=at.begun_at,
        cursor=at.cursor,
        done=at.done,
        finished=at.finished,
        held=at.held or None,
        expires_at=now + KEPT_S,
    )
    return model.put("walk", new)


def _key(name: str, segment: int) -> tuple[str, str]:
    return f"walk#{name}", f"segment#{segment:03d}"
