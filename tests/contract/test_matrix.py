"""Who may do what: the matrix of the security specification, written down a second time and walked cell by cell."""

from __future__ import annotations

from itertools import product

import pytest
from msgspec.structs import replace
from nanhai.domain.actors import Actor, Role
from nanhai.domain.errors import Absent, Refusal
from nanhai.domain.identifiers import GateId, Scope
from nanhai.edge import api
from nanhai.edge.authority import MATRIX, authorise, require_scope

from infra.local.apps import load, names
from tests.edge.gateway import ask
from tests.edge.here import COMMUNITY, DISTRICT, TOWN, on_duty

# O own · E an enterprise's own · S any session · G own gate · C community · T town · D district, H health authority,
# P hospital: the district · A auditor · F department feed: the district · * everybody
EXPECTED = {
    "client.read": "*",
    "config.read": "*",
    "openapi.read": "*",
    "policy.read": "*",
    "trust.read": "*",
    "code.send": "*",
    "session.open": "*",
    "session.refresh": "*",
    "staff.session.open": "*",
    "session.close": "S",
    "person.register": "O",
    "me.read": "O",
    "dependant.add": "O",
    "access-log.read": "O",
    "notice.read": "O",
    "pass.apply": "O",
    "pass.show": "O",
    "pass.tokens": "O",
    "pass.explain": "O",
    "pass.history": "O",
    "pass.declare": "O",
    "pass.paper": "O",
    "pass.qr": "O",
    "gate.scan": "G",
    "gate.scan-batch": "G",
    "gate.count": "GCTD",
    "denylist.read": "G",
    "correction.read": "G",
    "gate.create": "CTD",
    "gate.read": "CTD",
    "person.find": "CTDH",
    "person.read": "CTDH",
    "person.records": "CTDH",
    "clearance.write": "CT",
    "isolation.propose": "CTDH",
    "isolation.decide": "H",
    "release.write": "H",
    "result.write": "HP",
    "approval.list": "CTDH",
    "approval.read": "CTDH",
    "counters.read": "CTDH",
    "dryrun.write": "DH",
    "dryrun.read": "DH",
    "audit.read": "A",
    "division.read": "*",
    "address.find": "*",
    "triage.table": "*",
    "triage.check": "*",
    "photo.offer": "*",
    "report.write-anonymous": "*",
    "report.follow": "*",
    "report.answer": "*",
    "enterprise.code.send": "*",
    "enterprise.session.open": "*",
    "round.read": "*",
    "draw.read": "*",
    "figures.read": "*",
    "channel.link": "O",
    "report.write": "O",
    "help.ask": "O",
    "help.read": "O",
    "arrival.write": "O",
    "case.mine": "O",
    "appeal.write": "O",
    "appeal.mine": "O",
    "employment.read": "O",
    "employment.answer": "O",
    "checkin.write": "O",
    "round.enter": "O",
    "entry.read": "O",
    "entry.reserve": "O",
    "filing.write": "E",
    "filing.read": "E",
    "roster.file": "E",
    "roster.invite": "E",
    "roster.import": "E",
    "roster.import-read": "E",
    "roster.list": "E",
    "roster.export": "E",
    "checkin.day": "E",
    "mask.order": "E",
    "case.list": "CTDHP",
    "case.read": "CTDHP",
    "case.open": "CTDH",
    "case.step": "CTDHP",
    "case.assign": "CTDH",
    "case.hand-over": "CTDH",
    "case.chain": "CTDH",
    "appeal.read": "TDH",
    "appeal.decide": "TDH",
    "batch.propose": "CTDH",
    "batch.list": "CTDH",
    "batch.read": "CTDH",
    "batch.decide": "DH",
    "batch.stop": "CTDH",
    "report.list": "CTDH",
    "report.read": "CTDH",
    "report.ask": "CTD",
    "report.merge": "CTD",
    "report.count": "CTDH",
    "arrival.file": "CTD",
    "arrival.import": "CTD",
    "arrival.import-read": "CTD",
    "filing.list": "TD",
    "filing.inspect": "TD",
    "filing.decide": "TD",
    "resumption.read": "TD",
    "round.create": "D",
    "round.draw": "D",
    "round.stock": "CTD",
    "pickup.write": "CT",
    "trajectory.code": "*",
    "trajectory.lookup": "*",
    "certificate.render": "*",
    "certificate.check": "*",
    "sightings.write": "F",
    "copresence.ask": "H",
    "copresence.decide": "H",
    "copresence.list": "H",
    "copresence.read": "H",
}
LETTERS = {
    Role.ANONYMOUS: "*",
    Role.CITIZEN: "*SO",
    Role.GUARD: "*SG",
    Role.COMMUNITY_OFFICER: "*SC",
    Role.TOWN_OFFICER: "*ST",
    Role.DISTRICT_COMMAND: "*SD",
    Role.HEALTH_AUTHORITY: "*SH",
    Role.HOSPITAL: "*SP",
    Role.ENTERPRISE: "*SE",
    Role.DEPARTMENT_FEED: "*SF",
    Role.SECURITY_ADMIN: "*S",
    Role.AUDITOR: "*SA",
}
OWN_SCOPE = {Role.COMMUNITY_OFFICER: COMMUNITY, Role.TOWN_OFFICER: TOWN, Role.GUARD: COMMUNITY}
DIVISIONS = {
    "the own community": COMMUNITY,
    "its neighbour": "440605001002",
    "another town": "440605002001",
    "another district": "440604001001",
    "nowhere": "",
}
SCOPED = "CTDHPAF"
ROUTES = [
    pytest.param(name, endpoint, id=f"{name} {endpoint.method} {endpoint.path}")
    for name in names()
    for endpoint in api.endpoints(load(name))  # raises for a route that declares no operation
]


