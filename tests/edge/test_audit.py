"""What the edge writes down of its own accord, and what a request leaves in the log."""

from __future__ import annotations

import json

import pytest
from nanhai.domain.actors import Role
from nanhai.store import audit

from tests.edge.gateway import ask
from tests.edge.here import COMMUNITY, on_duty

SOMEONE = "2E9JFPQKY9Z80"


def told(here) -> list[tuple[str, str, str, str]]:
    return [(entry.actor, entry.operation, entry.subject, entry.outcome) for entry in here.audited]


def test_an_attempt_out_of_scope_is_audited_with_what_it_asked_for(app, here, officer):
    ask(app, "GET", f"/records/{SOMEONE}", token=officer)
    assert told(here) == [("staff-1", "person.records", SOMEONE, "absent")]


def test_what_is_truly_absent_is_audited_as_such(app, here, officer):
    ask(app, "GET", "/records/none", token=officer)
    assert told(here) == [("staff-1", "person.records", "?", "sample.no-such-case")]


@pytest.mark.parametrize("typed", ["44060519860314003X", "13800138000", "E12345678", "%E9%BB%84%E5%A4%A7%E5%B9%B4"])
def test_what_is_no_identifier_may_be_a_number_or_a_name_and_is_not_kept(app, here, officer, typed):
    ask(app, "GET", f"/records/{typed}", token=officer)
    assert told(here) == [("staff-1", "person.records", "?", "absent")]


def test_a_role_that_may_not_is_audited(app, here):
    ask(app, "GET", f"/records/{SOMEONE}", token=here.token(Role.CITIZEN, "P1"))
    assert told(here) == [("P1", "person.records", SOMEONE, "edge.forbidden")]


def test_a_dismissed_officer_is_audited_by_id(app, here):
    token = on_duty(here, Role.COMMUNITY_OFFICER, COMMUNITY, active=False)
    ask(app, "GET", f"/records/{SOMEONE}", token=token)
    assert told(here) == [("staff-1", "person.records", SOMEONE, "edge.dismissed")]


def test_nobody_known_fills_the_audit(app, here):
    ask(app, "GET", f"/records/{COMMUNITY}")
    ask(app, "GET", f"/records/{COMMUNITY}", token="garbage")
    assert told(here) == []


def test_a_read_of_personal_data_is_audited_before_its_answer(app, here, officer):
    assert ask(app, "GET", "/list", token=officer).status == 200
    assert told(here) == [("staff-1", "approval.list", "", "answered")]


def test_without_its_audit_neither_an_answer_nor_a_refusal_is_given(app, here, officer, monkeypatch):
    def full(entries, now):
        raise audit_unavailable()

    from nanhai.store.writes import StoreUnavailable as audit_unavailable

    monkeypatch.setattr(audit, "append", full)
    assert ask(app, "GET", "/list", token=officer).status == 503
    assert ask(app, "GET", "/records/440604001001", token=officer).status == 503


def test_a_request_leaves_one_line_that_names_the_route_and_nobody(app, here, officer, capsys):
    ask(app, "GET", f"/records/{COMMUNITY}", token=officer, headers={"User-Agent": "phone"})
    (line,) = capsys.readouterr().out.splitlines()
    said = json.loads(line)
    assert said.pop("ms") >= 0
    assert said == {
        "event": "request",
        "correlation_id": "11111111-2222-4333-8444-555555555555",
        "method": "GET",
        "route": "/records/{division}",
        "operation": "person.records",
        "role": "community-officer",
        "status": 200,
    }


def test_a_failure_leaves_where_it_happened_and_not_what_it_said(app, capsys):
    ask(app, "GET", "/trouble/bug")
    failure = json.loads(capsys.readouterr().out.splitlines()[0])
    assert (failure["event"], failure["failure"]) == ("failure", "KeyError")
    assert any(where.startswith("trouble:") for where in failure["where"])
