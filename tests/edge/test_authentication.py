"""A token says who; for staff the server's record says what they may, and says it again within a minute."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from nanhai.domain.actors import Role
from nanhai.edge.authentication import STAFF_KNOWN_S

from tests.edge.gateway import ask
from tests.edge.here import COMMUNITY, on_duty

RECORDS = f"/records/{COMMUNITY}"


def test_a_citizen_is_the_person_of_the_session(app, here):
    assert ask(app, "GET", "/passes/me", token=here.token(Role.CITIZEN, "P1")).json == {"name": "P1", "address": "me"}


@pytest.mark.parametrize(
    "authorization", ["Basic YTpi", "Bearer", "Bearer ", "bearer x.y.z", "Bearer " + "x" * 3_000, "garbage"]
)
def test_what_is_no_token_of_ours_is_not_a_session(app, authorization):
    given = ask(app, "GET", "/passes/me", headers={"Authorization": authorization})
    assert given.status == 401
    assert given.code != "edge.unauthenticated"


def test_a_token_ends(app, here):
    token = here.token(Role.CITIZEN, "P1")
    here.time += 901
    assert ask(app, "GET", "/passes/me", token=token).status == 401


def test_where_nobody_is_asked_a_stale_token_does_no_harm(app):
    assert ask(app, "GET", "/page", token="stale").status == 200


def test_a_dismissal_is_felt_within_a_minute(app, here, officer):
    assert ask(app, "GET", RECORDS, token=officer).status == 200
    here.staff["staff-1"] = replace(here.staff["staff-1"], active=False)
    here.time += STAFF_KNOWN_S
    given = ask(app, "GET", RECORDS, token=officer)
    assert (given.status, given.code) == (401, "edge.dismissed")


def test_the_record_is_not_read_for_every_request(app, here, officer):
    ask(app, "GET", RECORDS, token=officer)
    here.staff.clear()
    here.time += STAFF_KNOWN_S - 1
    assert ask(app, "GET", RECORDS, token=officer).status == 200


def test_a_clock_set_back_does_not_keep_a_record_forever(app, here, officer):
    ask(app, "GET", RECORDS, token=officer)
    here.staff.clear()
    here.time -= 1
    assert ask(app, "GET", RECORDS, token=officer).status == 401


def test_the_scope_is_the_records_and_not_the_tokens(app, here, officer):
    here.staff["staff-1"] = replace(here.staff["staff-1"], scope="440605001002")
    assert ask(app, "GET", RECORDS, token=officer).status == 404


def test_a_token_for_a_role_that_was_left_is_worth_nothing(app, here):
    token = on_duty(here, Role.DISTRICT_COMMAND, "440605")
    here.staff["staff-1"] = replace(here.staff["staff-1"], role=Role.COMMUNITY_OFFICER, scope=COMMUNITY)
    assert ask(app, "GET", RECORDS, token=token).status == 401


def test_staff_without_a_record_are_nobody(app, here):
    assert ask(app, "GET", RECORDS, token=here.token(Role.DISTRICT_COMMAND, "ghost")).status == 401
