"""Trajectories: the 14-day lookup with its certificate, what operators deliver, its index, and co-presence."""

from __future__ import annotations

import os
from typing import Any

import msgspec
from chalice.app import CloudWatchEvent, DynamoDBEvent, SQSEvent
from nanhai.domain.copresence_requests import AlreadyDecided, CaseOver, RequestLapsed, SameHands, TooManyMet
from nanhai.domain.errors import Invalid
from nanhai.domain.governance import OnOneself
from nanhai.edge import paging
from nanhai.edge.api import Api, Call, Raw
from nanhai.edge.paging import Page
from nanhai.services.identity.breaker import Paused
from nanhai.services.identity.codes import CodeExpired, CodeWrong
from nanhai.services.identity.limits import TooMany
from nanhai.services.identity.schemas import CodeSent
from nanhai.services.platform import platform
from nanhai.services.trajectories import (
    batches,
    co_presence_asking,
    co_presence_decisions,
    co_presence_reading,
    lookup,
    pdf,
)
from nanhai.services.trajectories.batch_schemas import SightingsTold, TellSightings
from nanhai.services.trajectories.batches import NotTheirs
from nanhai.services.trajectories.certificates import NoCertificate, NothingToSign
from nanhai.services.trajectories.co_presence_reading import Queue
from nanhai.services.trajectories.co_presence_schemas import (
    AskCoPresence,
    CoPresenceAsked,
    CoPresenceDecided,
    CoPresencePage,
    CoPresenceTold,
    DecideCoPresence,
)
from nanhai.services.trajectories.co_presence_search import TakesTooLong
from nanhai.services.trajectories.lookup_schemas import (
    LookUpTrajectory,
    RenderCertificate,
    SendLookupCode,
    Trajectory,
)
from nanhai.services.trajectories.naming import DaysNotTaken
from nanhai.services.trajectories.numbering import LoadDiffers, UnknownOperator
from nanhai.services.trajectories.towers import NoTowers
from nanhai.services.unreadable import Unreadable

INDEXED_AT_ONCE = 10_000  # person-days: a cell's segment is written once for all of them
INDEX_WAITS_S = 20  # for so many to come together

NO_QUEUE = "arn:aws:sqs:::none"  # where only the routes are looked at; Chalice wants a name

api = Api("trajectories")
app = api.app
app.api.binary_types.append(pdf.MEDIA_TYPE)  # or Chalice would send a document as text


@api.route(
    "POST",
    "/codes",
    operation="trajectory.code",
    summary="Send a fresh code for one lookup of one's own number",
    returns=CodeSent,
    status=202,
    errors=(Invalid, TooMany),
)
def send_code(call: Call, body: SendLookupCode) -> CodeSent:
    return lookup.send_code(platform(), body, address=call.address, language=call.language, now=call.now)


@api.route(
    "POST",
    "/lookups",
    operation="trajectory.lookup",
    summary="Where one's own number was in the last 14 days, with a certificate of it",
    returns=Trajectory,
    errors=(CodeWrong, CodeExpired, TooMany, Paused, NothingToSign),
)
def look_up(call: Call, body: LookUpTrajectory) -> Trajectory:
    return lookup.look_up(platform(), body, address=call.address, language=call.language, now=call.now)


@api.route(
    "POST",
    "/certificates",
    operation="certificate.render",
    summary="A certificate as a PDF",
    returns=Raw,
    media_type=pdf.MEDIA_TYPE,
    errors=(NoCertificate, TooMany),
)
def draw_certificate(call: Call, body: RenderCertificate) -> Raw:
    return Raw(pdf.rendered(platform(), body, call.language, address=call.address, now=call.now), pdf.MEDIA_TYPE)


# what operators deliver


@api.route(
    "POST",
    "/sightings",
    operation="sightings.write",
    summary="Some rows of an operator's signalling, whole days of a phone: all of them, or none and why",
    returns=SightingsTold,
    errors=(Invalid, UnknownOperator, NotTheirs, DaysNotTaken, NoTowers, LoadDiffers),
)
def tell_sightings(call: Call, body: TellSightings) -> SightingsTold:
    return batches.tell(platform(), call, body)


# co-presence: who was where a case's person was


class CoPresencesAsked(Page, frozen=True):
    state: Queue = "open"


@api.route(
    "POST",
    "/co-presences",
    operation="copresence.ask",
    summary="Ask who was with the person of a case; another one of the health authority decides",
    returns=CoPresenceAsked,
    status=201,
    once=True,
    errors=(Invalid, OnOneself, TooMany),
)
def ask_co_presence(call: Call, body: AskCoPresence) -> CoPresenceAsked:
    return co_presence_asking.ask(platform(), call, body)


@api.route(
    "GET",
    "/co-presences",
    operation="copresence.list",
    summary="Questions of co-presence by state",
    query=CoPresencesAsked,
    returns=CoPresencePage,
)
def list_co_presences(call: Call) -> CoPresencePage:
    asked = call.query
    found, following = co_presence_reading.listed(call, asked.state, asked.limit, paging.start(call))
    return CoPresencePage(found, paging.cursor(call, following))


@api.route(
    "GET",
    "/co-presences/{request_id}",
    operation="copresence.read",
    summary="A question of co-presence and what was found; the person of the case is told who looked",
    query=Page,
    returns=CoPresenceTold,
)
def read_co_presence(call: Call) -> CoPresenceTold:
    start, request_id = paging.start(call), call.path["request_id"]
    told, following = co_presence_reading.read(platform(), call, request_id, call.query.limit, start)
    return msgspec.structs.replace(told, next=paging.cursor(call, following))


@api.route(
    "POST",
    "/co-presences/{request_id}/decisions",
    operation="copresence.decide",
    summary="Approve or reject what somebody else asks; an approval looks",
    returns=CoPresenceDecided,
    once=True,
    errors=(
        Invalid,
        OnOneself,
        SameHands,
        AlreadyDecided,
        RequestLapsed,
        CaseOver,
        TooManyMet,
        TakesTooLong,
        Unreadable,
    ),
)
def decide_co_presence(call: Call, body: DecideCoPresence) -> CoPresenceDecided:
    return co_presence_decisions.decide(platform(), call, call.path["request_id"], body)


@app.schedule("rate(1 minute)")
def reviews(event: CloudWatchEvent) -> None:
    from nanhai.services.trajectories import co_presence_reviews

    co_presence_reviews.run(platform(), lambda: event.context.get_remaining_time_in_millis() / 1_000)


# What follows a write is imported by the function that does it: the one behind the routes would start a tenth later.


@app.on_dynamodb_record(
    stream_arn=os.environ.get("NANHAI_STREAM_SIGHTINGS", ""),
    batch_size=INDEXED_AT_ONCE,
    starting_position="TRIM_HORIZON",
    maximum_batching_window_in_seconds=INDEX_WAITS_S,
)
def index(event: DynamoDBEvent) -> dict[str, Any]:
    from nanhai.streams import index as indexing

    return indexing.handle(event.to_dict())


@app.on_sqs_message(queue_arn=os.environ.get("NANHAI_INGEST_QUEUE_ARN", NO_QUEUE), batch_size=1)
def ingest(event: SQSEvent) -> dict[str, Any]:
    from nanhai.streams import ingest as ingesting

    return ingesting.handle(event.to_dict())


@app.schedule("rate(5 minutes)")
def forget(event: CloudWatchEvent) -> None:
    from nanhai.streams import forget as forgetting

    forgetting.handle(lambda: event.context.get_remaining_time_in_millis() / 1_000)
