"""Who someone is: codes, sessions, registration, dependants, staff, enterprises; what officers may see, who looked."""

from __future__ import annotations

import os
from datetime import date
from typing import Annotated, Any

from chalice.app import CloudWatchEvent, DynamoDBEvent
from msgspec import Meta
from nanhai.domain.errors import Absent, Invalid
from nanhai.domain.identifiers import PersonId
from nanhai.edge import paging
from nanhai.edge.api import Api, Call
from nanhai.edge.paging import Page
from nanhai.services.identity import (
    access_log,
    audit_trail,
    codes,
    counts,
    dependants,
    desk,
    enterprise_codes,
    enterprise_sign_in,
    linking,
    me,
    notices,
    refresh,
    registration,
    sessions,
    sign_in,
    staff_sign_in,
)
from nanhai.services.identity.breaker import Paused
from nanhai.services.identity.codes import CodeExpired, CodeWrong
from nanhai.services.identity.dependants import DependantAdult, TooManyDependants
from nanhai.services.identity.limits import TooMany
from nanhai.services.identity.linking import NoWeChat
from nanhai.services.identity.persons import AlreadyRegistered
from nanhai.services.identity.proof import Unproven
from nanhai.services.identity.schemas import (
    AccessLog,
    AddDependant,
    AuditPage,
    Channels,
    CodeSent,
    Counts,
    DependantAdded,
    EnterpriseSessionOpened,
    LinkChannels,
    LookAt,
    LookUp,
    Me,
    NoticePage,
    OpenEnterpriseSession,
    OpenSession,
    OpenStaffSession,
    PersonFound,
    PersonRegistered,
    PersonSeen,
    RefreshSession,
    RegisterPerson,
    SendCode,
    SendEnterpriseCode,
    SessionOpened,
    SessionRefreshed,
    StaffSessionOpened,
)
from nanhai.services.identity.sessions import SessionEnded
from nanhai.services.identity.staff_sign_in import BadCredentials, OtherDevice
from nanhai.services.passes import holders
from nanhai.services.platform import platform
from nanhai.services.ports import LegalRegisterUnavailable, RegisterUnavailable, SmsUnavailable
from nanhai.services.wechat import WeChatCode, WeChatUnavailable
from nanhai.store.audit import SHARDS

api = Api("identity")
app = api.app


class AuditDay(Page, frozen=True, kw_only=True):
    """A day has as many chains as there are shards."""

    day: date
    shard: Annotated[int, Meta(ge=0, lt=SHARDS)]


@api.route(
    "POST",
    "/codes",
    operation="code.send",
    summary="Send a code by SMS; the answer is the same for every number",
    returns=CodeSent,
    status=202,
    errors=(Invalid, TooMany, SmsUnavailable),
)
def send_code(call: Call, body: SendCode) -> CodeSent:
    return codes.send(platform(), body, address=call.address, language=call.language, now=call.now)


@api.route(
    "POST",
    "/sessions",
    operation="session.open",
    summary="Sign in by a code",
    returns=SessionOpened,
    status=201,
    errors=(CodeWrong, CodeExpired, TooMany, Paused),
)
def open_session(call: Call, body: OpenSession) -> SessionOpened:
    return sign_in.by_code(platform(), body, address=call.address, now=call.now)


@api.route(
    "POST",
    "/sessions/refresh",
    operation="session.refresh",
    summary="Fresh tokens for a refresh token, which is good once and on its own device",
    returns=SessionRefreshed,
    errors=(SessionEnded,),
)
def refresh_session(call: Call, body: RefreshSession) -> SessionRefreshed:
    return refresh.rotate(platform(), body, call.now)


@api.route("DELETE", "/sessions/current", operation="session.close", summary="Sign out")
def close_session(call: Call) -> None:
    sessions.close(call.actor.session)


@api.route(
    "POST",
    "/staff/sessions",
    operation="staff.session.open",
    summary="Sign in as staff, by password and one-time code, on the device that the first sign-in bound",
    returns=StaffSessionOpened,
    status=201,
    errors=(BadCredentials, OtherDevice, TooMany),
)
def open_staff_session(call: Call, body: OpenStaffSession) -> StaffSessionOpened:
    return staff_sign_in.by_password(
        platform(), body, address=call.address, correlation_id=call.correlation_id, now=call.now
    )


@api.route(
    "POST",
    "/enterprise/codes",
    operation="enterprise.code.send",
    summary="Send a code to an enterprise's registered contact; the answer is the same for every enterprise",
    returns=CodeSent,
    status=202,
    errors=(Invalid, TooMany, LegalRegisterUnavailable),
)
def send_enterprise_code(call: Call, body: SendEnterpriseCode) -> CodeSent:
    return enterprise_codes.send(
        platform(),
        body,
        address=call.address,
        language=call.language,
        correlation_id=call.correlation_id,
        now=call.now,
    )


@api.route(
    "POST",
    "/enterprise/sessions",
    operation="enterprise.session.open",
    summary="Sign in for an enterprise, by unified social credit code and the code sent to its contact",
    returns=EnterpriseSessionOpened,
    status=201,
    errors=(Invalid, CodeWrong, CodeExpired, TooMany, Paused, LegalRegisterUnavailable),
)
def open_enterprise_session(call: Call, body: OpenEnterpriseSession) -> EnterpriseSessionOpened:
    return enterprise_sign_in.by_code(platform(), body, address=call.address, now=call.now)


