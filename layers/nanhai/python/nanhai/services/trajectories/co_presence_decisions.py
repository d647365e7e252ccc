"""The second pair of eyes: another one of the health authority approves or rejects, once; an approval looks.

What was found is stored first and named last, by the one write that decides: of two who approve at once one answer
stands, and of a search that broke off nothing is seen.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NoReturn

from nanhai.domain import copresence_requests as rules
from nanhai.domain.cities import window
from nanhai.domain.copresence_requests import AlreadyDecided, CaseOver, RequestLapsed, State
from nanhai.domain.days import local_day
from nanhai.domain.errors import Absent, Fault, Invalid, Poison
from nanhai.domain.identifiers import PersonId, StaffId
from nanhai.policies.trajectories import rule
from nanhai.services import trail
from nanhai.services.asked import Asked
from nanhai.services.platform import Platform
from nanhai.services.trajectories import co_presence_sealing, co_presence_search
from nanhai.services.trajectories.co_presence_asking import phone_of
from nanhai.services.trajectories.co_presence_schemas import CoPresenceDecided, DecideCoPresence
from nanhai.services.trajectories.co_presence_sealing import Met
from nanhai.services.unreadable import RETRY_AFTER_S, Unreadable
from nanhai.store import casefiles, copresences, people, sightings
from nanhai.store.copresences import Decided, Found, Request
from nanhai.store.people import Access
from nanhai.store.writes import ConditionFailed, Write

PURPOSE = "co-presence"


def in_scope(asked: Asked, request_id: str) -> Request:
    """Absent when there is none, and when its case is out of the asker's scope."""
    found = copresences.get(request_id, asked.now)
    if found is None:
        raise Absent
    asked.require_scope(found.community)
    return found


def decide(platform: Platform, asked: Asked, request_id: str, body: DecideCoPresence) -> CoPresenceDecided:
    """Absent, SameHands, OnOneself, AlreadyDecided, RequestLapsed; an approval also CaseOver, and what the search
    raises."""
    if (body.why is None) is not (body.decision == "approve"):
        raise Invalid(Fault("/why", "trajectories.why-with-rejection"))
    request = _undecided(asked, request_id)
    if body.why is None:
        writes, answer = _approval(platform, asked, request)
    else:
        writes, answer = _rejection(asked, request, body.why)
    try:
        return platform.commit(writes, asked.once, answer)
    except ConditionFailed:  # somebody else decided meanwhile, or it has just lapsed
        _refuse(in_scope(asked, request_id), asked)


def _undecided(asked: Asked, request_id: str) -> Request:
    request = in_scope(asked, request_id)
    if rules.state_at(request.state, request.due_at, asked.now) is not State.OPEN:
        _refuse(request, asked)
    case = casefiles.get(request.case_id, asked.now)
    rules.check_second(request.asked_by, asked.actor, None if case is None else case.person)
    trail.note(asked, f"{request_id} {request.case_id}")
    return request


def _rejection(asked: Asked, request: Request, why: str) -> tuple[list[Write], CoPresenceDecided]:
    return [copresences.reject(request.request_id, _decided(asked, why))], CoPresenceDecided("rejected", None, None)


def _approval(platform: Platform, asked: Asked, request: Request) -> tuple[list[Write], CoPresenceDecided]:
    """The person of the case is told of it in the same transaction: before, nothing has left."""
    person = _subject(request, asked)
    if not (phone := phone_of(platform, person)):
        raise CaseOver
    found = _found(platform, asked, request, phone)
    actor = asked.actor
    looked = Access(asked.now, actor.id, actor.role.value, actor.organisation, PURPOSE)
    told = people.note_access(person, looked, platform.new_ulid(asked.now))
    answer = CoPresenceDecided("approved", found.met, found.registered)
    return [copresences.approve(request.request_id, _decided(asked), found), told], answer


def _subject(request: Request, asked: Asked) -> PersonId:
    case = casefiles.get(request.case_id, asked.now)
    if case is None or case.person is None or not case.open:
        raise CaseOver
    return case.person


def _found(platform: Platform, asked: Asked, request: Request, phone: str) -> Found:
    together = rule().co_presence
    first, last = window(local_day(asked.now), min(request.days, together.days))
    try:
        searched = co_presence_search.search(phone, (first, last), together, asked.now)
    except Poison:
        raise Unreadable(retry_after_s=RETRY_AFTER_S) from None
    owners = _owners(searched.meetings)
    found = [
        co_presence_sealing.met(platform, request.request_id, who, owners.get(who, PersonId("")), meetings)
        for who, meetings in searched.meetings.items()
    ]
    attempt, key = _kept(platform, asked, request, found, last)
    return Found(
        attempt,
        key,
        together.together_s,
        together.in_cell_s,
        first,
        last,
        searched.known,
        met=len(found),
        registered=len({one.person for one in found if one.person}),
    )


def _owners(phones: Iterable[str]) -> dict[str, PersonId]:
    return {phone: linked.person for phone, linked in sightings.links(phones).items()}


def _kept(platform: Platform, asked: Asked, request: Request, found: Iterable[Met], last: int) -> tuple[str, bytes]:
    """Under which attempt the rows lie, and the wrapped key that opens them."""
    attempt = platform.new_ulid(asked.now)
    key, wrapped = co_presence_sealing.new_key(platform, request.request_id)
    rows = ((one.pseudonym, co_presence_sealing.seal(key, request.request_id, one)) for one in found)
    copresences.keep_met(request.request_id, attempt, rows, last)
    return attempt, wrapped


def _decided(asked: Asked, why: str = "") -> Decided:
    return Decided(StaffId(asked.actor.id), asked.actor.organisation, asked.now, why)


def _refuse(request: Request, asked: Asked) -> NoReturn:
    lapsed = rules.state_at(request.state, request.due_at, asked.now) is State.LAPSED
    raise RequestLapsed if lapsed else AlreadyDecided
