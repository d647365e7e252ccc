"""What the arrivals service is asked and what it answers. Bounds here are of form; use cases check the meaning."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from nanhai.domain.identifiers import PERSON_ID_LENGTH, ULID_LENGTH
from nanhai.services.schemas import END, Answer, Request
from nanhai.store.imports import Became

HOUSEHOLD_MAX = 16
ROWS_PER_REQUEST_MAX = 60
SYMPTOMS_MAX = 20
Moment = Annotated[datetime, Meta(tz=True)]
Line = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"\S")]
Word = Annotated[str, Meta(max_length=32)]
Who = Annotated[str, Meta(pattern=f"^(me|[0-9A-Z]{{{PERSON_ID_LENGTH}}}){END}")]
CommunityCode = Annotated[str, Meta(pattern=f"^[0-9]{{12}}{END}")]
UploadRef = Annotated[str, Meta(min_length=ULID_LENGTH, max_length=ULID_LENGTH, pattern=f"^[0-9A-Z]+{END}")]
Means = Literal["train", "coach", "car", "flight", "ship", "other"]
Kind = Literal["household", "coach"]


class Arriving(Request, frozen=True):
    """ "me" or a dependant. `symptoms`: an empty list says that there are none, null says nothing."""

    person: Who
    temperature_c: float | None = None
    symptoms: Annotated[list[Word], Meta(max_length=SYMPTOMS_MAX)] | None = None


class Stay(Request, frozen=True):
    """Where they stay: the community's code, or an address from which it follows."""

    community: CommunityCode | None = None
    address: Line | None = None


class WriteArrival(Request, frozen=True, kw_only=True):
    """A household that came together. `from`: GB/T 2260, 2, 4 or 6 digits; `number`: of the train, flight, vehicle."""

    persons: Annotated[list[Arriving], Meta(min_length=1, max_length=HOUSEHOLD_MAX)]
    region: Word = msgspec.field(name="from")
    at: Moment
    by: Means
    number: Word = ""
    stay: Stay


class Arrived(Answer, frozen=True):
    person_id: str
    record_id: str


class ArrivalWritten(Answer, frozen=True):
    """`community`: where the visit will be, by the case `case_id`; its steps are told to the first of `persons`. Who is
    isolated, or worked on by their own community, stays with it."""

    persons: list[Arrived]
    community: str
    community_name: str
    case_id: str


class OfferFile(Request, frozen=True):
    media_type: Line


class ImportArrivals(Request, frozen=True, kw_only=True):
    """What holds for every row that does not say otherwise. A household stays in one place and gets one case; on a
    coach everybody has their own."""

    upload_id: UploadRef
    kind: Kind
    by: Means
    number: Word = ""
    region: Word | None = msgspec.field(name="from", default=None)
    at: Moment | None = None
    community: CommunityCode | None = None


class ContinueImport(Request, frozen=True):
    """`rows_max`: how many rows to take at most, for whoever would rather wait less."""

    rows_max: Annotated[int, Meta(ge=1, le=ROWS_PER_REQUEST_MAX)] = ROWS_PER_REQUEST_MAX


class ImportTold(Answer, frozen=True):
    """How far it is. While `left` is more than none, a continuation goes on."""

    import_id: str
    rows: int
    done: int
    already: int
    refused: int
    left: int


class RowError(Answer, frozen=True):
    column: str
    code: str
    detail: str


class RowTold(Answer, frozen=True):
    """`row`: as the sheet's margin shows it."""

    row: int
    outcome: Became
    person_id: str | None
    errors: list[RowError]


class ImportRead(Answer, frozen=True):
    """The counts of all rows, and a page of their outcomes in the order of the sheet."""

    import_id: str
    kind: str
    asked_at: datetime
    rows: int
    done: int
    already: int
    refused: int
    left: int
    outcomes: list[RowTold]
    next: str | None
