"""The colours of one pass as half-open segments with their causes: a reader picks the segment of now.

So an order's end takes effect at its very second, with no job running: the future is already here.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

from nanhai.domain.colour import VERDICTS, Colour, Verdict
from nanhai.domain.errors import Poison
from nanhai.domain.identifiers import Instant, PolicyVersion, RecordId
from nanhai.domain.records import Holder

FOREVER: Instant = 1 << 62


@dataclass(frozen=True, slots=True)
class Cause:
    """A finding that holds during a segment, over its own [since, until), and the records it rests on."""

    finding: str
    since: Instant
    until: Instant | None
    records: tuple[RecordId, ...]


@dataclass(frozen=True, slots=True)
class Segment:
    """One colour over [since, until); `until` None: no end is known. The worst cause stands first."""

    since: Instant
    until: Instant | None
    colour: Colour
    causes: tuple[Cause, ...]


@dataclass(frozen=True, slots=True)
class Permit:
    """A clearance: while yellow, these places admit over [since, until)."""

    record: RecordId
    places: tuple[str, ...]  # gate ids, or division codes that cover all below them
    since: Instant
    until: Instant

    def covers(self, at: Instant, places: Collection[str]) -> bool:
        return self.since <= at < self.until and any(
            place == mine or (mine.isdigit() and place.isdigit() and place.startswith(mine))
            for mine in self.places
            for place in places
        )


@dataclass(frozen=True, slots=True)
class Timeline:
    """Contiguous segments, the last one open; before the first one there is no colour."""

    policy: PolicyVersion
    holder: Holder
    segments: tuple[Segment, ...]
    permits: tuple[Permit, ...] = ()

    def at(self, instant: Instant) -> Segment:
        """The segment that holds at `instant`; grey before the first one."""
        index = bisect_right(self.segments, instant, key=lambda segment: segment.since)
        if index == 0:
            return Segment(instant, self.segments[0].since if self.segments else None, Colour.NONE, ())
        return self.segments[index - 1]

    def spell(self, instant: Instant) -> tuple[Instant, Instant | None]:
        """Over which [since, until) the colour of `instant` holds without a break, whatever its causes do meanwhile."""
        now = self.at(instant)
        since, until = now.since, now.until
        for before in reversed([s for s in self.segments if s.until is not None and s.until <= since]):
            if (before.colour, before.until) != (now.colour, since):
                break
            since = before.since
        for after in (s for s in self.segments if s.since >= (until or FOREVER)):
            if after.colour is not now.colour:
                break
            until = after.until
        return since, until

    def verdict(self, at: Instant, places: Collection[str] = ()) -> Verdict:
        """What a gate standing in `places` (its id, its division code) is told; a clearance lifts yellow only."""
        colour = self.at(at).colour
        if colour is Colour.YELLOW and any(permit.covers(at, places) for permit in self.permits):
            return Verdict.ADMIT_TEMPORARY
        return VERDICTS[colour]

    def since(self, instant: Instant) -> Timeline:
        """The same without what had ended by `instant`: two timelines that agree from then on become equal."""
        return replace(
            self,
            segments=tuple(s for s in self.segments if s.until is None or s.until > instant),
            permits=tuple(p for p in self.permits if p.until > instant),
        )


def pack(timeline: Timeline) -> str:
    """Compact JSON, read back by `unpack`."""
    return json.dumps(
        [
            timeline.policy,
            timeline.holder.value,
            [
                [
                    s.since,
                    s.until,
                    s.colour.value,
                    [[c.finding, c.since, c.until, *c.records] for c in s.causes],
                ]
                for s in timeline.segments
            ],
            [[p.record, p.since, p.until, *p.places] for p in timeline.permits],
        ],
        separators=(",", ":"),
        ensure_ascii=False,
    )


def unpack(packed: str) -> Timeline:
    """The timeline that `pack` wrote; Poison when it is none."""
    try:
        policy, holder, segments, permits = json.loads(packed)
        return Timeline(
            PolicyVersion(policy),
            Holder(holder),
            tuple(_segment(row) for row in segments),
            tuple(Permit(RecordId(p[0]), tuple(p[3:]), p[1], p[2]) for p in permits),
        )
    except (ValueError, TypeError, IndexError) as unknown:
        raise Poison(f"timeline: {type(unknown).__name__}") from unknown


def _segment(row: list[Any]) -> Segment:
    since, until, colour, causes = row
    return Segment(since, until, Colour(colour), tuple(Cause(c[0], c[1], c[2], tuple(c[3:])) for c in causes))
