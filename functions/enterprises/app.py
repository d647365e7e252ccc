"""Enterprises: filings to resume work and their decisions, rosters by consent, and the staff's daily check-ins."""

from __future__ import annotations

from nanhai.domain.errors import Absent, Invalid
from nanhai.domain.resumption import NotNow
from nanhai.edge import paging
from nanhai.edge.api import Api, Call, Raw
from nanhai.edge.paging import Cursor, Page
from nanhai.services import uploads
from nanhai.services.enterprises import (
    checkins,
    decisions,
    employments,
    export,
    filings,
    imports,
    mornings,
    progress,
    roster,
)
from nanhai.services.enterprises import schemas as s
from nanhai.services.enterprises import staff_schemas as staff
from nanhai.services.enterprises.decisions import RevisionSuperseded
from nanhai.services.enterprises.employments import TooManyEmployments
from nanhai.services.enterprises.imports import SheetChanged
from nanhai.services.enterprises.roster import RosterFull
from nanhai.services.identity.limits import TooMany
from nanhai.services.platform import platform
from nanhai.services.schemas import Request, moment
from nanhai.services.sheets import XLSX, SheetColumns, SheetTooLarge, SheetTooLong, SheetUnreadable
from nanhai.services.uploads import Purpose, UploadMediaType, UploadMissing, UploadOffered, UploadTooLarge

api = Api("enterprises")
app = api.app
app.api.binary_types.append(XLSX)  # or Chalice would send a workbook as text
SHEET = (UploadMissing, UploadTooLarge, SheetUnreadable, SheetTooLarge, SheetColumns, SheetTooLong)


class FilingsAsked(Page, frozen=True):
    """`town`: the asker's own where it is left out."""

    town: s.Town | None = None
    state: s.State = "submitted"


class ExportAsked(Request, frozen=True):
    cursor: Cursor | None = None


@api.route(
    "POST",
    "/filings",
    operation="filing.write",
    summary="File the resumption of work, or keep a draft: one more revision",
    returns=s.Filed,
    status=201,
    once=True,
    errors=(Absent, Invalid, NotNow, TooMany),
)
def file(call: Call, body: s.WriteFiling) -> s.Filed:
    return filings.write(platform(), call, body)


@api.route(
    "GET",
    "/filing",
    operation="filing.read",
    summary="The own filing with its history, newest first",
    query=Page,
    returns=s.Filing,
    errors=(Absent,),
)
def read_filing(call: Call) -> s.Filing:
    found, page, following = filings.read(platform(), call, call.query.limit, paging.start(call))
    return filings.told(found, page, paging.cursor(call, following))


@api.route(
    "GET",
    "/filings",
    operation="filing.list",
    summary="The filings of a town in one state, longest waiting first",
    query=FilingsAsked,
    returns=s.FilingPage,
    errors=(Invalid,),
)
def list_filings(call: Call) -> s.FilingPage:
    query = call.query
    found, following = decisions.listed(call, query.town, query.state, query.limit, paging.start(call))
    return s.FilingPage(found, paging.cursor(call, following))


@api.route(
    "GET",
    "/filings/{uscc}",
    operation="filing.inspect",
    summary="One filing as it was submitted",
    query=s.InspectFiling,
    returns=s.FilingInspected,
)
def inspect_filing(call: Call) -> s.FilingInspected:
    return decisions.inspect(platform(), call, call.path["uscc"], call.query)


@api.route(
    "POST",
    "/filings/{uscc}/decisions",
    operation="filing.decide",
    summary="Accept a filing, return it with reasons, or confirm that work has resumed",
    returns=s.Filed,
    once=True,
    errors=(Invalid, NotNow, RevisionSuperseded),
)
def decide_filing(call: Call, body: s.DecideFiling) -> s.Filed:
    return decisions.decide(platform(), call, call.path["uscc"], body)


@api.route(
    "GET",
    "/resumption",
    operation="resumption.read",
    summary="How far each town has got with resuming work",
    returns=s.Resumption,
)
def read_resumption(call: Call) -> s.Resumption:
    return progress.read(platform(), call)


