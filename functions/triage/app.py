"""Self-check and help: instant advice that nothing remembers, and requests by real name that become cases."""

from __future__ import annotations

from nanhai.domain.errors import Absent, Invalid
from nanhai.edge import paging
from nanhai.edge.api import Api, Call
from nanhai.edge.paging import Page
from nanhai.services.passes import holders
from nanhai.services.platform import platform
from nanhai.services.triage import checks, helps, seen, tables
from nanhai.services.triage.helps import TooManyHelps
from nanhai.services.triage.schemas import AskForHelp, CheckMyself, HelpAsked, HelpPage, SelfChecked, TableTold, Who

api = Api("triage")
app = api.app


class HelpsAsked(Page, frozen=True):
    who: Who = holders.ME


@api.route(
    "GET",
    "/table",
    operation="triage.table",
    summary="The decision table in force: what is asked, and by which rules it is answered",
    returns=TableTold,
)
def read_table(call: Call) -> TableTold:
    return tables.told(call.now, call.language)


@api.route(
    "POST",
    "/checks",
    operation="triage.check",
    summary="Check oneself; nothing of it is kept",
    returns=SelfChecked,
    errors=(Invalid,),
)
def check(call: Call, body: CheckMyself) -> SelfChecked:
    return checks.check(platform(), body, language=call.language, now=call.now)


@api.route(
    "POST",
    "/help",
    operation="help.ask",
    summary="Ask the community for help, for oneself or a dependant",
    returns=HelpAsked,
    status=201,
    once=True,
    errors=(Invalid, Absent, TooManyHelps),
)
def ask_for_help(call: Call, body: AskForHelp) -> HelpAsked:
    return helps.ask(platform(), call, body)


@api.route(
    "GET",
    "/help",
    operation="help.read",
    summary="One's own requests for help, with every step taken and its time",
    query=HelpsAsked,
    returns=HelpPage,
    errors=(Absent,),
)
def read_helps(call: Call) -> HelpPage:
    person = holders.holder(call, call.query.who)
    found, following = seen.page(platform(), person, call.language, call.query.limit, paging.start(call))
    return HelpPage(found, paging.cursor(call, following))
