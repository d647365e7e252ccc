"""Whom an office has before it: who lives there, and whoever has an open case there, though they live elsewhere."""

from __future__ import annotations

import pytest
from nanhai.domain.actors import Role
from nanhai.domain.days import DAY_S
from nanhai.domain.records import Clearance
from nanhai.store import casefiles, people

from tests.functions.casework.desk import clearance, get, isolation, post
from tests.functions.casework.work import opened, step
from tests.functions.checkpoints.stand import FEVER, GATE, HERE, NEXT_DOOR, OTHER_TOWN
from tests.listening import listen


@pytest.fixture
def person(stand):
    """Feverish, and at home in another town."""
    return stand.person(FEVER, community=OTHER_TOWN)


def records(stand, token, person, query="") -> int:
    return get(stand, token, f"/persons/{person}/records{query}").status


def test_who_has_an_open_case_here_is_seen_here_and_by_no_third_office(stand, community, town, person):
    next_door = stand.duty(Role.COMMUNITY_OFFICER, NEXT_DOOR, organisation="community-2")
    assert records(stand, community, person) == records(stand, town, person) == 404
    case_id = opened(stand, person=person)
    assert records(stand, community, person, f"?purpose=home-visit&case={case_id}") == 200
    assert [records(stand, token, person) for token in (community, town, next_door)] == [200, 200, 404]


def test_what_follows_from_a_visit_can_be_written_where_the_case_is(stand, community, guard, person):
    body = clearance(stand, person)
    assert post(stand, community, "/clearances", body).status == 404
    opened(stand, person=person)
    assert post(stand, community, "/clearances", body).status == 201
    assert post(stand, community, "/isolations", isolation(stand, person)).status == 201
    assert Clearance((GATE,), stand.now + DAY_S) in [record.fact for record in people.records(person)]


def test_with_the_case_the_scope_ends(stand, community, person):
    case_id = opened(stand, "counselling", person=person)
    assert step(stand, community, case_id, "counselled").status == 200
    assert records(stand, community, person) == 200
    closed = step(stand, community, case_id, "closed", outcome="helped")
    assert (closed.status, casefiles.get(case_id, stand.now).open) == (200, False)
    assert records(stand, community, person) == 404


def test_a_case_about_a_place_or_another_person_opens_nobody(stand, community, person):
    opened(stand)
    opened(stand, person=stand.person(FEVER))
    assert records(stand, community, person) == 404


def test_at_home_nobody_is_looked_for_among_cases(stand, community, monkeypatch):
    at_home = stand.person(FEVER, community=HERE)
    records(stand, community, at_home)
    heard = listen(monkeypatch)
    records(stand, community, at_home)
    assert not [asked for _, asked in heard if str(asked.get("TableName")).endswith("cases")]
