"""Scope is a prefix, from the server's record; the matrix says how long it must at least be."""

from __future__ import annotations

import pytest
from nanhai.domain.actors import ANONYMOUS, Actor, Role
from nanhai.domain.errors import Absent
from nanhai.domain.identifiers import GateId, Scope
from nanhai.edge import authority
from nanhai.edge.authority import MATRIX, NotAllowed, NotRegistered, Unauthenticated, authorise, require_scope

from tests.edge.gateway import ask

DISTRICT, TOWN, COMMUNITY = "440605", "440605001", "440605001001"
ELSEWHERE = ["440605001002", "440605002001", "440604001001", "", "44060500100"]


def actor(role: Role, scope: str = "", **more) -> Actor:
    return Actor(role, id="someone", scope=Scope(scope), **more)


@pytest.mark.parametrize("division", ELSEWHERE)
def test_a_community_officer_sees_nothing_beyond_the_community(division):
    with pytest.raises(Absent):
        require_scope(actor(Role.COMMUNITY_OFFICER, COMMUNITY), "person.records", division)


@pytest.mark.parametrize(
    ("role", "scope", "division"),
    [
        (Role.COMMUNITY_OFFICER, COMMUNITY, COMMUNITY),
        (Role.COMMUNITY_OFFICER, COMMUNITY, COMMUNITY + "007"),  # a grid below it
        (Role.TOWN_OFFICER, TOWN, COMMUNITY),
        (Role.DISTRICT_COMMAND, DISTRICT, COMMUNITY),
        (Role.HEALTH_AUTHORITY, DISTRICT, COMMUNITY),
    ],
)
def test_a_scope_contains_what_it_begins(role, scope, division):
    require_scope(actor(role, scope), "person.records", division)


@pytest.mark.parametrize(
    ("role", "scope"),
    [
        (Role.COMMUNITY_OFFICER, TOWN),
        (Role.TOWN_OFFICER, DISTRICT),
        (Role.DISTRICT_COMMAND, "44"),
        (Role.COMMUNITY_OFFICER, ""),
        (Role.HEALTH_AUTHORITY, ""),
    ],
)
def test_a_scope_wider_than_the_role_sees_nothing(role, scope):
    with pytest.raises(NotAllowed):
        authorise(actor(role, scope), "person.records")
    with pytest.raises(Absent):
        require_scope(actor(role, scope), "person.records", COMMUNITY)


def test_a_role_without_a_rule_has_no_scope_whatever_its_record_says():
    with pytest.raises(Absent):
        require_scope(actor(Role.AUDITOR, DISTRICT), "person.records", COMMUNITY)


def test_who_is_not_signed_in_is_asked_to_and_who_is_may_be_refused():
    with pytest.raises(Unauthenticated):
        authorise(ANONYMOUS, "pass.show")
    with pytest.raises(NotAllowed):
        authorise(actor(Role.GUARD, gate=GateId("g1")), "pass.show")


def test_who_is_not_registered_may_register_and_nothing_else():
    unregistered = Actor(Role.CITIZEN, session="s1")
    assert [
        operation for operation in MATRIX if not authority.is_public(operation) and _may(unregistered, operation)
    ] == [
        "session.close",
        "person.register",
    ]
    with pytest.raises(NotRegistered):
        authorise(unregistered, "pass.apply")


def test_a_guard_without_a_gate_checks_nobody():
    with pytest.raises(NotAllowed):
        authorise(actor(Role.GUARD), "gate.scan")
    authorise(actor(Role.GUARD, gate=GateId("g1")), "gate.scan")


def test_nobody_may_do_everything():
    for role in Role:
        assert not all(_may(actor(role, DISTRICT, gate=GateId("g1")), operation) for operation in MATRIX)


def test_every_audited_operation_is_known():
    assert authority.AUDITED_READS <= authority.AUDITED <= MATRIX.keys()


def test_out_of_scope_and_absent_are_the_same_answer(app, officer):
    out, absent = (ask(app, "GET", f"/records/{division}", token=officer) for division in ("440604001001", "none"))
    assert (out.status, out.body, out.headers) == (404, absent.body, absent.headers)
    assert ask(app, "GET", f"/records/{COMMUNITY}", token=officer).status == 200


def _may(who: Actor, operation: str) -> bool:
    try:
        authorise(who, operation)
    except (Unauthenticated, NotAllowed, NotRegistered):
        return False
    return True
