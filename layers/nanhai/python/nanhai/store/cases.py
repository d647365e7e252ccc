"""The table `cases`: proposals that wait for a second pair of eyes; only an approved one becomes an order."""

from __future__ import annotations

from typing import Any

import msgspec
from pynamodb.attributes import UnicodeAttribute
from pynamodb.indexes import AllProjection

from nanhai.domain.identifiers import Instant, OrganisationId, PersonId, RecordId, StaffId
from nanhai.store import model
from nanhai.store.attributes import PlainMapAttribute, WholeNumberAttribute
from nanhai.store.model import Start, Table, TableIndex, Write

CASES_PER_PAGE_MAX = 100
OPEN, APPROVED, REJECTED = "open", "approved", "rejected"


class QueueIndex(TableIndex["CaseRow"]):
    class Meta:
        index_name = "queue"
        projection = AllProjection()

    queue = UnicodeAttribute(hash_key=True)
    due_at = WholeNumberAttribute(range_key=True)


class CaseRow(Table):
    """`queue`: isolation#<state>; `decision`: by, organisation, at, note, record_id."""

    class Meta:
        table_name = "cases"

    case_id = UnicodeAttribute(hash_key=True)
    queue = UnicodeAttribute()
    due_at = WholeNumberAttribute()
    person_id = UnicodeAttribute()
    community = UnicodeAttribute()
    kind = UnicodeAttribute()
    reason = UnicodeAttribute()
    since = WholeNumberAttribute()
    until = WholeNumberAttribute()
    place = UnicodeAttribute()
    evidence = UnicodeAttribute()
    legal_basis = UnicodeAttribute()
    proposed_by = UnicodeAttribute()
    proposer_role = UnicodeAttribute()
    organisation = UnicodeAttribute()
    proposed_at = WholeNumberAttribute()
    decision = PlainMapAttribute[Any](null=True)
    in_queue = QueueIndex()


class Decision(msgspec.Struct, frozen=True):
    state: str
    by: StaffId
    organisation: OrganisationId
    at: Instant
    note: str
    record_id: RecordId | None  # the order that an approval made


class Proposal(msgspec.Struct, frozen=True):
    """An isolation that somebody proposed. `due_at`: undecided until then, it has lapsed."""

    case_id: str
    person_id: PersonId
    community: str
    kind: str
    reason: str
    since: Instant
    until: Instant
    place: str
    evidence: str
    legal_basis: str
    proposed_by: StaffId
    role: str
    organisation: OrganisationId
    proposed_at: Instant
    due_at: Instant
    decision: Decision | None = None

    @property
    def state(self) -> str:
        return OPEN if self.decision is None else self.decision.state


def propose(new: Proposal) -> Write:
    stored = CaseRow(
        new.case_id,
        queue=_queue(OPEN),
        due_at=new.due_at,
        person_id=new.person_id,
        community=new.community,
        kind=new.kind,
        reason=new.reason,
        since=new.since,
        until=new.until,
        place=new.place,
        evidence=new.evidence,
        legal_basis=new.legal_basis,
        proposed_by=new.proposed_by,
        proposer_role=new.role,
        organisation=new.organisation,
        proposed_at=new.proposed_at,
    )
    return model.put("case", stored, CaseRow.case_id.does_not_exist())


def decide(case_id: str, decision: Decision) -> Write:
    """Its condition fails (label "case") when the proposal is decided already, or has lapsed at `decision.at`."""
    made = {
        "by": decision.by,
        "organisation": decision.organisation,
        "at": decision.at,
        "note": decision.note,
        "record_id": decision.record_id,
    }
    waits = (CaseRow.queue == _queue(OPEN)) & (CaseRow.due_at > decision.at)
    changes = [CaseRow.queue.set(_queue(decision.state)), CaseRow.decision.set(made)]
    return model.update("case", CaseRow(case_id), changes, waits)


def get(case_id: str) -> Proposal | None:
    """None for what is no proposal: cases of other kinds lie in the same table (store/casefiles.py)."""
    stored = model.get_item(CaseRow, case_id)
    return None if stored is None or "queue" not in stored else _proposal(model.read(CaseRow, stored))


def in_state(
    state: str, limit: int, start: Start | None = None, due_from: Instant = 0
) -> tuple[list[Proposal], Start | None]:
    """Those due at `due_from` or later, soonest due first, and where the next page begins."""
    due = (CaseRow.queue == _queue(state)) & (CaseRow.due_at >= due_from)
    page, end = model.query(CaseRow, due, min(limit, CASES_PER_PAGE_MAX), index=CaseRow.in_queue, start=start)
    return [_proposal(found) for found in page], end


def _queue(state: str) -> str:
    return f"isolation#{state}"


def _proposal(found: CaseRow) -> Proposal:
    made = found.decision
    return Proposal(
        found.case_id,
        PersonId(found.person_id),
        found.community,
        found.kind,
        found.reason,
        found.since,
        found.until,
        found.place,
        found.evidence,
        found.legal_basis,
        StaffId(found.proposed_by),
        found.proposer_role,
        OrganisationId(found.organisation),
        found.proposed_at,
        found.due_at,
        None if made is None else _decision(found.queue.removeprefix("isolation#"), made),
    )


def _decision(state: str, made: dict[str, Any]) -> Decision:
    record = made["record_id"]
    return Decision(
        state,
        StaffId(made["by"]),
        OrganisationId(made["organisation"]),
        made["at"],
        made["note"],
        None if record is None else RecordId(record),
    )
