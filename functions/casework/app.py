"""Casework: clearances, isolation with two offices, releases, test results, and the records of a person."""

from __future__ import annotations

from nanhai.domain.errors import Invalid
from nanhai.domain.governance import (
    AlreadyDecided,
    BatchNeeded,
    NotHealthAuthority,
    OnOneself,
    OrderEnded,
    ProposalExpired,
    SameOrganisation,
)
from nanhai.edge import paging
from nanhai.edge.api import Api, Call
from nanhai.edge.paging import Page
from nanhai.services.casework import approvals, clearances, isolations, records, releases, results
from nanhai.services.casework.schemas import (
    Approval,
    ApprovalPage,
    DecideApproval,
    Decided,
    IsolationProposed,
    PersonRecords,
    ProposeIsolation,
    RecordsAsked,
    RecordWritten,
    State,
    WriteClearance,
    WriteRelease,
    WriteResult,
)
from nanhai.services.platform import platform
from nanhai.services.unreadable import Unreadable

api = Api("casework")
app = api.app


class ApprovalsAsked(Page, frozen=True):
    state: State = "open"


@api.route(
    "POST",
    "/clearances",
    operation="clearance.write",
    summary="Let a yellow holder pass, limited in place and time",
    returns=RecordWritten,
    status=201,
    once=True,
    errors=(Invalid, OnOneself),
)
def clear(call: Call, body: WriteClearance) -> RecordWritten:
    return clearances.write(platform(), call, body)


@api.route(
    "POST",
    "/isolations",
    operation="isolation.propose",
    summary="Propose an isolation to the health authority",
    returns=IsolationProposed,
    status=201,
    once=True,
    errors=(Invalid, OnOneself, SameOrganisation, BatchNeeded),
)
def propose_isolation(call: Call, body: ProposeIsolation) -> IsolationProposed:
    return isolations.propose(platform(), call, body)


@api.route(
    "GET",
    "/approvals",
    operation="approval.list",
    summary="Proposals of isolation by state",
    query=ApprovalsAsked,
    returns=ApprovalPage,
)
def list_approvals(call: Call) -> ApprovalPage:
    found, following = approvals.listed(call, call.query.state, call.query.limit, paging.start(call))
    return ApprovalPage(found, paging.cursor(call, following))


@api.route(
    "GET", "/approvals/{approval_id}", operation="approval.read", summary="One proposal of isolation", returns=Approval
)
def read_approval(call: Call) -> Approval:
    return approvals.read(platform(), call, call.path["approval_id"])


@api.route(
    "POST",
    "/approvals/{approval_id}/decisions",
    operation="isolation.decide",
    summary="Approve or reject a proposal of another organisation",
    returns=Decided,
    once=True,
    errors=(OnOneself, SameOrganisation, NotHealthAuthority, AlreadyDecided, ProposalExpired),
)
def decide_approval(call: Call, body: DecideApproval) -> Decided:
    return approvals.decide(platform(), call, call.path["approval_id"], body)


@api.route(
    "POST",
    "/releases",
    operation="release.write",
    summary="End an isolation order before its own end",
    returns=RecordWritten,
    status=201,
    once=True,
    errors=(Invalid, OnOneself, OrderEnded, Unreadable),
)
def release(call: Call, body: WriteRelease) -> RecordWritten:
    return releases.write(platform(), call, body)


@api.route(
    "POST",
    "/results",
    operation="result.write",
    summary="Enter a laboratory's finding",
    returns=RecordWritten,
    status=201,
    once=True,
    errors=(Invalid, OnOneself),
)
def enter_result(call: Call, body: WriteResult) -> RecordWritten:
    return results.write(platform(), call, body)


@api.route(
    "GET",
    "/persons/{person_id}/records",
    operation="person.records",
    summary="What is known about a person",
    query=RecordsAsked,
    returns=PersonRecords,
    errors=(Invalid, Unreadable),
)
def read_records(call: Call) -> PersonRecords:
    return records.read(platform(), call, call.path["person_id"], call.query)
