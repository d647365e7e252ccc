"""What is asked and answered about appeals. Bounds here are of form; use cases check the meaning."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from nanhai.domain.appeals import EVIDENCE_MAX
from nanhai.domain.identifiers import ULID_LENGTH
from nanhai.services.cases import StepTold
from nanhai.services.casework.case_schemas import Who
from nanhai.services.casework.schemas import PersonRecord, RecordRef
from nanhai.services.schemas import END, Answer, Request

REASONS_MAX = 3
Upload = Annotated[str, Meta(min_length=ULID_LENGTH, max_length=ULID_LENGTH, pattern=f"^[0-9A-Z]+{END}")]
Statement = Annotated[str, Meta(min_length=1, max_length=2_000, pattern=r"\S")]
Note = Annotated[str, Meta(min_length=1, max_length=1_000, pattern=r"\S")]
StandingTold = Literal["open", "escalated", "overdue", "upheld", "dismissed"]
Reason = Literal[
    "wrong-person",
    "wrong-time",
    "wrong-place",
    "entered-wrongly",
    "no-evidence",
    "disproved",
    "record-confirmed",
    "nothing-shown",
    "another-matter",
]


class FileAppeal(Request, frozen=True, kw_only=True):
    """`who`: "me" or a dependant; `record_id`: one of those that the explanation of the present colour names;
    `evidence`: photos that were uploaded."""

    who: Who = "me"
    record_id: RecordRef
    statement: Statement
    evidence: Annotated[list[Upload], Meta(max_length=EVIDENCE_MAX)] = msgspec.field(default_factory=list)


class AppealFiled(Answer, frozen=True):
    """`due_at`: by when it should be answered; then it is the district's too. `limit_at`: the hard limit."""

    appeal_id: str
    state: StandingTold
    filed_at: datetime
    due_at: datetime
    limit_at: datetime


class ReasonTold(Answer, frozen=True):
    code: str
    text: str


class MyAppeal(Answer, frozen=True):
    """`reasons` and `note` once it is answered; `steps`: all that has happened to it."""

    appeal_id: str
    state: StandingTold
    record_id: str
    kind: str = msgspec.field(name="class")
    statement: str
    filed_at: datetime
    due_at: datetime
    limit_at: datetime
    answered_at: datetime | None
    reasons: list[ReasonTold]
    note: str | None
    steps: list[StepTold]


class MyAppeals(Answer, frozen=True):
    """Newest first; a page may hold fewer than asked for and still have a next one."""

    appeals: list[MyAppeal]
    next: str | None


class ReviewListed(Answer, frozen=True):
    """An appeal that waits, without whom it is about."""

    appeal_id: str
    state: StandingTold
    community: str
    kind: str = msgspec.field(name="class")
    filed_at: datetime
    due_at: datetime


class ReviewPage(Answer, frozen=True):
    """Soonest due first; a page may hold fewer than asked for and still have a next one."""

    appeals: list[ReviewListed]
    next: str | None


class AppealTold(Answer, frozen=True):
    """What a reviewer judges by. `photos`: links that last a minute."""

    appeal_id: str
    state: StandingTold
    person_id: str
    community: str
    filed_at: datetime
    due_at: datetime
    limit_at: datetime
    record: PersonRecord
    statement: str
    photos: list[str]
    notes: list[str]


class DecideAppeal(Request, frozen=True):
    """`reasons`: of the list that belongs to the decision; `note` is told to the person."""

    decision: Literal["uphold", "dismiss"]
    reasons: Annotated[list[Reason], Meta(min_length=1, max_length=REASONS_MAX)]
    note: Note


class AppealDecided(Answer, frozen=True):
    """`record_id`: the correction that withdraws the record."""

    state: StandingTold
    record_id: str | None
