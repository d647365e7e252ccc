"""Gates: checks online and offline, what offline gates need, and the counts of each gate."""

from __future__ import annotations

import os
from datetime import date
from typing import Any

import msgspec
from chalice.app import DynamoDBEvent
from nanhai.domain.errors import Invalid
from nanhai.domain.identifiers import GateId
from nanhai.edge import paging
from nanhai.edge.api import Api, Call
from nanhai.edge.paging import Cursor, Page
from nanhai.services.checkpoints import batch, corrections, counts, denials, gates, scan, trust
from nanhai.services.checkpoints.denials import NothingToSign
from nanhai.services.checkpoints.gates import GateTaken
from nanhai.services.checkpoints.posts import GateUnknown
from nanhai.services.checkpoints.schemas import (
    Checked,
    Community,
    CorrectionPage,
    CreateGate,
    Gate,
    GateCounts,
    GatePage,
    Moment,
    Scan,
    ScansKept,
    SignedDenylist,
    SignedTrust,
    UploadScans,
)
from nanhai.services.identity.limits import TooMany
from nanhai.services.platform import platform
from nanhai.services.schemas import Request, instant
from nanhai.services.trajectories.certificate_schemas import CertificateChecked, CheckCertificate
from nanhai.streams import count as counting

api = Api("checkpoints")
app = api.app
AT_GATE = (GateUnknown, TooMany)


class GatesAsked(Page, frozen=True, kw_only=True):
    community: Community


class CountsAsked(Request, frozen=True):
    day: date | None = None


class DenialsAsked(Request, frozen=True):
    """`cursor`: for the next part of a delta, asked with the same `since`."""

    since: Moment | None = None
    cursor: Cursor | None = None


class CorrectionsAsked(Page, frozen=True):
    since: Moment | None = None


@api.route("POST", "/scans", operation="gate.scan", summary="Check one pass", returns=Checked, errors=AT_GATE)
def check(call: Call, body: Scan) -> Checked:
    return scan.check(platform(), call, body.token, call.language)


@api.route(
    "POST",
    "/scans/batch",
    operation="gate.scan-batch",
    summary="Upload checks that were made without a network",
    returns=ScansKept,
    errors=AT_GATE,
)
def upload(call: Call, body: UploadScans) -> ScansKept:
    return batch.upload(platform(), call, body.scans)


@api.route(
    "POST",
    "/certificates",
    operation="certificate.check",
    summary="Check a certificate of where a number was",
    returns=CertificateChecked,
)
def check_certificate(call: Call, body: CheckCertificate) -> CertificateChecked:
    from nanhai.services.trajectories import certificates  # no scan waits for it

    return certificates.check(platform(), body.certificate, call.language, call.now)


@api.route(
    "POST",
    "/gates",
    operation="gate.create",
    summary="Set up a gate",
    returns=Gate,
    status=201,
    once=True,
    errors=(Invalid, GateTaken),
)
def create_gate(call: Call, body: CreateGate) -> Gate:
    return gates.create(platform(), call, body)


@api.route(
    "GET", "/gates", operation="gate.read", summary="The gates of a community", query=GatesAsked, returns=GatePage
)
def list_gates(call: Call) -> GatePage:
    found, following = gates.listed(call, call.query.community, call.query.limit, paging.start(call))
    return GatePage(found, paging.cursor(call, following))


@api.route(
    "GET",
    "/gates/{gate_id}/counts",
    operation="gate.count",
    summary="The checks of a gate on one day",
    query=CountsAsked,
    returns=GateCounts,
)
def count_checks(call: Call) -> GateCounts:
    return counts.of_day(call, GateId(call.path["gate_id"]), call.query.day)


@api.route("GET", "/trust", operation="trust.read", summary="Whose tokens verify here", returns=SignedTrust)
def read_trust(call: Call) -> SignedTrust:
    return trust.read(platform(), call.now)


@api.route(
    "GET",
    "/denylist",
    operation="denylist.read",
    summary="Whom an offline gate has to deny from now on",
    query=DenialsAsked,
    returns=SignedDenylist,
    errors=(NothingToSign,),
)
def read_denylist(call: Call) -> SignedDenylist:
    since = call.query.since
    asked = None if since is None else instant(since)
    found, following = denials.since(platform(), asked, paging.start(call), call.now)
    return msgspec.structs.replace(found, next=paging.cursor(call, following))


@api.route(
    "GET",
    "/corrections",
    operation="correction.read",
    summary="Colours that this gate saw and that were wrong",
    query=CorrectionsAsked,
    returns=CorrectionPage,
    errors=(GateUnknown,),
)
def read_corrections(call: Call) -> CorrectionPage:
    since = 0 if call.query.since is None else instant(call.query.since)
    found, following = corrections.of_gate(
        platform(), call.actor, since, call.now, call.query.limit, paging.start(call)
    )
    return CorrectionPage(found, paging.cursor(call, following))


@app.on_dynamodb_record(
    stream_arn=os.environ.get("NANHAI_STREAM_SCANS", ""), batch_size=100, starting_position="TRIM_HORIZON"
)
def count(event: DynamoDBEvent) -> dict[str, Any]:
    return counting.handle(event.to_dict())
