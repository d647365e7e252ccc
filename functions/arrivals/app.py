"""Arrivals and returns: a household tells of its own, an office imports a coach or a household from a sheet."""

from __future__ import annotations

import msgspec
from nanhai.domain.errors import Absent, Invalid
from nanhai.edge import paging
from nanhai.edge.api import Api, Call
from nanhai.edge.paging import Page
from nanhai.services import uploads
from nanhai.services.arrivals import importing, report, telling
from nanhai.services.arrivals.importing import ImportDiffers
from nanhai.services.arrivals.schemas import (
    ArrivalWritten,
    ContinueImport,
    ImportArrivals,
    ImportRead,
    ImportTold,
    OfferFile,
    WriteArrival,
)
from nanhai.services.arrivals.telling import AlreadyTold
from nanhai.services.identity.limits import TooMany
from nanhai.services.platform import platform
from nanhai.services.ports import RegisterUnavailable
from nanhai.services.sheets import SheetColumns, SheetTooLarge, SheetTooLong, SheetUnreadable
from nanhai.services.uploads import Purpose, UploadMediaType, UploadMissing, UploadOffered, UploadTooLarge

api = Api("arrivals")
app = api.app

SHEET = (SheetColumns, SheetTooLarge, SheetTooLong, SheetUnreadable, UploadMissing, UploadTooLarge)
RUN = (ImportDiffers, RegisterUnavailable, TooMany)


@api.route(
    "POST",
    "/",
    operation="arrival.write",
    summary="Tell of an arrival, for oneself and one's dependants",
    returns=ArrivalWritten,
    status=201,
    once=True,
    errors=(Invalid, Absent, AlreadyTold, TooMany),
)
def tell_arrival(call: Call, body: WriteArrival) -> ArrivalWritten:
    return telling.tell(platform(), call, body)


@api.route(
    "POST",
    "/files",
    operation="arrival.file",
    summary="A place to upload a sheet of arrivals to",
    returns=UploadOffered,
    status=201,
    errors=(UploadMediaType,),
)
def offer_file(call: Call, body: OfferFile) -> UploadOffered:
    return uploads.offer(platform(), Purpose.SHEET, body.media_type, call.now)


@api.route(
    "POST",
    "/imports",
    operation="arrival.import",
    summary="Import an uploaded sheet of arrivals, as many rows as fit",
    returns=ImportTold,
    status=201,
    once=True,
    errors=(Invalid, *SHEET, *RUN),
)
def import_arrivals(call: Call, body: ImportArrivals) -> ImportTold:
    return importing.begin(platform(), call, body)


@api.route(
    "POST",
    "/imports/{import_id}/continuations",
    operation="arrival.import",
    summary="Go on with an import whose rows did not fit",
    returns=ImportTold,
    once=True,
    errors=(*SHEET, *RUN),
)
def continue_import(call: Call, body: ContinueImport) -> ImportTold:
    return importing.go_on(platform(), call, call.path["import_id"], body.rows_max)


@api.route(
    "GET",
    "/imports/{import_id}",
    operation="arrival.import-read",
    summary="How far an import is, and what became of its rows",
    query=Page,
    returns=ImportRead,
)
def read_import(call: Call) -> ImportRead:
    found, following = report.read(call, call.path["import_id"], call.query.limit, paging.start(call))
    return msgspec.structs.replace(found, next=paging.cursor(call, following))
