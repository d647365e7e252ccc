"""Whoever of those met is registered gets a case of their community, for people to look into: no record, no colour.

A run goes through the rows of an answer and remembers how far it came; killed anywhere, the next one goes on from
there. Which case is opened follows from the case asked about, the person, and the day they were last together, so that
nobody gets two for the same, however often it is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from itertools import islice

from nanhai.domain.actors import Role
from nanhai.domain.arrivals import LOCAL
from nanhai.domain.copresence_requests import State
from nanhai.domain.days import MINUTE_S, local_day
from nanhai.domain.errors import Absent, Param, Unavailable
from nanhai.domain.identifiers import Instant, PersonId
from nanhai.services import alarms, cases, trail
from nanhai.services.cases import CaseKind, NewCase
from nanhai.services.platform import Platform
from nanhai.services.trajectories import co_presence_sealing
from nanhai.services.trajectories.co_presence_decisions import PURPOSE
from nanhai.services.trajectories.co_presence_sealing import Met
from nanhai.store import audit, copresences, people
from nanhai.store.audit import AuditEntry
from nanhai.store.copresences import MET_PER_PAGE_MAX, Request
from nanhai.store.model import Start
from nanhai.store.people import Access, Head
from nanhai.store.writes import ConditionFailed, Write, send
from nanhai.texts import text

REQUESTS_PER_PAGE = 20
REQUESTS_PER_RUN_MAX = 10_000  # two hundred organisations' questions of a day; time is over before
RESERVE_S = 15.0
OPERATION = "copresence.review"

Remaining = Callable[[], float]  # seconds until this process is ended


def run(platform: Platform, remaining_s: Remaining) -> int:
    """Goes on with every answer whose reviews are not all opened, while there is time; how many cases it opened."""
    opened = 0
    for request in islice(_waiting(platform.now()), REQUESTS_PER_RUN_MAX):
        if remaining_s() < RESERVE_S:
            break
        opened += _gone_on(platform, request, remaining_s)
    return opened


def _waiting(now: Instant) -> Iterator[Request]:
    start: Start | None = None
    while True:
        page, start = copresences.in_state(State.APPROVED, now, REQUESTS_PER_PAGE, start)
        yield from page
        if start is None:
            return


def _gone_on(platform: Platform, request: Request, remaining_s: Remaining) -> int:
    """What is the matter with one answer holds no other up: it is tried again in a minute."""
    try:
        return _go_on(platform, request, remaining_s)
    except Unavailable:
        raise
    except Exception as failed:  # whatever it is, the other answers are about other people
        _alarm(request, failed)
        return 0


def _go_on(platform: Platform, request: Request, remaining_s: Remaining) -> int:
    opened, failed = 0, False
    for page in _pages(platform, request):
        if remaining_s() < RESERVE_S:
            return opened
        heads = people.heads({met.person for met in page if met.person})
        tried = [_tried(platform, request, met, heads) for met in page if met.person in heads]
        opened, failed = opened + tried.count(True), failed or None in tried
        if not failed:
            _remember(copresences.reviewed(request.request_id, page[-1].pseudonym))
    if not failed:
        _remember(copresences.answered(request.request_id))
    return opened


def _pages(platform: Platform, request: Request) -> Iterator[list[Met]]:
    """What was found, from where the last run came to."""
    if request.found is None:
        return
    key = co_presence_sealing.data_key(platform, request.request_id, request.found.key)
    after, start = request.reviewed, None
    while True:
        rows, start = copresences.met(request.request_id, request.found.attempt, MET_PER_PAGE_MAX, start, after)
        if rows:
            yield [co_presence_sealing.open_(key, request.request_id, *row) for row in rows]
        if start is None:
            return


def _remember(write: Write) -> None:
    try:
        send([write])
    except ConditionFailed:  # another run has finished it, or this one's answer was lost
        return


def _tried(platform: Platform, request: Request, met: Met, heads: Mapping[PersonId, Head]) -> bool | None:
    """Whether a case was opened, None where that failed: it holds nobody else up, and is tried again in a minute."""
    try:
        return _open(platform, request, met, heads[met.person].community, platform.now())
    except Absent:
        return False  # erased meanwhile
    except Unavailable:
        raise
    except Exception as failed:  # whatever it is, the other cases are about other people
        _alarm(request, failed)
        return None


def _alarm(request: Request, failed: Exception) -> None:
    alarms.tell(alarms.CASEWORK, f"trajectories.review-failed:{type(failed).__qualname__}", request.request_id)


def _open(platform: Platform, request: Request, met: Met, community: str, now: Instant) -> bool:
    """False where the same was opened before, and where all of it lies too far back by now."""
    met = co_presence_sealing.kept(met, now)
    if not met.meetings:
        return False
    last = local_day(max(meeting.since for meeting in met.meetings))
    new = NewCase(
        kind=CaseKind.CO_PRESENCE,
        community=community,
        origin=f"co-presence:{request.request_id}",
        person=met.person,
        summary=_summary(met),
        by=request.asked_by,
        role=Role.HEALTH_AUTHORITY.value,
        organisation=request.organisation,
        key=f"co-presence#{request.case_id}#{met.person}#{last}",
        told=False,
    )
    opened = cases.opened(platform, now, new)
    if not opened.writes:
        return False
    _write_down(request, met.person, now)
    looked = Access(now, request.asked_by, Role.HEALTH_AUTHORITY.value, request.organisation, PURPOSE)
    send([*opened.writes, people.note_access(met.person, looked, platform.new_ulid(now))])
    return True


def _summary(met: Met) -> str:
    """In the language of those who work on it: when, how often and how long, and not with whom."""
    minutes = [(meeting.until - meeting.since) // MINUTE_S for meeting in met.meetings]
    told: dict[str, Param] = {
        "first": _local(met.meetings[0].since),
        "last": _local(met.meetings[-1].until),
        "times": len(minutes),
        "longest": max(minutes),
        "minutes": sum(minutes),
    }
    return text("trajectories.review-summary", "zh-CN", told)


def _local(at: Instant) -> str:
    return f"{datetime.fromtimestamp(at, LOCAL):%Y-%m-%d %H:%M}"


def _write_down(request: Request, person: PersonId, now: Instant) -> None:
    entry = AuditEntry(
        actor=request.request_id,
        role="system",
        operation=OPERATION,
        subject=person,
        outcome=trail.ASKED,
        correlation_id=request.request_id,
    )
    audit.append([entry], now)
