"""Casework: clearances, isolation with two offices, releases, test results, and the records of a person."""

from __future__ import annotations

from chalice.app import CloudWatchEvent
from nanhai.domain.appeals import AlreadyAnswered, AlreadyOpen, NotIndependent, NotReviewer
from nanhai.domain.batches import (
    AlreadyApproved,
    AlreadySettled,
    NotApprover,
    NotMakerOrApprover,
    TooLate,
)
from nanhai.domain.cases import CaseChanged, CaseFull, OtherTier, StepNotNow, StepNotYours
from nanhai.domain.errors import Absent, Invalid
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
from nanhai.services.casework import (
    appeal_decisions,
    appeal_reading,
    appeals,
    approvals,
    batch_decisions,
    batch_reading,
    batches,
    case_chains,
    case_hands,
    case_lists,
    case_opening,
    case_reading,
    case_steps,
    clearances,
    figures,
    isolations,
    my_cases,
    records,
    releases,
    results,
)
from nanhai.services.casework.appeal_reading import Desk
from nanhai.services.casework.appeal_schemas import (
    AppealDecided,
    AppealFiled,
    AppealTold,
    DecideAppeal,
    FileAppeal,
    MyAppeals,
    ReviewPage,
)
from nanhai.services.casework.batch_reading import Queue
from nanhai.services.casework.batch_schemas import (
    BatchDecided,
    BatchPage,
    BatchProposed,
    BatchRowPage,
    BatchTold,
    DecideBatch,
    ProposeBatch,
    StopBatch,
)
from nanhai.services.casework.case_lists import Shown
from nanhai.services.casework.case_schemas import (
    AssignCase,
    CasePage,
    CaseRead,
    CaseWritten,
    Chain,
    Division,
    HandCase,
    Kind,
    MyCasePage,
    OpenCase,
    TakeStep,
    Who,
)
from nanhai.services.casework.case_schemas import State as CaseState
from nanhai.services.casework.figures import Figures, FiguresAsked
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
from nanhai.services.identity.limits import TooMany
from nanhai.services.platform import platform
from nanhai.services.unreadable import Unreadable

api = Api("casework")
app = api.app

CASE_REFUSALS = (StepNotYours, OtherTier, StepNotNow, CaseChanged, CaseFull)


class ApprovalsAsked(Page, frozen=True):
    state: State = "open"


class CasesAsked(Page, frozen=True):
    """Without `division`, the asker's own; `mine`: assigned to the asker."""

    state: CaseState = "open"
    shown: Shown = "now"
    kind: Kind | None = None
    mine: bool = False
    division: Division | None = None


class MyCasesAsked(Page, frozen=True):
    """`who`: me, or a dependant."""

    who: Who = "me"


class AppealsAsked(Page, frozen=True):
    """`who`: me, or a dependant."""

    who: Who = "me"


class ReviewsAsked(Page, frozen=True):
    """`desk`: a town's officers answer for what a community follows up, the health authority for what is medical."""

    desk: Desk = "town"


class BatchesAsked(Page, frozen=True):
    state: Queue = "proposed"


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


# cases: what communities, towns and the district work on


@api.route("GET", "/cases", operation="case.list", summary="The list to work from", query=CasesAsked, returns=CasePage)
def list_cases(call: Call) -> CasePage:
    found, following = case_lists.listed(call, call.query, call.query.limit, paging.start(call))
    return CasePage(found, paging.cursor(call, following))


@api.route(
    "POST",
    "/cases",
    operation="case.open",
    summary="Open a case about a person, or about a community",
    returns=CaseWritten,
    status=201,
    once=True,
    errors=(Invalid, OnOneself, StepNotYours),
)
def open_case(call: Call, body: OpenCase) -> CaseWritten:
    return case_opening.open_(platform(), call, body)