@api.route(
    "POST",
    "/persons",
    operation="person.register",
    summary="Register by real name",
    returns=PersonRegistered,
    status=201,
    once=True,
    errors=(Invalid, Unproven, AlreadyRegistered, SessionEnded, TooMany, RegisterUnavailable),
)
def register_person(call: Call, body: RegisterPerson) -> PersonRegistered:
    return registration.register(platform(), call, body)


@api.route(
    "GET", "/me", operation="me.read", summary="Who I am, masked, and for whom I act", returns=Me, errors=(Absent,)
)
def read_me(call: Call) -> Me:
    return me.read(platform(), PersonId(call.actor.id), call.now)


@api.route(
    "GET",
    "/me/channels",
    operation="me.read",
    summary="By which channels I am told beside the inbox",
    returns=Channels,
    errors=(Absent,),
)
def read_channels(call: Call) -> Channels:
    return linking.read(platform(), PersonId(call.actor.id))


@api.route(
    "POST",
    "/me/channels",
    operation="channel.link",
    summary="Be told by WeChat too, with consent, or no longer",
    returns=Channels,
    once=True,
    errors=(Invalid, WeChatCode, WeChatUnavailable, NoWeChat, Absent, TooMany),
)
def link_channels(call: Call, body: LinkChannels) -> Channels:
    return linking.link(platform(), call, body)


@api.route(
    "POST",
    "/me/dependants",
    operation="dependant.add",
    summary="Register a child or an elderly parent, to act for them",
    returns=DependantAdded,
    status=201,
    once=True,
    errors=(
        Invalid,
        DependantAdult,
        Unproven,
        AlreadyRegistered,
        TooManyDependants,
        Absent,
        TooMany,
        RegisterUnavailable,
    ),
)
def add_dependant(call: Call, body: AddDependant) -> DependantAdded:
    return dependants.add(platform(), call, body)


@api.route(
    "GET",
    "/me/access-log",
    operation="access-log.read",
    summary="Who looked at my data, when and what for",
    query=Page,
    returns=AccessLog,
)
def read_access_log(call: Call) -> AccessLog:
    return _access_log(call, holders.ME)


@api.route(
    "GET",
    "/{who}/access-log",
    operation="access-log.read",
    summary="Who looked at a dependant's data, when and what for",
    query=Page,
    returns=AccessLog,
    errors=(Absent,),
)
def read_access_log_of(call: Call) -> AccessLog:
    return _access_log(call, call.path["who"])


@api.route("GET", "/me/notices", operation="notice.read", summary="What I was told", query=Page, returns=NoticePage)
def read_notices(call: Call) -> NoticePage:
    return _notices(call, holders.ME)


@api.route(
    "GET",
    "/{who}/notices",
    operation="notice.read",
    summary="What was told of a dependant",
    query=Page,
    returns=NoticePage,
    errors=(Absent,),
)
def read_notices_of(call: Call) -> NoticePage:
    return _notices(call, call.path["who"])


@api.route(
    "POST",
    "/desk/lookups",
    operation="person.find",
    summary="Find a person by ID card, with a purpose and a case; the person will see it",
    returns=PersonFound,
    errors=(Invalid, Absent, TooMany),
)
def look_up_person(call: Call, body: LookUp) -> PersonFound:
    return desk.look_up(platform(), call, body)


@api.route(
    "GET",
    "/persons/{person_id}",
    operation="person.read",
    summary="A person, masked, with a purpose and a case; the person will see it",
    query=LookAt,
    returns=PersonSeen,
    errors=(Invalid,),
)
def read_person(call: Call) -> PersonSeen:
    return desk.look_at(platform(), call, call.path["person_id"], call.query)


@api.route(
    "GET", "/counters", operation="counters.read", summary="Passes by town and colour, within scope", returns=Counts
)
def read_counters(call: Call) -> Counts:
    return counts.read(platform(), call)


@api.route(
    "GET",
    "/audit",
    operation="audit.read",
    summary="One chain of the audit of one day",
    query=AuditDay,
    returns=AuditPage,
)
def read_audit(call: Call) -> AuditPage:
    asked = call.query
    chain = audit_trail.chain_of(platform(), call, asked.day, asked.shard)
    entries, following = audit_trail.page(chain, asked.limit, paging.start(call))
    return AuditPage(chain, entries, paging.cursor(call, following))


# What follows a write is imported by the function that does it: the one behind the routes would start later.


@app.on_dynamodb_record(
    stream_arn=os.environ.get("NANHAI_STREAM_NOTICES", ""), batch_size=100, starting_position="TRIM_HORIZON"
)
def notify(event: DynamoDBEvent) -> dict[str, Any]:
    from nanhai.streams import notify as notifying

    return notifying.handle(event.to_dict())


@app.schedule("rate(5 minutes)")
def morning(event: CloudWatchEvent) -> None:
    from nanhai.streams import notify as notifying

    notifying.morning(lambda: event.context.get_remaining_time_in_millis() / 1_000)


def _access_log(call: Call, who: str) -> AccessLog:
    entries, following = access_log.page(holders.holder(call, who), call.query.limit, paging.start(call))
    return AccessLog(entries, paging.cursor(call, following))


def _notices(call: Call, who: str) -> NoticePage:
    holder = holders.holder(call, who)
    found, following = notices.page(holder, call.language, call.now, call.query.limit, paging.start(call))
    return NoticePage(found, paging.cursor(call, following))
