"""What the masks service is asked and what it answers. Bounds here are of form; use cases check the meaning."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from msgspec import Meta

from nanhai.domain.identifiers import PERSON_ID_LENGTH
from nanhai.services.schemas import END, Answer, Request

POINTS_MAX, WINDOWS_MAX = 320, 20  # a district's communities; a body is 64 KB at most
PREFERENCES_MAX = 5
STOCK_PACKS_MAX = 1_000_000
PAGES_MAX = 4_096
CODE_LENGTH = 10

Moment = Annotated[datetime, Meta(tz=True)]
Line = Annotated[str, Meta(min_length=1, max_length=100, pattern=r"\S")]
PointRef = Annotated[str, Meta(min_length=1, max_length=16, pattern=f"^[A-Z0-9]+(-[A-Z0-9]+)*{END}")]
Community = Annotated[str, Meta(pattern=f"^[0-9]{{12}}{END}")]
Who = Annotated[str, Meta(min_length=2, max_length=PERSON_ID_LENGTH, pattern=f"^(me|[0-9A-Z]+){END}")]
Packs = Annotated[int, Meta(ge=1, le=STOCK_PACKS_MAX)]
CodeTyped = Annotated[str, Meta(min_length=1, max_length=40, pattern=f"^[ -]*[A-Za-z0-9][A-Za-z0-9: -]*{END}")]


class NewWindow(Request, frozen=True):
    begins_at: Moment
    ends_at: Moment


class NewPoint(Request, frozen=True):
    """`stock` in packs; `slots`: how many people may come in each window."""

    point_id: PointRef
    name: Line
    community: Community
    stock: Packs
    slots: Annotated[int, Meta(ge=1, le=STOCK_PACKS_MAX)]


class CreateRound(Request, frozen=True):
    """`enterprise_share`: of each point's stock, in per cent; `beacon_source`: a public number that nobody knows before
    the list of entries is fixed, and where it will be read: "closing figure of … on …, two decimals"."""

    title: Line
    opens_at: Moment
    closes_at: Moment
    reserve_by: Moment
    windows: Annotated[list[NewWindow], Meta(min_length=1, max_length=WINDOWS_MAX)]
    points: Annotated[list[NewPoint], Meta(min_length=1, max_length=POINTS_MAX)]
    packs_per_person: Annotated[int, Meta(ge=1, le=100)]
    enterprise_share: Annotated[int, Meta(ge=0, le=100)] = 0
    packs_per_employee: Annotated[int, Meta(ge=0, le=100)] = 0
    beacon_source: Line | None = None


class RoundCreated(Answer, frozen=True):
    round_id: str
    commitment: str


class PickUpWindow(Answer, frozen=True):
    number: int
    begins_at: datetime
    ends_at: datetime


class PickUpPoint(Answer, frozen=True):
    """`portions` are drawn; `for_enterprises`: packs."""

    point_id: str
    name: str
    community: str
    portions: int
    for_enterprises: int
    slots: int


class RoundListed(Answer, frozen=True):
    round_id: str
    title: str
    state: str
    opens_at: datetime
    closes_at: datetime
    reserve_by: datetime
    commitment: str


class RoundPage(Answer, frozen=True):
    """Newest first."""

    rounds: list[RoundListed]
    next: str | None


class Round(Answer, frozen=True):
    """`commitment`: the hash of a seed that was chosen before anybody entered; the draw reveals it. `reserve_by`: as it
    was announced; once it is drawn, a day after the draw if that is later."""

    round_id: str
    title: str
    state: str
    opens_at: datetime
    closes_at: datetime
    reserve_by: datetime
    windows: list[PickUpWindow]
    points: list[PickUpPoint]
    packs_per_person: int
    packs_per_employee: int
    beacon_source: str | None
    commitment: str


class EnterRound(Request, frozen=True):
    """`points`: where one would like to go, best first."""

    points: Annotated[list[PointRef], Meta(min_length=1, max_length=PREFERENCES_MAX)]
    who: Who = "me"


class RoundEntered(Answer, frozen=True):
    """The ticket names nobody: with it one's own outcome is found in the published draw."""

    round_id: str
    ticket: str


class BeginDraw(Request, frozen=True):
    """`beacon`: what was read at the source that the round named, once the list is fixed."""

    beacon: Line | None = None


class DrawBegun(Answer, frozen=True):
    phase: str


class DrawAsked(Request, frozen=True):
    page: Annotated[int, Meta(ge=0, le=PAGES_MAX - 1)] = 0


class OutcomeTold(Answer, frozen=True):
    """`point`: where a portion is kept; null for whoever waits, in this order."""

    ticket: str
    points: list[str]
    point: str | None


class DrawTold(Answer, frozen=True):
    """Seed, outcomes and the number of pages are null, none and 0 until all is drawn; the list's hash is there before
    the seed is opened. `first_rank`: how many are drawn before those on this page."""

    round_id: str
    phase: str
    commitment: str
    tickets: int
    list_hash: str | None
    listed_at: datetime | None
    beacon: str | None
    seed: str | None
    drawn_at: datetime | None
    pages: int
    page: int
    first_rank: int
    outcomes: list[OutcomeTold]


class Reserve(Request, frozen=True):
    point: PointRef
    window: Annotated[int, Meta(ge=0, le=WINDOWS_MAX - 1)]
    who: Who = "me"


class Reserved(Answer, frozen=True):
    """`code` is typed or scanned at the point; `qr`: what its QR code says."""

    round_id: str
    point: str
    begins_at: datetime
    ends_at: datetime
    packs: int
    code: str
    qr: str


class OwnEntry(Answer, frozen=True):
    """`rank`: the place in the order drawn, from 1; `until`: when what is kept ends; the code, while it is good."""

    round_id: str
    title: str
    state: str
    ticket: str
    points: list[str]
    standing: str
    rank: int | None
    point: str | None
    window: int | None
    until: datetime | None
    code: str | None
    qr: str | None


class OwnEntries(Answer, frozen=True):
    """Newest round first."""

    entries: list[OwnEntry]
    next: str | None


class PickUp(Request, frozen=True):
    code: CodeTyped


class PickedUp(Answer, frozen=True):
    """What is handed over now; `kind`: person or enterprise."""

    round_id: str
    title: str
    point: str
    kind: str
    packs: int


class OrderMasks(Request, frozen=True):
    point: PointRef
    packs: Packs


class MasksOrdered(Answer, frozen=True):
    round_id: str
    point: str
    packs: int
    quota: int
    code: str
    qr: str


class PointStock(Answer, frozen=True):
    """Portions, and of enterprises packs: `ordered` without what nobody fetched by the end. `slots_left` by window."""

    point_id: str
    name: str
    community: str
    given: int
    free: int
    unclaimed: int
    held: int
    handed: int
    for_enterprises: int
    ordered: int
    slots_left: list[int]


class RoundStock(Answer, frozen=True):
    """Of the points in the asker's scope."""

    round_id: str
    points: list[PointStock]
