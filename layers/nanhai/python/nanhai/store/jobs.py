"""The table `jobs`: sweeps and dry runs, segment by segment: state, progress and result. Also where schedules stand."""

from __future__ import annotations

import msgspec
from pynamodb.attributes import BooleanAttribute, UnicodeAttribute

from nanhai.domain.identifiers import Instant
from nanhai.store import model
from nanhai.store.attributes import PlainMapAttribute, WholeNumberAttribute
from nanhai.store.model import Start, Table, Write

KEPT_S = 30 * 86_400
SEGMENTS_MAX = 64
HEAD = "job"
SEGMENT = "segment#"


class JobsTable(Table):
    class Meta:
        table_name = "jobs"

    job_id = UnicodeAttribute(hash_key=True)
    part = UnicodeAttribute(range_key=True)


class JobRow(JobsTable):
    kind = UnicodeAttribute()
    commits = BooleanAttribute()
    policy = UnicodeAttribute()
    segments = WholeNumberAttribute()
    asked_by = UnicodeAttribute()
    asked_at = WholeNumberAttribute()
    expires_at = WholeNumberAttribute()


class SegmentRow(JobsTable):
    number = WholeNumberAttribute()
    progress_version = WholeNumberAttribute()
    cursor = PlainMapAttribute[dict[str, str]](null=True)
    done = WholeNumberAttribute()
    changed = WholeNumberAttribute()
    failed = WholeNumberAttribute()
    finished = BooleanAttribute()
    result = UnicodeAttribute()
    expires_at = WholeNumberAttribute()


class ScheduleRow(JobsTable):
    until_at = WholeNumberAttribute()


class LatestRow(JobsTable):
    """Which job of a kind was begun last."""

    latest = UnicodeAttribute()


class Job(msgspec.Struct, frozen=True):
    """`policy`: the candidate document of a dry run as JSON; empty for a sweep under the policy in force."""

    job_id: str
    kind: str  # sweep or dry-run
    commits: bool
    policy: str
    segments: int
    asked_by: str
    asked_at: Instant


class Segment(msgspec.Struct, frozen=True):
    """How far one segment has come. `cursor`: where it goes on; `result`: what it counted so far, as JSON."""

    number: int
    version: int
    cursor: Start | None
    done: int
    changed: int
    failed: int
    finished: bool
    result: str


def create(new: Job) -> list[Write]:
    """The job and its segments, as parts of one transaction."""
    head = JobRow(
        new.job_id,
        HEAD,
        kind=new.kind,
        commits=new.commits,
        policy=new.policy,
        segments=new.segments,
        asked_by=new.asked_by,
        asked_at=new.asked_at,
        expires_at=new.asked_at + KEPT_S,
    )
    fresh = [Segment(number, 0, None, 0, 0, 0, finished=False, result="") for number in range(new.segments)]
    segments = [model.put("segment", _row(new.job_id, part, new.asked_at + KEPT_S)) for part in fresh]
    return [model.put("job", head, JobRow.job_id.does_not_exist()), *segments]


def get(job_id: str, now: Instant) -> tuple[Job, list[Segment]] | None:
    """The job with its segments in order."""
    head = model.get(JobRow, job_id, HEAD)
    if head is None or head.expires_at <= now:
        return None
    parts = (SegmentRow.job_id == job_id) & SegmentRow.part.startswith(SEGMENT)
    found, _ = model.query(SegmentRow, parts, SEGMENTS_MAX)
    return _job(head), [_segment(part) for part in found]


def segment(job_id: str, number: int) -> Segment | None:
    found = model.get(SegmentRow, job_id, _part(number))
    return None if found is None else _segment(found)


def advance(job_id: str, was: Segment, now_at: Segment, at: Instant) -> Write:
    """Its condition fails (label "segment") when somebody else has advanced this segment from `was`."""
    return model.put("segment", _row(job_id, now_at, at + KEPT_S), SegmentRow.progress_version == was.version)


def latest(kind: str) -> str | None:
    """The id of the job of this kind that was begun last."""
    found = model.get(LatestRow, *_latest(kind))
    return None if found is None else found.latest


def follows(new: Job, before: str | None) -> Write:
    """`new` is the latest of its kind; its condition fails (label "latest") when `before` is not any more."""
    unchanged = LatestRow.latest.does_not_exist() if before is None else LatestRow.latest == before
    return model.put("latest", LatestRow(*_latest(new.kind), latest=new.job_id), unchanged)


def last_run(schedule: str) -> Instant | None:
    """Up to when a schedule has done its work."""
    found = model.get(ScheduleRow, *_schedule(schedule))
    return None if found is None else found.until_at


def ran(schedule: str, until: Instant) -> Write:
    return model.update("schedule", ScheduleRow(*_schedule(schedule)), [ScheduleRow.until_at.set(until)])


def _latest(kind: str) -> tuple[str, str]:
    return f"latest#{kind}", "latest"


def _schedule(schedule: str) -> tuple[str, str]:
    return f"schedule#{schedule}", "schedule"


def _row(job_id: str, at: Segment, expires_at: Instant) -> SegmentRow:
    return SegmentRow(
        job_id,
        _part(at.number),
        number=at.number,
        progress_version=at.version,
        cursor=at.cursor,
        done=at.done,
        changed=at.changed,
        failed=at.failed,
        finished=at.finished,
        result=at.result,
        expires_at=expires_at,
    )


def _job(found: JobRow) -> Job:
    return Job(found.job_id, found.kind, found.commits, found.policy, found.segments, found.asked_by, found.asked_at)


def _segment(found: SegmentRow) -> Segment:
    return Segment(
        found.number,
        found.progress_version,
        found.cursor,
        found.done,
        found.changed,
        found.failed,
        found.finished,
        found.result,
    )


def _part(number: int) -> str:
    return f"{SEGMENT}{number:03d}"
