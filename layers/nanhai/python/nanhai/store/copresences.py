"""The table `copresences`: who asked on account of which case, who decided, and whom was found; kept 14 days, an answer
as long as the last of the days that it tells of.

What was found lies sealed beside the head, under a key that lies wrapped in the head: with the head it is gone. Rows
are stored first, under an attempt of their own, and the head last, by one conditional write that names the attempt.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from pynamodb.attributes import BinaryAttribute, UnicodeAttribute
from pynamodb.indexes import AllProjection

from nanhai.domain.copresence_requests import State
from nanhai.domain.days import DAY_S
from nanhai.domain.identifiers import Instant, OrganisationId, StaffId
from nanhai.store import batch_writing, model
from nanhai.store.attributes import PlainMapAttribute, WholeNumberAttribute
from nanhai.store.model import Start, Table, TableIndex, Write
from nanhai.store.sightings import expires_at
from nanhai.store.silent import Silent

KEPT_S = 14 * DAY_S  # of a question without an answer
REQUESTS_PER_PAGE_MAX, MET_PER_PAGE_MAX = 100, 100
HEAD, MET = "head", "met#"
LABEL = "copresence"


class QueueIndex(TableIndex["RequestRow"]):
    class Meta:
        index_name = "queue"
        projection = AllProjection()

    queue = UnicodeAttribute(hash_key=True)
    due_at = WholeNumberAttribute(range_key=True)


class CopresencesTable(Table):
    class Meta:
        table_name = "copresences"

    request = UnicodeAttribute(hash_key=True)
    row = UnicodeAttribute(range_key=True)
    expires_at = WholeNumberAttribute()


class RequestRow(CopresencesTable):
    """`queue`: copresence#<state as stored>; `decided`: by, organisation, at, why; `found`: what `Found` has, but for
    its key; `reviewed`: the row up to which the reviews are opened."""

    queue = UnicodeAttribute()
    due_at = WholeNumberAttribute()
    state = UnicodeAttribute()
    case_id = UnicodeAttribute()
    community = UnicodeAttribute()
    days = WholeNumberAttribute()
    purpose = UnicodeAttribute()
    legal_basis = UnicodeAttribute()
    asked_by = UnicodeAttribute()
    organisation = UnicodeAttribute()
    asked_at = WholeNumberAttribute()
    decided = PlainMapAttribute[Any](null=True)
    found = PlainMapAttribute[Any](null=True)
    key = BinaryAttribute(legacy_encoding=False, null=True)
    reviewed = UnicodeAttribute(null=True)
    in_queue = QueueIndex()


class MetRow(CopresencesTable):
    sealed = BinaryAttribute(legacy_encoding=False)


class Decided(msgspec.Struct, frozen=True):
    """`why` of a rejection, empty otherwise."""

    by: StaffId
    organisation: OrganisationId
    at: Instant
    why: str = ""


class Found(Silent, frozen=True):
    """What an approval brought: under which attempt it lies, sealed with which wrapped key, by which rule, from the
    first to the last local day, on which days the case's phone was heard, and how many were met."""

    attempt: str
    key: bytes
    together_s: int
    in_cell_s: int
    first: int
    last: int
    known: tuple[int, ...]
    met: int
    registered: int


class Request(msgspec.Struct, frozen=True):
    """`community`: of the case; `due_at`: when an undecided one lapses."""

    request_id: str
    state: State
    due_at: Instant
    case_id: str
    community: str
    days: int
    purpose: str
    legal_basis: str
    asked_by: StaffId
    organisation: OrganisationId
    asked_at: Instant
    decided: Decided | None = None
    found: Found | None = None
    reviewed: str = ""


def ask(new: Request) -> Write:
    stored = RequestRow(
        new.request_id,
        HEAD,
        expires_at=new.asked_at + KEPT_S,
        queue=_queue(State.OPEN),
        due_at=new.due_at,
        state=State.OPEN.value,
        case_id=new.case_id,
        community=new.community,
        days=new.days,
        purpose=new.purpose,
        legal_basis=new.legal_basis,
        asked_by=new.asked_by,
        organisation=new.organisation,
        asked_at=new.asked_at,
    )
    return model.put(LABEL, stored, RequestRow.request.does_not_exist())


def reject(request_id: str, decided: Decided) -> Write:
    """Its condition fails (label "copresence") when it is decided already, or has lapsed at `decided.at`."""
    return _decide(request_id, State.REJECTED, decided, [])


