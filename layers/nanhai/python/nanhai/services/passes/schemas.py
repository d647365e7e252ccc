"""What the passes service is asked and what it answers. Bounds here are of form; use cases check the meaning."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from nanhai.services.schemas import Answer, Request

SYMPTOMS_MAX = 20
PAPER_DAYS_MAX = 7
Code = Annotated[str, Meta(min_length=1, max_length=40)]
Moment = Annotated[datetime, Meta(tz=True)]


class Apply(Request, frozen=True):
    """`holder` says whose pass it is: one's own, or a dependant's."""

    holder: Literal["person", "dependant"]


class Applied(Answer, frozen=True):
    person_id: str
    holder: str


class Reason(Answer, frozen=True):
    """A finding that holds: a stable code, what it means in words, and its own interval."""

    code: str
    text: str
    since: datetime
    until: datetime | None


class Permit(Answer, frozen=True):
    """A clearance: these places (gates, or divisions with all in them) let a yellow pass through."""

    places: list[str]
    since: datetime
    until: datetime


class Pass(Answer, frozen=True):
    """`as_of`: when the records were looked at that it follows from."""

    person_id: str
    colour: str
    word: str
    shape: str
    verdict: str
    since: datetime
    until: datetime | None
    reasons: list[Reason]
    permits: list[Permit]
    policy: str
    record_version: int
    as_of: datetime
    server_time: datetime


class Slot(Answer, frozen=True):
    """The token to show over [since, until); a grey pass has none."""

    since: datetime
    until: datetime
    colour: str
    token: str | None


class Tokens(Answer, frozen=True):
    """Five minutes of slots, oldest first, cut where the colour changes."""

    slots: list[Slot]
    server_time: datetime
    renew_at: datetime


class IssuePaper(Request, frozen=True):
    days: Annotated[int, Meta(ge=1, le=PAPER_DAYS_MAX)]


class PaperIssued(Answer, frozen=True):
    paper_id: str
    until: datetime


class Paper(Answer, frozen=True):
    paper_id: str
    issued_at: datetime
    until: datetime


class Papers(Answer, frozen=True):
    """Those that are good now, newest first."""

    papers: list[Paper]


class Declare(Request, frozen=True):
    """Both parts have to be told; null and an empty list say: not measured, none."""

    temperature_c: float | None
    symptoms: Annotated[list[Code], Meta(max_length=SYMPTOMS_MAX)]


class Declared(Answer, frozen=True):
    record_id: str
    recorded_at: datetime


class ExplanationAsked(Request, frozen=True):
    """`at`: the instant in question; now when it is left out."""

    at: Moment | None = None


class ExplainedRecord(Answer, frozen=True):
    """`appealable`: it stands behind the colour of now, and no appeal against it waits."""

    record_id: str
    kind: str = msgspec.field(name="class")
    happened_at: datetime
    recorded_at: datetime
    source: str
    legal_basis: str
    fact: dict[str, Any]
    appealable: bool


class ExplainedReason(Answer, frozen=True):
    code: str
    text: str
    since: datetime
    until: datetime | None
    records: list[ExplainedRecord]


class Explanation(Answer, frozen=True):
    """The colour of a pass at one instant, and the records known by then that it followed from."""

    at: datetime
    colour: str
    word: str
    policy: str
    reasons: list[ExplainedReason]
    permits: list[Permit]


class PastPass(Answer, frozen=True):
    """A pass as it was told at `at`; `reasons` are codes, worst first."""

    at: datetime
    colour: str
    word: str
    since: datetime
    until: datetime | None
    reasons: list[str]
    policy: str
    record_version: int


class History(Answer, frozen=True):
    """Newest first."""

    changes: list[PastPass]
    next: str | None


class PolicyListed(Answer, frozen=True):
    version: str
    valid_from: datetime
    title: str
    in_force: bool


class Policies(Answer, frozen=True):
    """Newest first."""

    policies: list[PolicyListed]


class PolicyDocument(Answer, frozen=True):
    version: str
    in_force: bool
    document: dict[str, Any]


class StartDryRun(Request, frozen=True):
    """`policy`: the candidate, in the form of the policies that ship."""

    policy: dict[str, Any]


class DryRunStarted(Answer, frozen=True):
    job_id: str


class Transition(Answer, frozen=True):
    """So many passes of a town would turn from `before` to `after`; samples are of the asker's own division only."""

    town: str
    before: str
    after: str
    count: int
    samples: list[str]


class DryRun(Answer, frozen=True):
    """`passes`: how many were counted so far; `unreadable`: of whom nothing could be said."""

    job_id: str
    policy: str
    asked_at: datetime
    finished: bool
    segments: int
    segments_finished: int
    passes: int
    unreadable: int
    worsened_share: float
    transitions: list[Transition]
