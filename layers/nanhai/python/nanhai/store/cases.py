"""The table `cases`: proposals that wait for a second pair of eyes; only an approved one becomes an order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from nanhai.domain.identifiers import Instant, OrganisationId, PersonId, RecordId, StaffId
from nanhai.store.connection import client, table_name
from nanhai.store.wire import Item, attribute, item, row
from nanhai.store.writes import Write, put, update

TABLE = "cases"
QUEUE_INDEX = "queue"
CASES_PER_PAGE_MAX = 100
OPEN, APPROVED, REJECTED = "open", "approved", "rejected"
STATES = (OPEN, APPROVED, REJECTED)


@dataclass(frozen=True, slots=True)
class Decision:
    state: str
    by: StaffId
    organisation: OrganisationId
    at: Instant
    note: str
    record_id: RecordId | None  # the order that an approval made


@dataclass(frozen=True, slots=True)
class Proposal:
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
    stored = item(
        case_id=new.case_id,
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
    return put("case", TABLE, stored, "attribute_not_exists(case_id)")


def decide(case_id: str, decision: Decision) -> Write:
    """Its condition fails (label "case") when the proposal is decided already, or has lapsed at `decision.at`."""
    made = {
        "by": decision.by,
        "organisation": decision.organisation,
        "at": decision.at,
        "note": decision.note,
        "record_id": decision.record_id,
    }
    return update(
        "case",
        TABLE,
        item(case_id=case_id),
        "SET queue = :decided, decision = :decision",
        "queue = :open AND due_at > :now",
        decided=_queue(decision.state),
        decision=made,
        open=_queue(OPEN),
        now=decision.at,
    )


def get(case_id: str) -> Proposal | None:
    asked = {"TableName": table_name(TABLE), "Key": item(case_id=case_id), "ConsistentRead": True}
    found = client().get_item(**asked).get("Item")
    return None if found is None else _proposal(found)


def in_state(
    state: str, limit: int, start: Item | None = None, due_from: Instant = 0
) -> tuple[list[Proposal], Item | None]:
    """Those due at `due_from` or later, soonest due first, and where the next page begins."""
    asked: dict[str, Any] = {
        "TableName": table_name(TABLE),
        "IndexName": QUEUE_INDEX,
        "KeyConditionExpression": "queue = :queue AND due_at >= :from",
        "ExpressionAttributeValues": {":queue": attribute(_queue(state)), ":from": attribute(due_from)},
        "Limit": min(limit, CASES_PER_PAGE_MAX),
    }
    page = client().query(**asked, **({} if start is None else {"ExclusiveStartKey": start}))
    return [_proposal(stored) for stored in page["Items"]], page.get("LastEvaluatedKey")


def _queue(state: str) -> str:
    return f"isolation#{state}"


def _proposal(stored: Item) -> Proposal:
    found = row(stored)
    made = found.get("decision")
    state = found["queue"].removeprefix("isolation#")
    return Proposal(
        found["case_id"],
        PersonId(found["person_id"]),
        found["community"],
        found["kind"],
        found["reason"],
        found["since"],
        found["until"],
        found["place"],
        found["evidence"],
        found["legal_basis"],
        StaffId(found["proposed_by"]),
        found["proposer_role"],
        OrganisationId(found["organisation"]),
        found["proposed_at"],
        found["due_at"],
        None if made is None else _decision(state, made),
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