def expected(operation: str, role: Role) -> bool:
    return bool(set(EXPECTED[operation]) & set(LETTERS[role]))


def actor(role: Role) -> Actor:
    if role is Role.ANONYMOUS:
        return Actor(role)
    gate = GateId("gate-1") if role is Role.GUARD else None
    return Actor(role, id="someone", scope=Scope(OWN_SCOPE.get(role, DISTRICT)), gate=gate, session="s1")


def permits(check, *arguments) -> bool:
    try:
        check(*arguments)
    except Refusal:
        return False
    return True


def test_the_matrix_has_these_operations_and_no_others():
    assert MATRIX.keys() == EXPECTED.keys()


@pytest.mark.parametrize(("operation", "role"), list(product(EXPECTED, Role)))
def test_a_role_may_do_what_the_specification_says_and_nothing_else(operation, role):
    assert permits(authorise, actor(role), operation) == expected(operation, role)


@pytest.mark.parametrize("operation", EXPECTED)
def test_a_role_sees_its_own_division_and_nothing_else(operation):
    for role, (place, division) in product(Role, DIVISIONS.items()):
        scoped = expected(operation, role) and bool(set(EXPECTED[operation]) & set(LETTERS[role]) & set(SCOPED))
        inside = bool(division) and division.startswith(OWN_SCOPE.get(role, DISTRICT))
        seen = permits(require_scope, actor(role), operation, division)
        assert seen == (scoped and inside), f"{role} in {place}"


def test_out_of_scope_is_the_plain_absent():
    with pytest.raises(Absent) as refused:
        require_scope(actor(Role.COMMUNITY_OFFICER), "person.records", "440605001002")
    assert type(refused.value) is Absent


def test_every_operation_is_served_somewhere():
    assert {route.values[1].operation for route in ROUTES} == MATRIX.keys()


@pytest.mark.parametrize(("name", "endpoint"), ROUTES)
def test_a_route_lets_in_whom_the_matrix_names_and_its_handler_never_meets_another(here, name, endpoint):
    met = []
    spied = replace(endpoint, view=lambda call, *_: met.append(call.actor.role), body=None, query=None, once=False)
    for role in Role:
        met.clear()
        given = _asked(here, spied, role)
        let_in = expected(endpoint.operation, role)
        assert bool(met) == let_in, role
        assert (given in {401, 403}) == (not let_in), role


def _asked(here, endpoint, role: Role) -> int:
    token = None
    if role in {Role.CITIZEN, Role.ENTERPRISE}:
        token = here.token(role)
    elif role is not Role.ANONYMOUS:
        who = actor(role)
        token = on_duty(here, role, who.scope, gate=who.gate, staff_id=f"staff-{role}")
    return ask(_app(endpoint), endpoint.method, _url(endpoint), token=token).status


def _app(endpoint):
    from chalice.app import Chalice

    app = Chalice("matrix", configure_logs=False)
    app.route(endpoint.path, methods=[endpoint.method])(api.Served(app, endpoint))
    return app


def _url(endpoint) -> str:
    path = endpoint.path
    for parameter in endpoint.parameters:
        path = path.replace("{" + parameter + "}", "x")
    return path


# A POST that is not here demands an Idempotency-Key.
NOT_ONCE: dict[tuple[str, str], str] = {
    ("identity", "/codes"): "a code sent twice is two codes; limits hold per phone",
    ("identity", "/sessions"): "the code itself can be used once",
    ("identity", "/sessions/refresh"): "the refresh token itself can be used once",
    ("identity", "/staff/sessions"): "the one-time password itself can be used once",
    ("identity", "/enterprise/codes"): "a code sent twice is two codes; limits hold per enterprise and contact",
    ("identity", "/enterprise/sessions"): "the code itself can be used once",
    ("identity", "/desk/lookups"): "reads",
    ("triage", "/checks"): "writes nothing",
    ("arrivals", "/files"): "nothing is stored until somebody uploads, which may be done again",
    ("enterprises", "/roster/files"): "nothing is stored until somebody uploads, which may be done again",
    ("portal", "/addresses"): "reads",
    ("reports", "/photos"): "nothing is stored until somebody uploads, which may be done again",
    ("reports", "/receipts"): "reads",
    ("checkpoints", "/scans"): "a scan seen twice is two sightings",
    ("checkpoints", "/certificates"): "writes nothing",
    ("trajectories", "/codes"): "a code sent twice is two codes; limits hold per phone",
    ("trajectories", "/lookups"): "the code itself can be used once",
    ("trajectories", "/certificates"): "writes nothing",
    ("trajectories", "/sightings"): "a delivery carries its own identity: operator and sequence",
    ("checkpoints", "/scans/batch"): "each scan of a batch carries its own identity: gate, token and time",
}


@pytest.mark.parametrize(("name", "endpoint"), ROUTES)
def test_every_post_that_writes_demands_an_idempotency_key(name, endpoint):
    assert endpoint.once == (endpoint.method == "POST" and (name, endpoint.path) not in NOT_ONCE)
