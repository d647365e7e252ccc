"""The sweep queue: a message is a segment of a job, worked on page by page until it is finished or time is short.

A sweep brings passes up to date with their records; a dry run writes none and counts what a policy would change.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import msgspec

from nanhai.domain.identifiers import PersonId
from nanhai.services.platform import Platform, platform
from nanhai.services.sweep import dryrun, quarantine, segments
from nanhai.services.sweep.segments import Message, Work, Worked
from nanhai.store import jobs
from nanhai.store.jobs import Job
from nanhai.store.people import HEAD
from nanhai.streams import log
from nanhai.streams.batch import Answer, is_transient
from nanhai.streams.change import Kind, Raw
from nanhai.streams.rebuild import settle

RESERVE_S = 30.0  # more than a page takes
RECEIVES_WITHOUT_JOB_MAX = 3  # a message comes before its job; a request that failed leaves messages without one

Remaining = Callable[[], float]  # seconds until this process is ended


class NoJob(LookupError):
    """The message names a job that is not there (yet)."""


def handle(event: Mapping[str, Any], remaining_s: Remaining) -> Answer:
    """Works on each message; the answer names those that have to come again."""
    here = platform()
    again = [record["messageId"] for record in event["Records"] if not _done(here, record, remaining_s)]
    return {"batchItemFailures": [{"itemIdentifier": message} for message in again]}


def work(here: Platform, message: Message, remaining_s: Remaining) -> bool:
    """Whether the segment is finished; if not, time is short, and the work was asked for again."""
    found = jobs.get(message.job_id, here.now())
    segment = jobs.segment(message.job_id, message.segment)
    if found is None or segment is None:
        raise NoJob
    job = found[0]
    work_on = work_of(here, job)
    while not segment.finished:
        if remaining_s() < RESERVE_S:
            segments.announce(here, job.job_id, [segment.number])
            return False
        segment = segments.advance(here, job, segment, work_on)
    return True


def work_of(here: Platform, job: Job) -> Work:
    return partial(_bring_up_to_date, here) if job.commits else dryrun.work_of(here, job)


def _done(here: Platform, record: Mapping[str, Any], remaining_s: Remaining) -> bool:
    try:
        work(here, msgspec.json.decode(record["body"], type=Message), remaining_s)
    except NoJob:
        return int(record["attributes"]["ApproximateReceiveCount"]) >= RECEIVES_WITHOUT_JOB_MAX
    except Exception as why:  # one message's failure is never another's
        log.line(event="sweep-failed", failure=type(why).__qualname__)
        return False
    return True


def _bring_up_to_date(here: Platform, persons: Sequence[PersonId], _: str) -> Worked:
    """Raises what may yet work; who cannot be read is grey afterwards, and in quarantine."""
    settled = settle(here, persons)
    for why in settled.failures.values():
        if is_transient(why):
            raise why
    for person, why in settled.failures.items():
        quarantine.put(here, "people", here.blind("person", "quarantine", person), _as_if_changed(person), _kind(why))
    return Worked(len(settled.put), len(settled.failures))


def _as_if_changed(person: PersonId) -> Raw:
    """What the stream would have said of this person, so that redriving it computes the pass anew."""
    keys = {"person_id": {"S": person}, "sk": {"S": HEAD}}
    return {"eventName": Kind.MODIFY.value, "dynamodb": {"SequenceNumber": "0", "Keys": keys}}


def _kind(why: Exception) -> str:
    return type(why).__name__
