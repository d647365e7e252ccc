"""Who someone is: codes, sessions, registration, dependants, staff; what officers may see, and who has looked."""

from __future__ import annotations

from datetime import date
from typing import Annotated

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
from nanhai.services.identity.persons import AlreadyRegistered
from nanhai.services.identity.proof import Unproven
from nanhai.services.identity.schemas import (
    AccessLog,
    AddDependant,
    AuditPage,
    CodeSent,
    Counts,
    DependantAdded,
    LookAt,
    LookUp,
    Me,
    NoticePage,
    OpenSession,
    OpenStaffSession,
    PersonFound,
    PersonRegistered,
    PersonSeen,
    RefreshSession,
    RegisterPerson,
    SendCode,
    SessionOpened,
    SessionRefreshed,
    StaffSessionOpened,
)
from nanhai.services.identity.sessions import SessionEnded
from nanhai.services.identity.staff_sign_in import BadCredentials, OtherDevice
from nanhai.services.passes import holders
from nanhai.services.platform import platform
from nanhai.services.ports import RegisterUnavailable, SmsUnavailable
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


@api.route(
    "GET", "/me/notices", operation="notice.read", summary="What I was told of my pass", query=Page, returns=NoticePage
)
def read_notices(call: Call) -> NoticePage:
    return _notices(call, holders.ME)


@api.route(
    "GET",
    "/{who}/notices",
    operation="notice.read",
    summary="What was told of a dependant's pass",
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


def _access_log(call: Call, who: str) -> AccessLog:
    entries, following = access_log.page(holders.holder(call, who), call.query.limit, paging.start(call))
    return AccessLog(entries, paging.cursor(call, following))


def _notices(call: Call, who: str) -> NoticePage:
    holder = holders.holder(call, who)
    found, following = notices.page(holder, call.language, call.now, call.query.limit, paging.start(call))
    return NoticePage(found, paging.cursor(call, following))
