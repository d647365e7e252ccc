"""Which colour a pass had at a past instant, by which policy, from which records known by then."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from nanhai.domain.colour import Colour
from nanhai.domain.decide import decide
from nanhai.domain.identifiers import Instant, PolicyVersion
from nanhai.domain.policy import PolicyBook
from nanhai.domain.records import Record
from nanhai.domain.timeline import Permit, Segment


@dataclass(frozen=True, slots=True)
class Explanation:
    at: Instant
    policy: PolicyVersion
    segment: Segment
    records: tuple[Record, ...]  # those behind the causes, oldest first
    permits: tuple[Permit, ...]  # clearances in force at that instant

    @property
    def colour(self) -> Colour:
        return self.segment.colour


def explain(records: Iterable[Record], book: PolicyBook, at: Instant) -> Explanation:
    """The answer as it stood at `at`: later records and later policies play no part; grey where nobody had applied."""
    known = [record for record in records if record.recorded_at <= at]
    policy = book.in_force(at)
    timeline = decide(known, policy, at)
    if timeline is None:
        return Explanation(at, policy.version, Segment(at, None, Colour.NONE, ()), (), ())
    segment = timeline.at(at)
    behind = {record for cause in segment.causes for record in cause.records}
    return Explanation(
        at,
        policy.version,
        segment,
        tuple(sorted((r for r in known if r.record_id in behind), key=lambda r: (r.happened_at, r.record_id))),
        tuple(p for p in timeline.permits if p.since <= at < p.until),
    )
