"""Requests as they wait, and what one of them found: pseudonyms, stretches and hours, under this answer's own names."""

from __future__ import annotations

from typing import Any, Literal

from nanhai.domain import copresence_requests as rules
from nanhai.domain.copresence_requests import State
from nanhai.domain.days import HOUR_S, MINUTE_S, date_of
from nanhai.domain.sightings import RESOLUTION, h3_of
from nanhai.services.asked import Asked
from nanhai.services.casework import accesses
from nanhai.services.platform import Platform
from nanhai.services.schemas import moment
from nanhai.services.trajectories import co_presence_sealing
from nanhai.services.trajectories.co_presence_decisions import PURPOSE, in_scope
from nanhai.services.trajectories.co_presence_schemas import (
    CoPresenceListed,
    CoPresenceRuleTold,
    CoPresenceTold,
    DecidedBy,
    MeetingTold,
    PhoneMet,
)
from nanhai.services.trajectories.co_presence_sealing import Met, Shared
from nanhai.store import casefiles, copresences
from nanhai.store.copresences import KEPT_S, Decided, Found, Request
from nanhai.store.sightings import expires_at
from nanhai.texts import Language, text

PAGES_PER_REQUEST_MAX = 5

Queue = Literal["open", "approved", "answered", "rejected", "lapsed"]
Start = dict[str, Any]


def listed(asked: Asked, queue: Queue, limit: int, start: Start | None) -> tuple[list[CoPresenceListed], Start | None]:
    """Those in the asker's scope, soonest due first, and where the next page begins; nothing of a person."""
    found: list[CoPresenceListed] = []
    following = start
    wanted = State(queue)
    stored, due_from = (State.OPEN if queue == "lapsed" else wanted), (asked.now + 1 if queue == "open" else 0)
    for _ in range(PAGES_PER_REQUEST_MAX):
        page, following = copresences.in_state(stored, asked.now, limit, following, due_from)
        found = [_listed(one, asked) for one in page if asked.sees(one.community) and _state(one, asked) is wanted]
        if found or following is None:
            break
    return found, following


def read(
    platform: Platform, asked: Asked, request_id: str, limit: int, start: Start | None
) -> tuple[CoPresenceTold, Start | None]:
    """A request with a page of what it found, and where the next page begins. Absent out of scope. The case's person is
    told who looked."""
    request = in_scope(asked, request_id)
    case = casefiles.get(request.case_id, asked.now)
    if request.found is not None and case is not None and case.person is not None:
        accesses.note(platform, asked, case.person, PURPOSE)
    page, following = _page(platform, asked, request, limit, start)
    return _told(request, asked, page), following


def _page(
    platform: Platform, asked: Asked, request: Request, limit: int, start: Start | None
) -> tuple[list[PhoneMet], Start | None]:
    """Of days that may still be read of; whoever was met on none of them is left out."""
    found = request.found
    if found is None:
        return [], None
    key = co_presence_sealing.data_key(platform, request.request_id, found.key)
    page, following = copresences.met(request.request_id, found.attempt, limit, start)
    opened = (co_presence_sealing.open_(key, request.request_id, *row) for row in page)
    left = (co_presence_sealing.kept(one, asked.now) for one in opened)
    return [_phone(one) for one in left if one.meetings], following


def _state(request: Request, asked: Asked) -> State:
    return rules.state_at(request.state, request.due_at, asked.now)


def _listed(request: Request, asked: Asked) -> CoPresenceListed:
    return CoPresenceListed(
        request.request_id,
        _state(request, asked).value,
        request.community,
        request.days,
        request.organisation,
        moment(request.asked_at),
        moment(request.due_at),
    )


def _told(request: Request, asked: Asked, page: list[PhoneMet]) -> CoPresenceTold:
    found, decided = request.found, request.decided
    return CoPresenceTold(
        request_id=request.request_id,
        state=_state(request, asked).value,
        case_id=request.case_id,
        community=request.community,
        days=request.days,
        purpose=request.purpose,
        legal_basis=request.legal_basis,
        asked_by=request.asked_by,
        organisation=request.organisation,
        asked_at=moment(request.asked_at),
        due_at=moment(request.due_at),
        decided=None if decided is None else _decided(decided),
        first=None if found is None else date_of(found.first),
        last=None if found is None else date_of(found.last),
        known=[] if found is None else [date_of(day) for day in found.known if expires_at(day) > asked.now],
        rule=None if found is None else _rule(found),
        note="" if found is None else _note(found, asked.language),
        met=None if found is None else found.met,
        registered=None if found is None else found.registered,
        kept_until=moment(request.asked_at + KEPT_S if found is None else expires_at(found.last)),
        phones=page,
        next=None,
    )


def _decided(made: Decided) -> DecidedBy:
    return DecidedBy(made.by, made.organisation, moment(made.at), made.why or None)


def _rule(found: Found) -> CoPresenceRuleTold:
    return CoPresenceRuleTold(found.together_s // MINUTE_S, found.in_cell_s // HOUR_S, RESOLUTION)


def _note(found: Found, language: Language) -> str:
    rule = _rule(found)
    params = {"minutes": rule.minutes, "hours": rule.hours_in_cell, "days": found.last - found.first + 1}
    return text("trajectories.co-presence-note", language, params)


def _phone(met: Met) -> PhoneMet:
    return PhoneMet(met.pseudonym, bool(met.person), [*map(_meeting, met.meetings)])


def _meeting(shared: Shared) -> MeetingTold:
    return MeetingTold(
        moment(shared.since),
        moment(shared.until),
        (shared.until - shared.since) // MINUTE_S,
        f"{h3_of(shared.cell):x}",
        round(shared.case_s / HOUR_S, 1),
        round(shared.other_s / HOUR_S, 1),
    )
