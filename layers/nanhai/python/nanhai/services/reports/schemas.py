"""What the reports service is asked and what it answers. Bounds here are of form; use cases check the meaning."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, field

from nanhai.domain.receipts import TYPED_CHARACTERS_MAX
from nanhai.domain.reports import Category
from nanhai.services.cases import StepTold
from nanhai.services.casework.schemas import Moment, RecordRef
from nanhai.services.schemas import Answer, Request

PHOTOS_MAX = 4
Description = Annotated[str, Meta(min_length=1, max_length=2_000, pattern=r"\S")]
Said = Annotated[str, Meta(min_length=1, max_length=1_000, pattern=r"\S")]
Address = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"\S")]
Code = Annotated[str, Meta(min_length=1, max_length=12)]
Receipt = Annotated[str, Meta(min_length=1, max_length=TYPED_CHARACTERS_MAX)]
Latitude = Annotated[float, Meta(ge=-90, le=90)]
Longitude = Annotated[float, Meta(ge=-180, le=180)]
MediaType = Literal["image/jpeg", "image/png", "image/webp"]


class OfferPhoto(Request, frozen=True):
    media_type: MediaType


class Place(Request, frozen=True):
    """One of community, address and point at least. A community that is told decides; else the others have to say."""

    community: Code | None = None
    address: Address | None = None
    latitude: Latitude | None = None
    longitude: Longitude | None = None


class WriteReport(Request, frozen=True):
    """`photos`: the ids of uploads."""

    category: Category
    description: Description
    place: Place
    seen_at: Moment
    photos: Annotated[list[RecordRef], Meta(max_length=PHOTOS_MAX)] = field(default_factory=list)


class ReportWritten(Answer, frozen=True):
    """`receipt`: shown once; whoever has it may follow the report."""

    receipt: str
    community: str
    community_name: str


class Follow(Request, frozen=True):
    receipt: Receipt


class AnswerQuestion(Request, frozen=True):
    receipt: Receipt
    text: Said


class Message(Answer, frozen=True):
    """`by`: who said it. What somebody without a name says has a time to the hour."""

    number: int
    at: datetime
    by: Literal["office", "reporter"]
    text: str


class Followed(Answer, frozen=True):
    """`steps`: of the case that the report opened, or of the one whose report it was merged into."""

    category: str
    category_text: str
    state: str
    state_text: str
    community: str
    community_name: str
    opened_at: datetime
    case_state: str | None
    steps: list[StepTold]
    messages: list[Message]


class MessageSaid(Answer, frozen=True):
    state: str
    messages: int


class ReportListed(Answer, frozen=True):
    """Nothing of what was told: whoever reads a report by its id is audited."""

    report_id: str
    community: str
    opened_at: datetime
    category: str
    category_text: str
    state: str
    anonymous: bool
    case_id: str
    merged_into: str | None


class ReportPage(Answer, frozen=True):
    """Newest first; a page may hold fewer than asked for and still have a next one."""

    reports: list[ReportListed]
    next: str | None


class ReportSeen(Answer, frozen=True):
    """`photos`: links that last a minute; `reporter`: a person id, null for who gave no name; `duplicates`: may tell of
    the same; `merged`: the reports that were merged into this one."""

    report: ReportListed
    description: str
    address: str
    latitude: float | None
    longitude: float | None
    seen_at: datetime
    photos: list[str]
    reporter: str | None
    messages: list[Message]
    duplicates: list[ReportListed]
    merged: list[str]


class Ask(Request, frozen=True):
    text: Said


class Merge(Request, frozen=True):
    into: RecordRef


class Merged(Answer, frozen=True):
    state: str
    merged_into: str


class Counted(Answer, frozen=True):
    """Only what occurs."""

    community: str
    category: str
    state: str
    today: int
    week: int


class TownCounted(Answer, frozen=True):
    town: str
    name: str
    today: int
    week: int


class ReportCounts(Answer, frozen=True):
    """`today`: opened on this local day; `week`: on it or the six before."""

    at: datetime
    towns: list[TownCounted]
    counts: list[Counted]