@api.route(
    "GET",
    "/cases/{case_id}",
    operation="case.read",
    summary="A case with all its steps; the person is told who looked",
    returns=CaseRead,
)
def read_case(call: Call) -> CaseRead:
    return case_reading.read(platform(), call, call.path["case_id"])


@api.route(
    "POST",
    "/cases/{case_id}/steps",
    operation="case.step",
    summary="Take a step of a case, on the version that was read",
    returns=CaseWritten,
    once=True,
    errors=(Invalid, OnOneself, *CASE_REFUSALS, Unreadable),
)
def step_case(call: Call, body: TakeStep) -> CaseWritten:
    return case_steps.take(platform(), call, call.path["case_id"], body)


@api.route(
    "POST",
    "/cases/{case_id}/assignments",
    operation="case.assign",
    summary="Give a case to a member of staff",
    returns=CaseWritten,
    once=True,
    errors=(Invalid, OnOneself, *CASE_REFUSALS),
)
def assign_case(call: Call, body: AssignCase) -> CaseWritten:
    return case_hands.assign(platform(), call, call.path["case_id"], body)


@api.route(
    "POST",
    "/cases/{case_id}/hand-overs",
    operation="case.hand-over",
    summary="Hand a case over, hand it back, work on it together",
    returns=CaseWritten,
    once=True,
    errors=(OnOneself, *CASE_REFUSALS, NotReviewer, NotIndependent),
)
def hand_case(call: Call, body: HandCase) -> CaseWritten:
    return case_hands.hand(platform(), call, call.path["case_id"], body)


@api.route(
    "GET",
    "/cases/{case_id}/chain",
    operation="case.chain",
    summary="All cases that go on from one another and the records they wrote, on one timeline",
    returns=Chain,
    errors=(Unreadable,),
)
def read_chain(call: Call) -> Chain:
    return case_chains.read(platform(), call, call.path["case_id"])


@api.route(
    "GET",
    "/my/cases",
    operation="case.mine",
    summary="Cases about oneself or a dependant, with every step that is shown",
    query=MyCasesAsked,
    returns=MyCasePage,
    errors=(Absent,),
)
def list_my_cases(call: Call) -> MyCasePage:
    found, following = my_cases.listed(platform(), call, call.query.who, call.query.limit, paging.start(call))
    return MyCasePage(found, paging.cursor(call, following))


@app.schedule("rate(5 minutes)")
def escalate(event: CloudWatchEvent) -> None:
    from nanhai.streams import escalate as escalating

    escalating.handle(lambda: event.context.get_remaining_time_in_millis() / 1_000)


# batches: isolations of many people at once


@api.route(
    "POST",
    "/batches",
    operation="batch.propose",
    summary="Propose isolations of many people, each with own evidence",
    returns=BatchProposed,
    status=201,
    once=True,
    errors=(Invalid, OnOneself, SameOrganisation, TooMany),
)
def propose_batch(call: Call, body: ProposeBatch) -> BatchProposed:
    return batches.propose(platform(), call, body)


@api.route("GET", "/batches", operation="batch.list", summary="Batches by state", query=BatchesAsked, returns=BatchPage)
def list_batches(call: Call) -> BatchPage:
    found, following = batch_reading.listed(call, call.query.state, call.query.limit, paging.start(call))
    return BatchPage(found, paging.cursor(call, following))


@api.route(
    "GET",
    "/batches/{batch_id}",
    operation="batch.read",
    summary="A batch: its order, who approved, and what it would do, decided dry",
    returns=BatchTold,
)
def read_batch(call: Call) -> BatchTold:
    return batch_reading.read(platform(), call, call.path["batch_id"])


@api.route(
    "GET",
    "/batches/{batch_id}/rows",
    operation="batch.read",
    summary="The people of a batch, each with own evidence; they are told who looked",
    query=Page,
    returns=BatchRowPage,
)
def read_batch_rows(call: Call) -> BatchRowPage:
    found, following = batch_reading.rows(platform(), call, call.path["batch_id"], call.query.limit, paging.start(call))
    return BatchRowPage(found, paging.cursor(call, following))


