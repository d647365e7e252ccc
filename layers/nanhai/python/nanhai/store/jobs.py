"""The table `jobs`: sweeps and dry runs, segment by segment: state, progress and result. Also where schedules stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from nanhai.domain.identifiers import Instant
from nanhai.store.connection import client, table_name
from nanhai.store.wire import Item, attribute, item, row
from nanhai.store.writes import Write, put, update

TABLE = "jobs"
KEPT_S = 30 * 86_400
SEGMENTS_MAX = 64
HEAD = "job"


@dataclass(frozen=True, slots=True)
class Job:
    """`policy`: the candidate document of a dry run as JSON; empty for a sweep under the policy in force."""

    job_id: str
    kind: str  # sweep or dry-run
    commits: bool
    policy: str
    segments: int
    asked_by: str
    asked_at: Instant


@dataclass(frozen=True, slots=True)
class Segment:
    """How far one segment has come. `cursor`: where it goes on; `result`: what it counted so far, as JSON."""

    number: int
    version: int
    cursor: Item | None
    done: int
    changed: int
    failed: int
    finished: bool
    result: str


def create(new: Job) -> list[Write]:
    """The job and its segments, as parts of one transaction."""
    head = item(
        job_id=new.job_id,
        part=HEAD,
        kind=new.kind,
        commits=new.commits,
        policy=new.policy,
        segments=new.segments,
        asked_by=new.asked_by,
        asked_at=new.asked_at,
        expires_at=new.asked_at + KEPT_S,
    )
    fresh = [Segment(number, 0, None, 0, 0, 0, finished=False, result="") for number in range(new.segments)]
    segments = [put("segment", TABLE, _item(new.job_id, s, new.asked_at + KEPT_S)) for s in fresh]
    return [put("job", TABLE, head, "attribute_not_exists(job_id)"), *segments]


def get(job_id: str, now: Instant) -> tuple[Job, list[Segment]] | None:
    """The job with its segments in order."""
    asked: dict[str, Any] = {
        "TableName": table_name(TABLE),
        "KeyConditionExpression": "job_id = :job",
        "ExpressionAttributeValues": {":job": attribute(job_id)},
        "Limit": SEGMENTS_MAX + 1,
        "ConsistentRead": True,
    }
    rows = [row(stored) for stored in client().query(**asked)["Items"]]
    heads = [stored for stored in rows if stored["part"] == HEAD and stored["expires_at"] > now]
    if not heads:
        return None
    return _job(heads[0]), [_segment(stored) for stored in rows if stored["part"] != HEAD]


def segment(job_id: str, number: int) -> Segment | None:
    asked = {"TableName": table_name(TABLE), "Key": item(job_id=job_id, part=_part(number)), "ConsistentRead": True}
    found = client().get_item(**asked).get("Item")
    return None if found is None else _segment(row(found))


def advance(job_id: str, was: Segment, now_at: Segment, at: Instant) -> Write:
    """Its condition fails (label "segment") when somebody else has advanced this segment from `was`."""
    new = _item(job_id, now_at, at + KEPT_S)
    return put("segment", TABLE, new, "progress_version = :was", was=was.version)


def last_run(schedule: str) -> Instant | None:
    """Up to when a schedule has done its work."""
    asked = {"TableName": table_name(TABLE), "Key": _schedule(schedule), "ConsistentRead": True}
    found = client().get_item(**asked).get("Item")
    return None if found is None else int(found["until_at"]["N"])


def ran(schedule: str, until: Instant) -> Write:
    return update("schedule", TABLE, _schedule(schedule), "SET until_at = :until", until=until)


def _schedule(schedule: str) -> Item:
    return item(job_id=f"schedule#{schedule}", part="schedule")


def _item(job_id: str, at: Segment, expires_at: Instant) -> Item:
    return item(
        job_id=job_id,
        part=_part(at.number),
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


def _job(stored: dict[str, Any]) -> Job:
    names: Sequence[str] = ("job_id", "kind", "commits", "policy", "segments", "asked_by", "asked_at")
    return Job(*(stored[name] for name in names))


def _segment(stored: dict[str, Any]) -> Segment:
    return Segment(
        stored["number"],
        stored["progress_version"],
        stored.get("cursor"),
        stored["done"],
        stored["changed"],
        stored["failed"],
        stored["finished"],
        stored["result"],
    )


def _part(number: int) -> str:
    return f"segment#{number:03d}"