def approve(request_id: str, decided: Decided, found: Found) -> Write:
    """The same; from now on the rows of `found.attempt` are what was found."""
    changes = [
        RequestRow.found.set(_told(found)),
        RequestRow.key.set(found.key),
        RequestRow.expires_at.set(expires_at(found.last)),
    ]
    return _decide(request_id, State.APPROVED, decided, changes)


def _decide(request_id: str, state: State, decided: Decided, changes: Sequence[Any]) -> Write:
    told = {"by": decided.by, "organisation": decided.organisation, "at": decided.at, "why": decided.why}
    waits = (RequestRow.state == State.OPEN.value) & (RequestRow.due_at > decided.at)
    moved = [RequestRow.decided.set(told), *_moved(state), *changes]
    return model.update(LABEL, RequestRow(request_id, HEAD), moved, waits)


def reviewed(request_id: str, row: str) -> Write:
    """The reviews due up to this row are opened; where a run begins again."""
    going_on = RequestRow.state == State.APPROVED.value
    return model.update(LABEL, RequestRow(request_id, HEAD), [RequestRow.reviewed.set(row)], going_on)


def answered(request_id: str) -> Write:
    """Every review that is due is opened."""
    going_on = RequestRow.state == State.APPROVED.value
    return model.update(LABEL, RequestRow(request_id, HEAD), _moved(State.ANSWERED), going_on)


def get(request_id: str, now: Instant) -> Request | None:
    found = model.get(RequestRow, request_id, HEAD)
    return None if found is None or found.expires_at <= now else _request(found)


def in_state(
    state: State, now: Instant, limit: int, start: Start | None = None, due_from: Instant = 0
) -> tuple[list[Request], Start | None]:
    """Those stored as `state` and due at `due_from` or later, soonest first, and where the next page begins."""
    theirs = (RequestRow.queue == _queue(state)) & (RequestRow.due_at >= due_from)
    most = min(limit, REQUESTS_PER_PAGE_MAX)
    page, following = model.query(RequestRow, theirs, most, index=RequestRow.in_queue, start=start)
    return [_request(found) for found in page if found.expires_at > now], following


def keep_met(request_id: str, attempt: str, rows: Iterable[tuple[str, bytes]], last: int) -> None:
    """Each one sealed, by its pseudonym; seen by nobody before a head names the attempt. `last`: the last local day
    that they tell of."""
    ends = expires_at(last)
    stored = [MetRow(request_id, f"{MET}{attempt}#{name}", expires_at=ends, sealed=sealed) for name, sealed in rows]
    batch_writing.put(MetRow, stored)


def met(
    request_id: str, attempt: str, limit: int, start: Start | None = None, after: str = ""
) -> tuple[list[tuple[str, bytes]], Start | None]:
    """Of an attempt by pseudonym, those after `after`, and where the next page begins."""
    prefix = f"{MET}{attempt}#"
    theirs = (MetRow.request == request_id) & MetRow.row.between(f"{prefix}{after}!", f"{prefix}~")
    page, following = model.query(MetRow, theirs, min(limit, MET_PER_PAGE_MAX), start=start)
    return [(found.row.removeprefix(prefix), found.sealed) for found in page], following


def _moved(state: State) -> list[Any]:
    return [RequestRow.state.set(state.value), RequestRow.queue.set(_queue(state))]


def _queue(state: State) -> str:
    return f"copresence#{state.value}"


def _request(found: RequestRow) -> Request:
    return Request(
        request_id=found.request,
        state=State(found.state),
        due_at=found.due_at,
        case_id=found.case_id,
        community=found.community,
        days=found.days,
        purpose=found.purpose,
        legal_basis=found.legal_basis,
        asked_by=StaffId(found.asked_by),
        organisation=OrganisationId(found.organisation),
        asked_at=found.asked_at,
        decided=None if found.decided is None else Decided(**found.decided),
        found=_found(found),
        reviewed=found.reviewed or "",
    )


def _told(found: Found) -> dict[str, Any]:
    return {
        "attempt": found.attempt,
        "together_s": found.together_s,
        "in_cell_s": found.in_cell_s,
        "first": found.first,
        "last": found.last,
        "known": [*found.known],
        "met": found.met,
        "registered": found.registered,
    }


def _found(stored: RequestRow) -> Found | None:
    if stored.found is None or stored.key is None:
        return None
    return Found(key=stored.key, **{**stored.found, "known": tuple(stored.found["known"])})
