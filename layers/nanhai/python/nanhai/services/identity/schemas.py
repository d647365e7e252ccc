"""What the identity service is asked and what it answers. Bounds here are of form; meaning is checked by the use cases."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta

from nanhai.services.schemas import Answer, Request

Device = Annotated[str, Meta(min_length=16, max_length=64, pattern="^[A-Za-z0-9_-]+$")]
Line = Annotated[str, Meta(max_length=200)]
Relation = Literal["child", "parent", "grandparent", "grandchild", "spouse", "sibling", "ward"]
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


class SendCode(Request, frozen=True):
    phone: Line
    purpose: Literal["sign-in"]
    device: Device | None = None


class CodeSent(Answer, frozen=True):
    challenge_id: str
    expires_at: datetime


class OpenSession(Request, frozen=True):
    challenge_id: Line
    phone: Line
    code: Line
    device: Device


class SessionOpened(Answer, frozen=True):
    access_token: str
    refresh_token: str
    expires_in: int
    registered: bool
    person_id: str | None


class RefreshSession(Request, frozen=True):
    refresh_token: Line
    device: Device


class SessionRefreshed(Answer, frozen=True):
    access_token: str
    refresh_token: str
    expires_in: int


class Identity(Request, frozen=True):
    """Household region and permit may be told; what is recorded is what the register says."""

    name: Line
    id_type: Line
    id_number: Line
    household_region: Line | None = None
    permit: bool | None = None


class RegisterPerson(Identity, frozen=True, kw_only=True):
    community: Line
    address: Line


class PersonRegistered(Answer, frozen=True):
    person_id: str
    access_token: str
    expires_in: int


class AddDependant(Identity, frozen=True, kw_only=True):
    relation: Relation
    consent: bool
    until: datetime


class DependantAdded(Answer, frozen=True):
    person_id: str


class Dependant(Answer, frozen=True):
    person_id: str
    name_masked: str
    relation: str
    until: datetime


class Me(Answer, frozen=True):
    person_id: str
    name_masked: str
    phone_masked: str
    community: str
    dependants: list[Dependant]


class OpenStaffSession(Request, frozen=True):
    staff_id: Line
    password: Line
    totp: Line
    device: Device


class StaffSessionOpened(Answer, frozen=True):
    access_token: str
    refresh_token: str
    expires_in: int
    role: str
    scope: str
    gate: str | None


class LookUp(Request, frozen=True):
    id_type: Line
    id_number: Line
    purpose: Purpose
    case: Annotated[str, Meta(min_length=1, max_length=64, pattern="^[A-Za-z0-9#._-]+$")]


class PersonFound(Answer, frozen=True):
    person_id: str
    name_masked: str
    community: str
    colour: str


class Access(Answer, frozen=True):
    at: datetime
    staff_id: str
    role: str
    organisation: str
    purpose: str


class AccessLog(Answer, frozen=True):
    """Newest first."""

    entries: list[Access]
    next: str | None
