"""A cursor goes on where its own list stopped, and nowhere else."""

from __future__ import annotations

import base64

import pytest
from nanhai.domain.actors import Role
from nanhai.edge.paging import CURSOR_S

from tests.edge.gateway import ask
from tests.edge.here import COMMUNITY, on_duty


@pytest.fixture
def cursor(app, officer) -> str:
    return ask(app, "GET", "/list?state=open", token=officer).json["cursor"]


def test_a_cursor_brings_back_the_position(app, officer, cursor):
    assert ask(app, "GET", f"/list?state=open&cursor={cursor}", token=officer).json["began"] == {"n": 7}


def test_another_limit_is_the_same_list(app, officer, cursor):
    assert ask(app, "GET", f"/list?state=open&limit=50&cursor={cursor}", token=officer).status == 200


def test_a_position_cannot_be_read(cursor):
    assert b'"n"' not in base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))


@pytest.mark.parametrize("query", ["state=closed", "limit=20"])
def test_other_filters_are_another_list(app, officer, cursor, query):
    given = ask(app, "GET", f"/list?{query}&cursor={cursor}", token=officer)
    assert (given.status, given.faults) == (400, [("/cursor", "edge.cursor")])


def test_a_cursor_is_its_owners(app, here, cursor):
    colleague = on_duty(here, Role.COMMUNITY_OFFICER, COMMUNITY, staff_id="staff-2")
    assert ask(app, "GET", f"/list?state=open&cursor={cursor}", token=colleague).code == "edge.cursor"


def test_a_cursor_ends(app, here, officer, cursor):
    here.time += CURSOR_S
    assert (
        ask(app, "GET", f"/list?state=open&cursor={cursor}", token=here.token(Role.COMMUNITY_OFFICER, "staff-1")).status
        == 400
    )


@pytest.mark.parametrize(
    "change", [lambda c: c[:-4], lambda c: "A" + c[1:], lambda _: "x", lambda _: "%F0%9F%98%80", lambda _: "===="]
)
def test_a_forged_cursor_is_refused(app, officer, cursor, change):
    forged = change(cursor) if change(cursor) != cursor else "B" + cursor[1:]
    assert ask(app, "GET", f"/list?state=open&cursor={forged}", token=officer).code == "edge.cursor"
