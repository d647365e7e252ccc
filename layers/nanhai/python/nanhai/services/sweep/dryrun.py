"""The dry run of a candidate policy: everybody's colour under the policy in force against the one it would give.

All of a run is computed for the instant at which it was asked for, so that its parts fit together.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial

from nanhai.domain.colour import Colour
from nanhai.domain.decide import decide
from nanhai.domain.divisions import TOWN_DIGITS
from nanhai.domain.dryrun import Matrix
from nanhai.domain.errors import Poison
from nanhai.domain.identifiers import Instant, PersonId
from nanhai.domain.policy import Policy, parse
from nanhai.domain.records import Record
from nanhai.services.platform import Platform
from nanhai.services.sweep.segments import Work, Worked
from nanhai.store import people
from nanhai.store.jobs import Job, Segment
from nanhai.store.people import Head


def work_of(here: Platform, job: Job) -> Work:
    """What a worker does with each page of the run."""
    present, candidate = here.policies.in_force(job.asked_at), parse(json.loads(job.policy))
    return partial(_count, present, candidate, job.asked_at)


def total(segments: Sequence[Segment]) -> Matrix:
    """The matrix of all segments as far as they have come."""
    whole = Matrix()
    for segment in segments:
        whole.merge(_matrix(segment.result))
    return whole


def _count(present: Policy, candidate: Policy, at: Instant, persons: Sequence[PersonId], result: str) -> Worked:
    matrix = _matrix(result)
    changed = failed = 0
    for head in people.heads(persons).values():
        try:
            records = people.facts_of(head)
        except Poison:
            failed += 1
            continue
        before, after = (_colour(records, policy, at) for policy in (present, candidate))
        if before is not None and after is not None:
            matrix.add(_town(head), before, after, head.person_id)
            changed += before is not after
    return Worked(changed, failed, json.dumps(matrix.to_wire(), separators=(",", ":")))


def _colour(records: Sequence[Record], policy: Policy, at: Instant) -> Colour | None:
    """None for who has no pass."""
    timeline = decide(records, policy, at)
    return None if timeline is None else timeline.at(at).colour


def _town(head: Head) -> str:
    return head.community[:TOWN_DIGITS]


def _matrix(result: str) -> Matrix:
    return Matrix.from_wire(json.loads(result or "[]"))
