"""What is asked and answered about cases. Bounds here are of form; use cases check the meaning."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta

from nanhai.domain.identifiers import PERSON_ID_LENGTH
from nanhai.services.cases import StepTold
from nanhai.services.casework.schemas import CaseRef, Code, Moment, Person, RecordRef
from nanhai.services.schemas import END, Answer, Request

NOTE_CHARACTERS_MAX = 1_000
Text = Annotated[str, Meta(min_length=1, max_length=NOTE_CHARACTERS_MAX, pattern=r"\S")]
Division = Annotated[str, Meta(min_length=6, max_length=12, pattern=f"^[0-9]{{6}}([0-9]{{3}}([0-9]{{3}})?)?{END}")]
Community = Annotated[str, Meta(min_length=12, max_length=12, pattern=f"^[0-9]{{12}}{END}")]
OfficeRef = Annotated[str, Meta(min_length=1, max_length=64, pattern=f"^[A-Za-z0-9._-]+{END}")]
StaffRef = Annotated[str, Meta(min_length=1, max_length=64, pattern=f"^[A-Za-z0-9._@-]+{END}")]
Who = Annotated[str, Meta(min_length=2, max_length=PERSON_ID_LENGTH, pattern=f"^(me|[0-9A-Z]{{13}}){END}")]
Version = Annotated[int, Meta(ge=1, le=1_000)]
Kind = Literal[
    "verify-yellow",
    "home-visit",
    "isolation",
    "disinfection",
    "hospital-referral",
    "counselling",
    "report-follow-up",
    "appeal",
    "co-presence-review",
]
TierName = Literal["community", "town", "district"]
State = Literal["open", "closed"]


class OpenCase(Request, frozen=True, kw_only=True):
    """About a person, whose community it is then, or about a community; `follows`: the case that it goes on from."""

    kind: Kind
    person_id: Person | None = None
    community: Community | None = None
    summary: Text
    follows: CaseRef | None = None


class TakeStep(Request, frozen=True, kw_only=True):
    """`version`: of the case as it was read. `record`: what the step rests on. `other`: the case that is about the
    same."""

    version: Version
    step: Code
    note: Text | None = None
    record: RecordRef | None = None
    outcome: Code | None = None
    organisation: OfficeRef | None = None
    appointment_at: Moment | None = None
    other: CaseRef | None = None


class AssignCase(Request, frozen=True, kw_only=True):
    version: Version
    staff_id: StaffRef


class HandCase(Request, frozen=True, kw_only=True):
    """handed-over goes up and handed-back down; with co-working both tiers have it."""

    version: Version
    way: Literal["handed-over", "handed-back", "co-working", "co-work-ended"]
    to: TierName
    note: Text | None = None


class CaseWritten(Answer, frozen=True):
    case_id: str
    state: str
    version: int


class CaseListed(Answer, frozen=True):
    """A case without whom it is about. `tier`: who answers for it now; `working`: who works on it."""

    case_id: str
    chain: str
    kind: str
    state: str
    community: str
    tier: str
    working: list[str]
    opened_at: datetime
    due_at: datetime
    overdue: bool
    assignee: str | None
    outcome: str | None
    version: int


class CasePage(Answer, frozen=True):
    """A page may hold fewer than asked for and still have a next one."""

    cases: list[CaseListed]
    next: str | None


class CaseStep(Answer, frozen=True):
    """`note`: ＊ where the asker may not see it."""

    code: str
    at: datetime
    by: str
    role: str
    office: str
    state: str
    details: dict[str, str]
    note: str


class CaseRead(Answer, frozen=True):
    """`can`: the steps that the asker may take now; `outcomes`: those that would end it from here."""

    case: CaseListed
    person_id: str | None
    origin: str
    referred_to: str | None
    limit_at: datetime
    summary: str
    steps: list[CaseStep]
    can: list[str]
    outcomes: list[str]


class ChainEntry(Answer, frozen=True):
    """A step of a case, or a record that one of the cases wrote; `office` is its source's."""

    at: datetime
    what: Literal["step", "record"]
    case_id: str
    kind: str
    code: str
    office: str
    record_id: str | None


class Chain(Answer, frozen=True):
    """From the first report to the release; `cut`: there are more cases, or more people, than one answer holds."""

    chain: str
    cases: list[CaseListed]
    timeline: list[ChainEntry]
    cut: bool


class MyStep(StepTold, frozen=True):
    text: str


class MyCase(Answer, frozen=True):
    case_id: str
    kind: str
    kind_text: str
    community: str
    opened_at: datetime
    due_at: datetime | None
    closed_at: datetime | None
    outcome: str | None
    outcome_text: str | None
    steps: list[MyStep]


class MyCasePage(Answer, frozen=True):
    """Newest first, with every step that the person is shown."""

    cases: list[MyCase]
    next: str | None
