"""What the casework service is asked and what it answers. Bounds here are of form; use cases check the meaning."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from nanhai.domain.identifiers import PERSON_ID_LENGTH, ULID_LENGTH
from nanhai.services.schemas import END, Answer, Request

PLACES_MAX = 20
Person = Annotated[str, Meta(min_length=PERSON_ID_LENGTH, max_length=PERSON_ID_LENGTH, pattern=f"^[0-9A-Z]+{END}")]
RecordRef = Annotated[str, Meta(min_length=ULID_LENGTH, max_length=ULID_LENGTH, pattern=f"^[0-9A-Z]+{END}")]
Line = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"\S")]
Code = Annotated[str, Meta(min_length=1, max_length=64, pattern=f"^[a-z0-9]+(-[a-z0-9]+)*{END}")]
CaseRef = Annotated[str, Meta(min_length=1, max_length=64, pattern=f"^[A-Za-z0-9#._-]+{END}")]
PlaceRef = Annotated[str, Meta(min_length=1, max_length=40, pattern=f"^[A-Za-z0-9-]+{END}")]
Moment = Annotated[datetime, Meta(tz=True)]
Purpose = Literal[
    "verify-yellow",
    "home-visit",
    "isolation",
    "disinfection",
    "hospital-referral",
    "counselling",
    "report-follow-up",
    "appeal",
    "desk-help",
]
State = Literal["open", "approved", "rejected", "expired"]


class Grounds(Request, frozen=True, kw_only=True):
    """Whom it is about, what it rests on and by which rule."""

    person_id: Person
    evidence: Line
    legal_basis: Code


class WriteClearance(Grounds, frozen=True, kw_only=True):
    places: Annotated[list[PlaceRef], Meta(min_length=1, max_length=PLACES_MAX)]
    until: Moment


class ProposeIsolation(Grounds, frozen=True, kw_only=True):
    """`kind` and `reason` are closed lists; a reason outside is refused by the use case, which raises the alarm too."""

    kind: Line
    reason: Line
    since: Moment
    until: Moment
    place: Line


class DecideApproval(Request, frozen=True):
    decision: Literal["approve", "reject"]
    note: Line


class WriteRelease(Grounds, frozen=True, kw_only=True):
    order: RecordRef


class WriteResult(Grounds, frozen=True, kw_only=True):
    positive: bool
    method: Literal["nucleic-acid", "antibody", "antigen"]
    taken_at: Moment


class RecordWritten(Answer, frozen=True):
    record_id: str


class IsolationProposed(Answer, frozen=True):
    approval_id: str
    state: State


class Decided(Answer, frozen=True):
    state: State
    record_id: str | None


class Approval(Answer, frozen=True):
    """`expires_at`: when an undecided proposal lapses; `record_id`: the order that an approval made. ＊ stands for what
    the asker may not see."""

    approval_id: str
    state: State
    person_id: str
    community: str
    kind: str
    reason: str
    since: datetime
    until: datetime
    place: str
    evidence: str
    legal_basis: str
    proposed_by: str
    organisation: str
    proposed_at: datetime
    expires_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    note: str | None
    record_id: str | None


class ApprovalListed(Answer, frozen=True):
    """A proposal without whom it is about and why: whoever reads one by its id is told to the person."""

    approval_id: str
    state: State
    community: str
    organisation: str
    proposed_at: datetime
    expires_at: datetime


class ApprovalPage(Answer, frozen=True):
    """Soonest to lapse first; a page may hold fewer than asked for and still have a next one."""

    approvals: list[ApprovalListed]
    next: str | None


class RecordsAsked(Request, frozen=True):
    """More than what a desk needs takes both: what it is needed for, and in which case about this person."""

    purpose: Purpose | None = None
    case: CaseRef | None = None


class PersonRecord(Answer, frozen=True):
    """`fact`: the fields of its class; ＊ stands for what the asker may not see, there and as `evidence`."""

    record_id: str
    kind: str = msgspec.field(name="class")
    happened_at: datetime
    recorded_at: datetime
    source: str
    source_id: str
    evidence: str
    legal_basis: str
    supersedes: str | None
    fact: dict[str, Any]


class PersonRecords(Answer, frozen=True):
    """Those that can matter for a colour, oldest first; who declares every day to be well fills no list."""

    person_id: str
    community: str
    records: list[PersonRecord]
