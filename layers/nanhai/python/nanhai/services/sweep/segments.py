"""A job over everybody: in segments, a message for each, and a row that says how far each segment has come.

The row moves on after every page, on condition that nobody else has moved it. So a killed worker costs one page, and
a message that comes twice counts nothing twice. Messages hold the job and the segment, nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import msgspec

from nanhai.domain.errors import Unavailable
from nanhai.domain.identifiers import PersonId
from nanhai.services import queues
from nanhai.services.platform import Platform
from nanhai.store import jobs, passes
from nanhai.store.jobs import Job, Segment
from nanhai.store.writes import ConditionFailed, send

SEGMENTS = 8
SWEEP, DRY_RUN = "sweep", "dry-run"


class Message(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    job_id: str
    segment: int


class Overtaken(Unavailable):
    """Somebody else works on this segment: looked at again later, in case they do not finish."""

    code = "sweep.overtaken"


@dataclass(frozen=True, slots=True)
class Worked:
    """What a page came to; `result` stands for the whole segment so far."""

    changed: int
    failed: int
    result: str = ""


Work = Callable[[Sequence[PersonId], str], Worked]  # a page, the result so far


def sweep(here: Platform, asked_by: str) -> str:
    """Begins to bring every pass up to date under the policy in force; the id of the job."""
    job = new_job(here, SWEEP, asked_by)
    announce(here, job.job_id, range(job.segments))
    send(jobs.create(job))
    return job.job_id


def new_job(here: Platform, kind: str, asked_by: str, policy: str = "") -> Job:
    now = here.now()
    return Job(here.new_ulid(now), kind, kind == SWEEP, policy, SEGMENTS, asked_by, now)


def announce(here: Platform, job_id: str, segments: Iterable[int]) -> None:
    """Asks for work on these segments. Before the job is stored, so that none is stored of which nobody hears."""
    bodies = [msgspec.json.encode(Message(job_id, segment)).decode() for segment in segments]
    queues.send(here.settings.sweep_queue_url, bodies)


def advance(here: Platform, job: Job, segment: Segment, work: Work) -> Segment:
    """Works on the next page of a segment and stores how far it came; Overtaken when somebody else did meanwhile."""
    persons, cursor = passes.scan_people(segment.number, job.segments, segment.cursor)
    worked = work(persons, segment.result)
    after = Segment(
        segment.number,
        segment.version + 1,
        cursor,
        segment.done + len(persons),
        segment.changed + worked.changed,
        segment.failed + worked.failed,
        finished=cursor is None,
        result=worked.result,
    )
    try:
        send([jobs.advance(job.job_id, segment, after, here.now())])
    except ConditionFailed:
        if jobs.segment(job.job_id, segment.number) != after:  # or it was our own write, its answer lost
            raise Overtaken(retry_after_s=60) from None
    return after
