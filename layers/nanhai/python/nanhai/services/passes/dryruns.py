"""Asking for the dry run of a candidate policy, and what it has come to."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

from nanhai.domain.dryrun import Matrix
from nanhai.domain.errors import Absent
from nanhai.domain.policy import BadPolicy, parse
from nanhai.services import trail
from nanhai.services.asked import Asked
from nanhai.services.passes.schemas import DryRun, DryRunStarted, StartDryRun, Transition
from nanhai.services.platform import Platform
from nanhai.services.schemas import moment
from nanhai.services.sweep import dryrun, segments
from nanhai.store import jobs


def start(platform: Platform, asked: Asked, body: StartDryRun) -> DryRunStarted:
    """Begins the run; BadPolicy names every fault of the candidate, with pointers into the request."""
    _check(body)
    job = segments.new_job(platform, segments.DRY_RUN, asked.actor.id, json.dumps(body.policy, ensure_ascii=False))
    trail.note(asked, job.job_id)
    segments.announce(platform, job.job_id, range(job.segments))
    return platform.commit(jobs.create(job), asked.once, DryRunStarted(job.job_id))


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
