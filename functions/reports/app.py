"""Reports of what may be a public health event: with a name or without, followed by a receipt, seen live by offices."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta
from nanhai.domain.errors import Absent, Invalid
from nanhai.edge import paging
from nanhai.edge.api import Api, Call
from nanhai.edge.paging import Page
from nanhai.services.identity.limits import TooMany
from nanhai.services.platform import platform
from nanhai.services.reports import asking, counting, following, listing, merging, photo_offers, reading, writing
from nanhai.services.reports.conversation import Full, MergedAlready, NothingAsked
from nanhai.services.reports.following import ReceiptUnknown
from nanhai.services.reports.merging import StandsForOthers
from nanhai.services.reports.schemas import (
    AnswerQuestion,
    Ask,
    Follow,
    Followed,
    Merge,
    Merged,
    MessageSaid,
    OfferPhoto,
    ReportCounts,
    ReportPage,
    ReportSeen,
    ReportWritten,
    WriteReport,
)
from nanhai.services.schemas import END
from nanhai.services.uploads import UploadOffered

api = Api("reports")
app = api.app


class ReportsAsked(Page, frozen=True):
    """`division`: a community, a town or the district; without it, all of the asker's scope."""

    division: Annotated[str, Meta(min_length=6, max_length=12, pattern=f"^[0-9]+{END}")] | None = None


@api.route(
    "POST",
    "/photos",
    operation="photo.offer",
    summary="A place to upload one photo to",
    returns=UploadOffered,
    status=201,
    errors=(TooMany,),
)
def offer_photo(call: Call, body: OfferPhoto) -> UploadOffered:
    return photo_offers.offer(platform(), body, call.address, call.now)


@api.route(
    "POST",
    "/",
    operation="report.write",
    summary="Report something in one's own name",
    returns=ReportWritten,
    status=201,
    once=True,
    errors=(Invalid, Absent, TooMany),
)
def write_report(call: Call, body: WriteReport) -> ReportWritten:
    return writing.write(platform(), call, body)


@api.route(
    "POST",
    "/anonymous",
    operation="report.write-anonymous",
    summary="Report something without a name",
    returns=ReportWritten,
    status=201,
    once=True,
    errors=(Invalid, TooMany),
)
def write_anonymous_report(call: Call, body: WriteReport) -> ReportWritten:
    return writing.write_anonymous(platform(), call, body, call.address)


@api.route(
    "POST",
    "/receipts",
    operation="report.follow",
    summary="What became of a report, by its receipt code",
    returns=Followed,
    errors=(ReceiptUnknown, TooMany),
)
def follow_report(call: Call, body: Follow) -> Followed:
    return following.follow(platform(), call, body, call.address)


@api.route(
    "POST",
    "/receipts/answers",
    operation="report.answer",
    summary="Answer what the office asked",
    returns=MessageSaid,
    status=201,
    once=True,
    errors=(ReceiptUnknown, NothingAsked, Full, TooMany),
)
def answer_question(call: Call, body: AnswerQuestion) -> MessageSaid:
    return following.answer(platform(), call, body, call.address)


@api.route(
    "GET",
    "/",
    operation="report.list",
    summary="Reports within scope, newest first",
    query=ReportsAsked,
    returns=ReportPage,
)
def list_reports(call: Call) -> ReportPage:
    asked = call.query
    found, following_ = listing.listed(platform(), call, asked.division, asked.limit, paging.start(call))
    return ReportPage(found, paging.cursor(call, following_))


@api.route(
    "GET",
    "/counts",
    operation="report.count",
    summary="How many reports today and this week, within scope",
    returns=ReportCounts,
)
def count_reports(call: Call) -> ReportCounts:
    return counting.count(platform(), call)


@api.route(
    "GET",
    "/{report_id}",
    operation="report.read",
    summary="One report with all that it tells",
    returns=ReportSeen,
)
def read_report(call: Call) -> ReportSeen:
    return reading.read(platform(), call, call.path["report_id"])


@api.route(
    "POST",
    "/{report_id}/questions",
    operation="report.ask",
    summary="Ask the reporter",
    returns=MessageSaid,
    status=201,
    once=True,
    errors=(MergedAlready, Full),
)
def ask_reporter(call: Call, body: Ask) -> MessageSaid:
    return asking.ask(platform(), call, call.path["report_id"], body)


@api.route(
    "POST",
    "/{report_id}/merges",
    operation="report.merge",
    summary="Merge a report into another one of the same event",
    returns=Merged,
    status=201,
    once=True,
    errors=(Invalid, MergedAlready, StandsForOthers, Full),
)
def merge_reports(call: Call, body: Merge) -> Merged:
    return merging.merge(platform(), call, call.path["report_id"], body)
