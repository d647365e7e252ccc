"""What is asked and answered about the people of an enterprise. Bounds are of form; use cases check the meaning."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from msgspec import Meta

from nanhai.domain.identifiers import ULID_LENGTH
from nanhai.services.schemas import END, Answer, Request
from nanhai.store.imports import Became
from nanhai.store.writes import WRITES_MAX

INVITATIONS_MAX = WRITES_MAX - 3  # in one transaction, beside the enterprise, its key and its town's counts
SYMPTOMS_MAX = 20
Line = Annotated[str, Meta(max_length=200)]
Word = Annotated[str, Meta(min_length=1, max_length=40)]
UsccRef = Annotated[str, Meta(min_length=18, max_length=18, pattern=f"^[0-9A-Z]+{END}")]
UploadRef = Annotated[str, Meta(min_length=ULID_LENGTH, max_length=ULID_LENGTH, pattern=f"^[0-9A-Z]+{END}")]


class Invitee(Request, frozen=True, kw_only=True):
    """By phone, or by ID number; `number`: what the enterprise itself calls them by."""

    name: Line
    phone: Line | None = None
    id_type: Line = "10"
    id_number: Line | None = None
    number: Annotated[str, Meta(max_length=40)] = ""


class Invite(Request, frozen=True):
    people: Annotated[list[Invitee], Meta(min_length=1, max_length=INVITATIONS_MAX)]


class Invited(Answer, frozen=True):
    """The same answer for whomever: whether there are such people is not told."""

    invited: int


class RosterEntry(Answer, frozen=True):
    """`admitted`: whether the pass of a member lets them in at `as_of`; null for who has not joined."""

    number: str
    name_masked: str
    phone_masked: str
    joined: bool
    invited_at: datetime
    admitted: bool | None


class Roster(Answer, frozen=True):
    entries: list[RosterEntry]
    as_of: datetime
    next: str | None


class Employment(Answer, frozen=True):
    organisation_id: str
    name: str
    state: Literal["invited", "joined"]
    since: datetime


class Employments(Answer, frozen=True):
    employments: list[Employment]


class AnswerEmployment(Request, frozen=True):
    """`consent`: to the enterprise seeing whether one's pass admits and whether one has checked in; joining takes
    it."""

    answer: Literal["join", "leave"]
    consent: bool = False


class EmploymentAnswered(Answer, frozen=True):
    organisation_id: str
    state: Literal["joined", "left"]


class CheckIn(Request, frozen=True):
    organisation_id: UsccRef
    temperature_c: float
    symptoms: Annotated[list[Word], Meta(max_length=SYMPTOMS_MAX)]
    place: Literal["site", "home", "away"]


class CheckedIn(Answer, frozen=True):
    """`record_id`: of what is now known of one's health, where it is anything that can matter."""

    day: date
    at: datetime
    record_id: str | None


class Suspicion(Answer, frozen=True):
    """Of so many who can be judged so many check-ins look made by a machine. It is about a workforce: numbers about few
    are null, and nobody is named. `signs`: how many show each; one may show several."""

    judged: int | None
    suspicious: int | None
    rate: float | None
    signs: dict[str, int | None]


class DayCounts(Answer, frozen=True):
    members: int
    checked_in: int
    suspicion: Suspicion


class Missing(Answer, frozen=True):
    number: str
    name_masked: str
    phone_masked: str


class Day(Answer, frozen=True):
    """`counts`: with the first page alone; `missing`: who has not checked in."""

    day: date
    counts: DayCounts | None
    missing: list[Missing]
    next: str | None


class OfferSheet(Request, frozen=True):
    media_type: Line


class ImportRoster(Request, frozen=True):
    upload_id: UploadRef


class RosterImported(Answer, frozen=True):
    """`left`: rows that are still to be done; the same upload sent again, with another key, goes on with them."""

    import_id: str
    rows: int
    invited: int
    already: int
    refused: int
    left: int


class RowFault(Answer, frozen=True):
    column: str
    code: str
    text: str


class ImportedRow(Answer, frozen=True):
    """`number`: as the sheet's own margin shows it."""

    number: int
    outcome: Became
    faults: list[RowFault]


class RosterImport(Answer, frozen=True):
    """What became of the rows so far, in the order of the sheet."""

    import_id: str
    rows: int
    outcomes: list[ImportedRow]
    next: str | None
