"""Whoever looks at others' data is written down, and whoever tried and may not, at every endpoint that shows any."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from nanhai.domain.actors import Role
from nanhai.domain.days import local_day
from nanhai.edge import api
from nanhai.edge.authority import AUDITED, AUDITED_READS, MATRIX
from nanhai.store import audit

from tests.contract.good import EVERY, GRANTED, ROLES, good
from tests.contract.test_matrix import actor
from tests.edge.gateway import ask
from tests.edge.here import on_duty

# Reads that a use case writes down itself, with purpose and case, or before a file is made.
BY_USE_CASE = frozenset({"person.find", "person.records", "filing.inspect", "roster.export"})
# What offices, gates and enterprises may do without a trace, and why.
NAMES_NOBODY = {
    "gate.scan": "a verdict of a token that somebody held out; thousands a minute, and the sighting is kept",
    "gate.scan-batch": "the same, later",
    "gate.count": "numbers",
    "gate.read": "gates",
    "denylist.read": "pseudonyms of a day",
    "correction.read": "pseudonyms of a day",
    "counters.read": "numbers",
    "dryrun.read": "numbers, and person ids as samples",
    "report.list": "category, place and time",
    "report.count": "numbers",
    "filing.list": "enterprises",
    "filing.read": "what the enterprise itself filed, its contact masked",
    "filing.write": "the same",
    "resumption.read": "numbers",
    "arrival.file": "a place to upload to",
    "roster.file": "a place to upload to",
    "roster.import-read": "numbers of rows, and what was wrong with them",
    "mask.order": "an enterprise's own",
    "round.stock": "numbers",
}
THEIRS = {Role.CITIZEN, Role.ANONYMOUS}
READS = [one for one in EVERY if one.endpoint.operation in AUDITED_READS | BY_USE_CASE]
WATCHED = [one for one in EVERY if one.endpoint.operation in AUDITED]


def test_what_is_done_with_others_is_audited_or_names_nobody():
    of_others = {operation for operation, roles in MATRIX.items() if roles and not roles.keys() & THEIRS}
    assert of_others - AUDITED == NAMES_NOBODY.keys()


@pytest.mark.parametrize("served", READS, ids=lambda served: served.name)
def test_an_answer_about_others_is_in_the_audit(district, served):
    assert district.citizen  # who is looked for
    request = good(district, served)
    before = len(entries(district, served))
    assert district.send(request).status in GRANTED
    assert len(entries(district, served)) > before


@pytest.mark.parametrize("served", WATCHED, ids=lambda served: served.name)
def test_whoever_is_not_let_in_is_in_the_audit(here, served):
    refused = [role for role in ROLES if role not in served.roles]
    for role in refused:
        token = here.token(role, "someone") if role in {Role.CITIZEN, Role.ENTERPRISE} else _on_duty(here, role)
        assert ask(_app(served), served.endpoint.method, _url(served), token=token).status == 403
    tried = [(entry.role, entry.operation, entry.outcome) for entry in here.audited]
    assert tried == [(role.value, served.endpoint.operation, "edge.forbidden") for role in refused]


def entries(district, served) -> list:
    found = audit.entries(local_day(district.now))
    return [one for one in found if one.entry.operation == served.endpoint.operation]


def _on_duty(here, role: Role) -> str:
    who = actor(role)
    return on_duty(here, role, who.scope, gate=who.gate, staff_id=f"staff-{role}")


def _app(served):
    from chalice.app import Chalice

    made = Chalice("audited", configure_logs=False)
    unread = replace(served.endpoint, body=None, query=None, once=False)
    made.route(served.endpoint.path, methods=[served.endpoint.method])(api.Served(made, unread))
    return made


def _url(served) -> str:
    path = served.endpoint.path
    for parameter in served.endpoint.parameters:
        path = path.replace("{" + parameter + "}", "x")
    return path
