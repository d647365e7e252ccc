"""What is asked and answered about batches of isolations. Bounds here are of form; use cases check the meaning."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta

from nanhai.domain.batches import ROWS_MAX
from nanhai.services.casework.schemas import Code, Line, Moment, Person
from nanhai.services.schemas import Answer, Request

StateTold = Literal["proposed", "hold", "taking-effect", "done", "rejected", "stopped", "lapsed"]
WhyTold = Literal["evidence-insufficient", "wrong-people", "wrong-period", "no-longer-needed"]


class BatchRow(Request, frozen=True):
    """Somebody, and what the order rests on for this person alone."""

    person_id: Person
    evidence: Line


class ProposeBatch(Request, frozen=True, kw_only=True):
    """One order for everybody in it. `kind` and `reason` are closed lists; a reason outside them raises the alarm."""

    rows: Annotated[list[BatchRow], Meta(min_length=1, max_length=ROWS_MAX)]
    kind: Line
    reason: Line
    since: Moment
    until: Moment
    place: Line
    legal_basis: Code


class BatchProposed(Answer, frozen=True):
    batch_id: str
    state: StateTold
    lapses_at: datetime


class DecideBatch(Request, frozen=True, kw_only=True):
    """`why` goes with a rejection, and with that alone."""

    decision: Literal["approve", "reject"]
    why: WhyTold | None = None


class StopBatch(Request, frozen=True):
    why: WhyTold


class BatchDecided(Answer, frozen=True):
    """`effective_at`: when the hold ends, once both approvals are there."""

    state: StateTold
    approvals: int
    effective_at: datetime | None


class ApprovedBy(Answer, frozen=True):
    by: str
    organisation: str
    role: str
    at: datetime


class EndedBy(Answer, frozen=True):
    by: str
    organisation: str
    at: datetime
    why: str


class BatchListed(Answer, frozen=True):
    """`due_at`: when the proposal lapses, or when its hold ends."""

    batch_id: str
    state: StateTold
    division: str
    organisation: str
    size: int
    approvals: int
    proposed_at: datetime
    due_at: datetime


class BatchPage(Answer, frozen=True):
    """Soonest due first; a page may hold fewer than asked for and still have a next one."""

    batches: list[BatchListed]
    next: str | None


class BatchTransition(Answer, frozen=True):
    """So many people of a community would turn from `before` to `after`."""

    community: str
    before: str
    after: str
    count: int


class Preview(Answer, frozen=True):
    """What the orders would do, decided dry from the records of now, at `at`. `worsened_share`: of all passes of the
    district; `refused`: the numbers of the rows that could not be decided or are nobody any more."""

    at: datetime
    by_community: dict[str, int]
    transitions: list[BatchTransition]
    worsened: int
    worsened_share: float
    refused: list[int]


class Progress(Answer, frozen=True):
    """What became of the rows once the batch takes effect."""

    waiting: int
    ordered: int
    over: int
    absent: int


class BatchTold(Answer, frozen=True):
    batch_id: str
    state: StateTold
    division: str
    size: int
    kind: str
    reason: str
    since: datetime
    until: datetime
    place: str
    legal_basis: str
    proposed_by: str
    organisation: str
    proposed_at: datetime
    due_at: datetime
    approvals: list[ApprovedBy]
    ended: EndedBy | None
    preview: Preview
    progress: Progress


class BatchRowTold(Answer, frozen=True):
    """`before` and `after`: the colour at the preview's instant without and with the order, null where that cannot be
    decided. ＊ stands for what the asker may not see."""

    number: int
    person_id: str
    community: str
    evidence: str
    before: str | None
    after: str | None
    outcome: str | None
    record_id: str | None


class BatchRowPage(Answer, frozen=True):
    """In the order in which they were proposed; everybody on it is told who looked."""

    rows: list[BatchRowTold]
    next: str | None