@api.route(
    "POST",
    "/roster/invitations",
    operation="roster.invite",
    summary="Invite people to the roster; whether they exist is not told",
    returns=staff.Invited,
    status=201,
    once=True,
    errors=(Absent, Invalid, RosterFull),
)
def invite(call: Call, body: staff.Invite) -> staff.Invited:
    return roster.invite(platform(), call, body)


@api.route(
    "POST",
    "/roster/files",
    operation="roster.file",
    summary="A place to upload a sheet of the roster to",
    returns=UploadOffered,
    status=201,
    errors=(UploadMediaType,),
)
def offer_sheet(call: Call, body: staff.OfferSheet) -> UploadOffered:
    return uploads.offer(platform(), Purpose.SHEET, body.media_type, call.now)


@api.route(
    "POST",
    "/roster/imports",
    operation="roster.import",
    summary="Invite everybody in an uploaded sheet, row by row; goes on where it stopped",
    returns=staff.RosterImported,
    once=True,
    errors=(Absent, *SHEET, SheetChanged, RosterFull),
)
def import_roster(call: Call, body: staff.ImportRoster) -> staff.RosterImported:
    return imports.run(platform(), call, body.upload_id)


@api.route(
    "GET",
    "/roster/imports/{import_id}",
    operation="roster.import-read",
    summary="What became of each row of a sheet",
    query=Page,
    returns=staff.RosterImport,
)
def read_import(call: Call) -> staff.RosterImport:
    found, rows, following = imports.read(call, call.path["import_id"], call.query.limit, paging.start(call))
    return staff.RosterImport(found.import_id, found.rows, rows, paging.cursor(call, following))


@api.route(
    "GET",
    "/roster",
    operation="roster.list",
    summary="The own roster: who has joined, and whether their pass admits",
    query=Page,
    returns=staff.Roster,
)
def list_roster(call: Call) -> staff.Roster:
    entries, following = roster.listed(platform(), call, call.query.limit, paging.start(call))
    return staff.Roster(entries, moment(call.now), paging.cursor(call, following))


@api.route(
    "GET",
    "/roster.xlsx",
    operation="roster.export",
    summary="The own roster as a workbook; a Link header leads to the next one",
    query=ExportAsked,
    returns=Raw,
    media_type=XLSX,
)
def export_roster(call: Call) -> Raw:
    book, following = export.made(platform(), call, paging.start(call))
    after = paging.cursor(call, following)
    link = {} if after is None else {"Link": f'<roster.xlsx?cursor={after}>; rel="next"'}
    return Raw(book, XLSX, link)


@api.route(
    "GET",
    "/employments",
    operation="employment.read",
    summary="Whose roster one is on, and by whom one is invited",
    returns=staff.Employments,
)
def read_employments(call: Call) -> staff.Employments:
    return employments.read(platform(), call)


@api.route(
    "POST",
    "/employments/{organisation_id}",
    operation="employment.answer",
    summary="Join a roster by one's own consent, or leave it",
    returns=staff.EmploymentAnswered,
    once=True,
    errors=(Invalid, TooManyEmployments),
)
def answer_employment(call: Call, body: staff.AnswerEmployment) -> staff.EmploymentAnswered:
    return employments.answer(platform(), call, call.path["organisation_id"], body)


@api.route(
    "POST",
    "/checkins",
    operation="checkin.write",
    summary="Check in for the day at an enterprise that one has joined",
    returns=staff.CheckedIn,
    status=201,
    once=True,
    errors=(Absent, Invalid, TooMany),
)
def check_in(call: Call, body: staff.CheckIn) -> staff.CheckedIn:
    return checkins.write(platform(), call, body)


@api.route(
    "GET",
    "/checkins/{day}",
    operation="checkin.day",
    summary="Who has not checked in on a day, and how far the check-ins can be believed",
    query=Page,
    returns=staff.Day,
    errors=(Invalid,),
)
def read_day(call: Call) -> staff.Day:
    day, following = mornings.read(platform(), call, call.path["day"], call.query.limit, paging.start(call))
    return staff.Day(day.day, day.counts, day.missing, paging.cursor(call, following))
