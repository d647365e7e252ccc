"""What is asked and answered about filings. Bounds here are of form; use cases check the meaning."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from nanhai.services.schemas import END, Answer, Request

TRADES_MAX, SUPPLIES_MAX, REASONS_MAX = 30, 8, 10
PEOPLE_MAX = 1_000_000  # of one enterprise: no form knows more
AMOUNT_MAX = 100_000_000
Line = Annotated[str, Meta(max_length=200)]
Reason = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"\S")]
People = Annotated[int, Meta(ge=0, le=PEOPLE_MAX)]
Amount = Annotated[int, Meta(ge=0, le=AMOUNT_MAX)]
Town = Annotated[str, Meta(min_length=9, max_length=9, pattern=f"^[0-9]+{END}")]
State = Literal["submitted", "returned", "accepted", "resumed"]
SupplyKind = Literal["masks", "disinfectant", "thermometers"]


class Trade(Request, frozen=True):
    """So many people of an occupation are missing; `code`: GB/T 6565-2015, five digits."""

    code: Line
    missing: People


class Supply(Request, frozen=True):
    """Pieces of masks and thermometers, litres of disinfectant; `days`: how long they last."""

    kind: SupplyKind
    amount: Amount
    days: Annotated[int, Meta(ge=0, le=10_000)]


class Plan(Request, frozen=True, kw_only=True):
    """What an enterprise plans and how far it is. A draft may lack any of it; what is submitted has all."""

    planned_on: date | None = None
    headcount: People | None = None  # of people who return
    labour_shortage: People | None = None
    trades: Annotated[list[Trade], Meta(max_length=TRADES_MAX)] = msgspec.field(default_factory=list)
    capacity_percent: Annotated[int, Meta(ge=0, le=1_000)] | None = None  # recovered
    supplies: Annotated[list[Supply], Meta(max_length=SUPPLIES_MAX)] = msgspec.field(default_factory=list)


class Contact(Request, frozen=True):
    name: Line
    phone: Line


class WriteFiling(Request, frozen=True, kw_only=True):
    """`save` keeps a draft, `submit` hands it to the town."""

    action: Literal["save", "submit"]
    plan: Plan
    contact: Contact | None = None


class Filed(Answer, frozen=True):
    organisation_id: str
    revision: int
    state: str


class Step(Answer, frozen=True):
    """A revision of the plan, or a decision. `by`: a role; name and phone of the contact are masked unless the asker
    may see them."""

    revision: int
    action: str
    state: str
    at: datetime
    by: str
    plan: Plan | None
    contact: Contact | None
    reasons: list[str]


class Filing(Answer, frozen=True):
    """Steps newest first."""

    organisation_id: str
    name: str
    community: str
    above_designated_size: bool
    state: str
    revision: int
    steps: list[Step]
    next: str | None


class FilingListed(Answer, frozen=True):
    organisation_id: str
    name: str
    community: str
    above_designated_size: bool
    state: str
    revision: int
    headcount: int
    filed_at: datetime


class FilingPage(Answer, frozen=True):
    """Longest waiting first."""

    filings: list[FilingListed]
    next: str | None


class InspectFiling(Request, frozen=True):
    """The contact in full takes a purpose; the filing is the case."""

    purpose: Literal["work-resumption"] | None = None


class FilingInspected(Answer, frozen=True):
    """`submitted`: the revision that is to be decided, or was."""

    organisation_id: str
    name: str
    community: str
    above_designated_size: bool
    state: str
    submitted: Step


class DecideFiling(Request, frozen=True):
    """`revision`: the one that was looked at; a decision on another one is refused."""

    revision: Annotated[int, Meta(ge=1, le=10**9)]
    decision: Literal["accept", "return", "resume"]
    reasons: Annotated[list[Reason], Meta(max_length=REASONS_MAX)] = msgspec.field(default_factory=list)


class Resumed(Answer, frozen=True):
    """By state; null is a number that is not told because it, or one beside it, is about few."""

    enterprises: dict[str, int | None]
    headcounts: dict[str, int | None]
    total: int | None
    resumed_share: float | None


class TownResumption(Answer, frozen=True):
    code: str
    name: str
    above_designated_size: Resumed
    others: Resumed


class Resumption(Answer, frozen=True):
    """Of the enterprises that are known here: who has signed in and come as far as filing."""

    at: datetime
    towns: list[TownResumption]
