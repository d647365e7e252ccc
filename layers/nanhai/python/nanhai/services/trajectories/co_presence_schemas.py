"""What is asked and answered about co-presence. Bounds here are of form; use cases check the meaning."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from msgspec import Meta

from nanhai.services.casework.schemas import CaseRef, Code
from nanhai.services.schemas import Answer, Request

Days = Annotated[int, Meta(ge=1, le=14)]
PurposeTold = Literal["contact-tracing", "source-tracing"]
StateTold = Literal["open", "approved", "answered", "rejected", "lapsed"]
WhyTold = Literal["case-unfit", "no-longer-needed", "too-wide"]


class AskCoPresence(Request, frozen=True, kw_only=True):
    """On account of a case about somebody. `days`: so many up to yesterday."""

    case_id: CaseRef
    days: Days
    purpose: PurposeTold
    legal_basis: Code


class CoPresenceAsked(Answer, frozen=True):
    request_id: str
    state: StateTold
    lapses_at: datetime


class DecideCoPresence(Request, frozen=True, kw_only=True):
    """`why` goes with a rejection, and with that alone."""

    decision: Literal["approve", "reject"]
    why: WhyTold | None = None


class CoPresenceDecided(Answer, frozen=True):
    """`met`: how many phones were there long enough; `registered`: of so many people it is known whose they are."""

    state: StateTold
    met: int | None
    registered: int | None


class CoPresenceListed(Answer, frozen=True):
    """Without the case and whom it is about. `due_at`: when an undecided one lapses."""

    request_id: str
    state: StateTold
    community: str
    days: int
    organisation: str
    asked_at: datetime
    due_at: datetime


class CoPresencePage(Answer, frozen=True):
    """Soonest due first; a page may hold fewer than asked for and still have a next one."""

    requests: list[CoPresenceListed]
    next: str | None


class CoPresenceRuleTold(Answer, frozen=True):
    """Together for more than `minutes` at a stretch in one cell (H3, resolution `resolution`), and one of the two for
    more than `hours_in_cell` hours in that cell over the days looked at."""

    minutes: int
    hours_in_cell: int
    resolution: int


class MeetingTold(Answer, frozen=True):
    """One stretch [since, until) in one cell, an H3 index; hours in that cell over the days looked at, of the case's
    phone and of the other one."""

    since: datetime
    until: datetime
    minutes: int
    cell: str
    hours_case: float
    hours_other: float


class PhoneMet(Answer, frozen=True):
    """`pseudonym`: of this answer alone. `registered`: it is known whose phone it is; the community has a case."""

    pseudonym: str
    registered: bool
    meetings: list[MeetingTold]


class DecidedBy(Answer, frozen=True):
    by: str
    organisation: str
    at: datetime
    why: str | None


class CoPresenceTold(Answer, frozen=True):
    """`known`: the days on which the case's phone was heard: nothing is known of others. `phones`: a page by pseudonym,
    empty until it is approved, without what lies more than 14 days back by now; it may hold fewer than asked for and
    still have a next one. `note`: what these stretches are not. `kept_until`: then all of it is gone."""

    request_id: str
    state: StateTold
    case_id: str
    community: str
    days: int
    purpose: str
    legal_basis: str
    asked_by: str
    organisation: str
    asked_at: datetime
    due_at: datetime
    decided: DecidedBy | None
    first: date | None
    last: date | None
    known: list[date]
    rule: CoPresenceRuleTold | None
    note: str
    met: int | None
    registered: int | None
    kept_until: datetime
    phones: list[PhoneMet]
    next: str | None
