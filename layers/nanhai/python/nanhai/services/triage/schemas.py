"""What the triage service is asked and what it answers. Bounds here are of form; the table in force has the choices."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from nanhai.domain.identifiers import PERSON_ID_LENGTH
from nanhai.services.schemas import END, Answer, Request

CHOICES_MAX = 32
ADDRESS_CHARACTERS_MAX = 200
NOTE_CHARACTERS_MAX = 500
Word = Annotated[str, Meta(min_length=1, max_length=40)]
Words = Annotated[list[Word], Meta(max_length=CHOICES_MAX)]
Division = Annotated[str, Meta(pattern=f"^[0-9]{{9}}([0-9]{{3}})?{END}")]
Who = Annotated[str, Meta(min_length=1, max_length=PERSON_ID_LENGTH, pattern=f"^[0-9A-Za-z]+{END}")]
Near = Literal["community", "town", "district"]
Wish = Literal["home-visit", "disinfection", "hospital-referral", "counselling"]


class Felt(Request, frozen=True, kw_only=True):
    """`exposures`: of the last 14 days; `distress`: whether counselling is wanted."""

    temperature_c: float | None = None
    symptoms: Words = msgspec.field(default_factory=list)
    exposures: Words = msgspec.field(default_factory=list)
    risks: Words = msgspec.field(default_factory=list)
    distress: bool = False


class CheckMyself(Felt, frozen=True, kw_only=True):
    """`division`: the community or town near which clinics are wanted."""

    division: Division | None = None


class AskForHelp(Felt, frozen=True, kw_only=True):
    """`who`: "me" or a dependant. `address`: where help is needed, the registered one if empty; `community`: chosen
    where the address alone does not tell it."""

    who: Who = "me"
    wishes: Annotated[list[Wish], Meta(min_length=1, max_length=4)]
    address: Annotated[str, Meta(max_length=ADDRESS_CHARACTERS_MAX)] = ""
    community: Division | None = None
    note: Annotated[str, Meta(max_length=NOTE_CHARACTERS_MAX)] = ""


class Phrase(Answer, frozen=True):
    code: str
    text: str


class Bounds(Answer, frozen=True):
    lowest_c: float
    highest_c: float
    fever_c: float


class TableTold(Answer, frozen=True):
    """`rules`: as they are tried, each with its lower bounds; the first that holds answers."""

    version: str
    valid_from: datetime
    title: str
    source: str
    temperature: Bounds
    symptoms: list[Phrase]
    exposures: list[Phrase]
    risks: list[Phrase]
    rules: list[dict[str, Any]]


class Phone(Answer, frozen=True):
    code: str
    name: str
    number: str


class ClinicNear(Answer, frozen=True):
    """`near`: in the same community, the same town, or only the same district; `sample`: invented, no real clinic."""

    name: str
    address: str
    phone: str
    hours: str
    near: Near
    sample: bool


class SelfChecked(Answer, frozen=True):
    """`now`: what to do at once; `counselling`: offered beside, to whoever wants it; `clinics`: where a doctor is
    advised, the nearest first, none where none is known."""

    table: str
    rule: str
    outcome: str
    word: str
    now: str
    advice: list[Phrase]
    counselling: list[Phrase]
    phones: list[Phone]
    clinics: list[ClinicNear]


class CaseOpened(Answer, frozen=True):
    wish: str
    text: str
    case_id: str


class HelpAsked(Answer, frozen=True):
    """`phone_masked`: where the community will call."""

    help_id: str
    community: str
    community_name: str
    phone_masked: str
    cases: list[CaseOpened]
    advice: SelfChecked


class StepSeen(Answer, frozen=True):
    """`office`: whose step it was, by organisation; empty for the person's own. `details`: an appointment, an outcome,
    an organisation or a tier, where the step has one."""

    code: str
    text: str
    at: datetime
    office: str
    details: dict[str, str]


class CaseSeen(Answer, frozen=True):
    """`due_at`: when its office should be done, while it is open."""

    wish: str
    text: str
    case_id: str
    state: str
    due_at: datetime | None
    closed_at: datetime | None
    outcome: str | None
    steps: list[StepSeen]


class HelpSeen(Answer, frozen=True):
    help_id: str
    at: datetime
    community: str
    community_name: str
    cases: list[CaseSeen]


class HelpPage(Answer, frozen=True):
    """Newest first."""

    helps: list[HelpSeen]
    next: str | None