@api.route(
    "POST",
    "/batches/{batch_id}/decisions",
    operation="batch.decide",
    summary="Approve or reject a batch of another organisation; the second approval begins the hold",
    returns=BatchDecided,
    once=True,
    errors=(Invalid, OnOneself, SameOrganisation, NotApprover, AlreadySettled, AlreadyApproved, TooLate),
)
def decide_batch(call: Call, body: DecideBatch) -> BatchDecided:
    return batch_decisions.decide(platform(), call, call.path["batch_id"], body)


@api.route(
    "POST",
    "/batches/{batch_id}/stops",
    operation="batch.stop",
    summary="Stop a batch before its hold is over",
    returns=BatchDecided,
    once=True,
    errors=(NotMakerOrApprover, AlreadySettled, AlreadyApproved, TooLate),
)
def stop_batch(call: Call, body: StopBatch) -> BatchDecided:
    return batch_decisions.stop(platform(), call, call.path["batch_id"], body)


# appeals, and what the public is told


@api.route(
    "POST",
    "/appeals",
    operation="appeal.write",
    summary="Appeal against a record behind the present colour, one's own or a dependant's",
    returns=AppealFiled,
    status=201,
    once=True,
    errors=(Absent, Invalid, AlreadyOpen, Unreadable, TooMany),
)
def file_appeal(call: Call, body: FileAppeal) -> AppealFiled:
    return appeals.file(platform(), call, body)


@api.route(
    "GET",
    "/appeals",
    operation="appeal.mine",
    summary="One's own appeals or a dependant's, with every step and clock",
    query=AppealsAsked,
    returns=MyAppeals,
    errors=(Absent,),
)
def list_my_appeals(call: Call) -> MyAppeals:
    found, following = appeal_reading.mine(platform(), call, call.query.who, call.query.limit, paging.start(call))
    return MyAppeals(found, paging.cursor(call, following))


@api.route(
    "GET",
    "/reviews",
    operation="appeal.read",
    summary="Appeals that wait for the asker's office",
    query=ReviewsAsked,
    returns=ReviewPage,
)
def list_reviews(call: Call) -> ReviewPage:
    found, following = appeal_reading.waiting(call, call.query.desk, call.query.limit, paging.start(call))
    return ReviewPage(found, paging.cursor(call, following))


@api.route(
    "GET",
    "/appeals/{appeal_id}",
    operation="appeal.read",
    summary="An appeal, for who may judge it: record, statement and evidence",
    returns=AppealTold,
    errors=(OnOneself, NotReviewer, NotIndependent, Unreadable),
)
def read_appeal(call: Call) -> AppealTold:
    return appeal_reading.read(platform(), call, call.path["appeal_id"])


@api.route(
    "POST",
    "/appeals/{appeal_id}/decisions",
    operation="appeal.decide",
    summary="Uphold or dismiss an appeal; upheld, its record is withdrawn at once",
    returns=AppealDecided,
    once=True,
    errors=(Invalid, OnOneself, NotReviewer, NotIndependent, AlreadyAnswered, OtherTier, CaseChanged, Unreadable),
)
def decide_appeal(call: Call, body: DecideAppeal) -> AppealDecided:
    return appeal_decisions.decide(platform(), call, call.path["appeal_id"], body)


@api.route(
    "GET",
    "/figures",
    operation="figures.read",
    summary="Public daily figures; no number below ten",
    query=FiguresAsked,
    returns=Figures,
    errors=(Absent,),
)
def read_figures(call: Call) -> Figures:
    return figures.read(call.now, call.query)


@app.schedule("rate(1 minute)")
def effect(event: CloudWatchEvent) -> None:
    """What time has made due: orders of batches, gates to be told, alarms, the figures of the day."""
    from nanhai.streams import effect as taking_effect

    taking_effect.handle(lambda: event.context.get_remaining_time_in_millis() / 1_000)
