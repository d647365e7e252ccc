"""What the identity service is asked and what it answers. Bounds are of form; meaning is checked by the use cases."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta

from nanhai.services.casework.schemas import CaseRef, Moment, Purpose
from nanhai.services.schemas import END, Answer, Request

Device = Annotated[str, Meta(min_length=16, max_length=64, pattern=f"^[A-Za-z0-9_-]+{END}")]
Line = Annotated[str, Meta(max_length=200)]
StaffRef = Annotated[str, Meta(min_length=1, max_length=64, pattern=f"^[A-Za-z0-9._-]+{END}")]
Relation = Literal["child", "parent", "grandparent", "grandchild", "spouse", "sibling", "ward"]


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
    until: Moment


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


class LinkChannels(Request, frozen=True):
    """`wechat_code`: of `wx.login` in the mini-program; null takes the link away. `consent`: to be told that way."""

    wechat_code: Annotated[str, Meta(min_length=1, max_length=128)] | None
    consent: bool = False


class Channels(Answer, frozen=True):
    """`wechat`: whether news goes out as a subscription message too, and since when."""

    wechat: bool
    since: datetime | None


class OpenStaffSession(Request, frozen=True):
    staff_id: StaffRef
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


class SendEnterpriseCode(Request, frozen=True):
    uscc: Line
    device: Device


class OpenEnterpriseSession(Request, frozen=True):
    challenge_id: Line
    uscc: Line
    code: Line
    device: Device


class EnterpriseSessionOpened(Answer, frozen=True):
    """`uscc`: as the register writes it; `name`: the organisation's, as registered."""

    access_token: str
    refresh_token: str
    expires_in: int
    uscc: str
    name: str


class LookUp(Request, frozen=True):
    """`case`: about this person, for every purpose but desk-help."""

    id_type: Line
    id_number: Line
    purpose: Purpose
    case: CaseRef | None = None


class PersonFound(Answer, frozen=True):
    person_id: str
    name_masked: str
    community: str
    colour: str


class LookAt(Request, frozen=True):
    """What somebody looks at a person's data for: the person is told. `case`: as for a look-up."""

    purpose: Purpose
    case: CaseRef | None = None


class PersonSeen(Answer, frozen=True):
    person_id: str
    name_masked: str
    phone_masked: str
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


class NoticeReason(Answer, frozen=True):
    """`code`: the kind of a finding."""

    code: str
    text: str


class Notice(Answer, frozen=True):
    """`kind`: passes-colour, for which the rest says what the pass became (`word`: what the colour is called; `until`:
    none when no end is known), or any other news, of which there is its text alone."""

    notice_id: str
    at: datetime
    kind: str
    text: str
    colour: str | None
    word: str | None
    since: datetime | None
    until: datetime | None
    reasons: list[NoticeReason]


class NoticePage(Answer, frozen=True):
    """Newest first."""

    notices: list[Notice]
    next: str | None


class TownCounts(Answer, frozen=True):
    """Passes by colour; null is a number from 1 to 9, which is not told."""

    code: str
    name: str
    colours: dict[str, int | None]


class Counts(Answer, frozen=True):
    at: datetime
    towns: list[TownCounts]


class AuditedEntry(Answer, frozen=True):
    """`hash`: SHA-256 over the hash before it and all of this entry."""

    sequence: int
    at: datetime
    actor: str
    role: str
    operation: str
    subject: str
    outcome: str
    correlation_id: str
    hash: str


class AuditPage(Answer, frozen=True):
    """One chain of one day, oldest first."""

    chain: str
    entries: list[AuditedEntry]
    next: str | None
