"""Asking for the dry run of a candidate policy, and what it has come to."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

from nanhai.domain.days import DAY_S, HOUR_S
from nanhai.domain.dryrun import Matrix
from nanhai.domain.errors import Absent, Refusal
from nanhai.domain.identifiers import Instant
from nanhai.domain.policy import BadPolicy, parse
from nanhai.services import trail
from nanhai.services.asked import Asked
from nanhai.services.identity.limits import Limit, spend
from nanhai.services.passes.schemas import DryRun, DryRunStarted, StartDryRun, Transition
from nanhai.services.platform import Platform
from nanhai.services.schemas import moment
from nanhai.services.sweep import dryrun, segments
from nanhai.store import jobs
from nanhai.store.writes import ConditionFailed

PER_MEMBER = Limit("dry-runs", 20, DAY_S)
RUNS_S_MAX = 6 * HOUR_S  # a run of three million takes minutes: one that is older will not finish


class AlreadyRunning(Refusal):
    """One dry run reads everybody; two at a time would only slow each other and the passes."""

    code = "passes.dry-run-running"
    kind = "conflict"


def start(platform: Platform, asked: Asked, body: StartDryRun) -> DryRunStarted:
    """Begins the run; BadPolicy names every fault of the candidate, with pointers into the request.

    AlreadyRunning while another one goes on; TooMany when this member of staff has begun enough of them today.
    """
    _check(body)
    latest = jobs.latest(segments.DRY_RUN)
    if latest is not None and _goes_on(latest, asked.now):
        raise AlreadyRunning(retry_after_s=60)
    spend(platform, PER_MEMBER, asked.actor.id, asked.now)
    job = segments.new_job(platform, segments.DRY_RUN, asked.actor.id, json.dumps(body.policy, ensure_ascii=False))
    trail.note(asked, job.job_id)
    segments.announce(platform, job.job_id, range(job.segments))
    try:
        return platform.commit([*jobs.create(job), jobs.follows(job, latest)], asked.once, DryRunStarted(job.job_id))
    except ConditionFailed:  # somebody else began one at the same moment
        raise AlreadyRunning(retry_after_s=60) from None


def read(asked: Asked, job_id: str) -> DryRun:
    """How far the run is and what it counted; Absent for no dry run. Samples are of the asker's own division only."""
    found = jobs.get(job_id, asked.now)
    if found is None or found[0].kind != segments.DRY_RUN:
        raise Absent
    job, parts = found
    matrix = dryrun.total(parts)
    return DryRun(
        job_id=job.job_id,
        policy=parse(json.loads(job.policy)).version,
        asked_at=moment(job.asked_at),
        finished=all(part.finished for part in parts),
        segments=job.segments,
        segments_finished=sum(part.finished for part in parts),
        passes=matrix.total,
        unreadable=sum(part.failed for part in parts),
        worsened_share=matrix.worsened_share,
        transitions=list(_transitions(asked, matrix)),
    )


def _goes_on(job_id: str, now: Instant) -> bool:
    found = jobs.get(job_id, now)
    if found is None or now - found[0].asked_at >= RUNS_S_MAX:
        return False
    return not all(part.finished for part in found[1])


def _check(body: StartDryRun) -> None:
    try:
        parse(body.policy)
    except BadPolicy as bad:
        raise BadPolicy(*(replace(fault, pointer=f"/policy{fault.pointer}") for fault in bad.faults)) from None


def _transitions(asked: Asked, matrix: Matrix) -> Iterator[Transition]:
    for cell, count in sorted(matrix.counts.items()):
        town, before, after = cell
        samples = matrix.samples.get(cell, []) if asked.sees(town) else []
        yield Transition(town, before.value, after.value, count, list(samples))
