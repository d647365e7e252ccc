"""Co-presence is asked by one, decided by another, and all of it is written down."""

from __future__ import annotations

from nanhai.domain.actors import Role
from nanhai.domain.copresence_requests import LAPSES_S
from nanhai.services import cases
from nanhai.services.cases import CaseKind, NewCase
from nanhai.services.trajectories import co_presence_search
from nanhai.services.trajectories.co_presence_search import search
from nanhai.store import casefiles, people
from nanhai.store.writes import commit

from tests.functions.checkpoints.stand import DISTRICT, HERE
from tests.functions.trajectories.heard import heard, visit
from tests.functions.trajectories.questions import CASE_NUMBER, STRANGER, again, ask, asked, case, decide, listed, read


def test_nothing_is_looked_for_before_another_decides(stand, ill, doctor, second):
    heard(STRANGER, [visit(stand.now, -3, 7, 9)])
    request = asked(stand, doctor, ill[2])
    answer = read(stand, doctor, request)
    assert (answer["state"], answer["met"], answer["phones"], answer["known"]) == ("open", None, [], [])
    assert people.accesses(ill[0], 10)[0] == []
    assert decide(stand, doctor, request).code == "trajectories.same-hands"
    assert decide(stand, second, request).json == {"state": "approved", "met": 1, "registered": 0}


def test_a_request_is_decided_once(stand, ill, doctor, second):
    rejected, approved = (asked(stand, doctor, ill[2]) for _ in range(2))
    assert decide(stand, second, rejected, "reject", why="no-longer-needed").status == 200
    assert decide(stand, second, approved).status == 200
    for request in (rejected, approved):
        for decision in ({"decision": "approve"}, {"decision": "reject", "why": "too-wide"}):
            assert decide(stand, second, request, **decision).code == "trajectories.already-decided"
    assert read(stand, doctor, rejected)["decided"]["why"] == "no-longer-needed"


def test_of_two_who_approve_at_once_one_answer_stands(stand, ill, doctor, second, monkeypatch):
    third = stand.duty(Role.HEALTH_AUTHORITY, DISTRICT, organisation="health-2", staff_id="doctor-3")
    heard(STRANGER, [visit(stand.now, -3, 7, 9)])
    request = asked(stand, doctor, ill[2])

    def meanwhile(*about):
        monkeypatch.setattr(co_presence_search, "search", search)
        assert decide(stand, third, request).status == 200
        return search(*about)

    monkeypatch.setattr(co_presence_search, "search", meanwhile)
    assert decide(stand, second, request).code == "trajectories.already-decided"
    answer = read(stand, doctor, request)
    assert (answer["decided"]["by"], answer["met"], len(answer["phones"])) == ("doctor-3", 1, 1)


def test_undecided_for_a_day_it_has_lapsed(stand, ill, doctor, second):
    request = asked(stand, doctor, ill[2])
    stand.now += LAPSES_S
    later = again(stand, "doctor-2")
    assert decide(stand, later, request).code == "trajectories.request-lapsed"
    assert (listed(stand, later, "open"), listed(stand, later, "lapsed")) == ([], [request])


def test_a_case_that_is_over_by_then_is_none(stand, ill, doctor, second, monkeypatch):
    request = asked(stand, doctor, ill[2])
    monkeypatch.setattr(casefiles, "get", lambda case_id, now: None)
    assert decide(stand, second, request).code == "trajectories.case-over"


def test_nobody_asks_or_decides_about_themself(stand, ill, doctor):
    own = stand.duty(Role.HEALTH_AUTHORITY, DISTRICT, organisation="health-1", staff_id="ill-doctor", person=ill[0])
    assert ask(stand, own, ill[2]).code == "casework.on-oneself"
    request = asked(stand, doctor, ill[2])
    assert decide(stand, own, request).code == "casework.on-oneself"


def test_out_of_scope_and_absent_look_alike(stand, ill, doctor):
    request = asked(stand, doctor, ill[2])
    elsewhere = stand.duty(Role.HEALTH_AUTHORITY, "440604", organisation="health-9")
    for token, asked_for in ((elsewhere, request), (doctor, "nothing")):
        answer = stand.ask("trajectories", "GET", f"/co-presences/{asked_for}", token=token)
        assert (answer.status, answer.code) == (404, "absent")
        assert decide(stand, token, asked_for).status == 404
    assert listed(stand, elsewhere, "open") == []
    assert listed(stand, doctor, "open") == [request]
    assert ask(stand, elsewhere, ill[2]).faults == [("/case_id", "casework.case-unknown")]


def test_every_fault_of_a_question_is_named(stand, ill, doctor, second):
    child = stand.person(name=None)
    assert ask(stand, doctor, case(stand, ill[0], "home-visit")).faults == [("/case_id", "trajectories.case-unfit")]
    assert ask(stand, doctor, "nothing").faults == [("/case_id", "casework.case-unknown")]
    assert ask(stand, doctor, unreached(stand, child)).faults == [("/case_id", "trajectories.no-phone")]
    assert decide(stand, second, asked(stand, doctor, ill[2]), why="too-wide").faults == [
        ("/why", "trajectories.why-with-rejection")
    ]


def test_of_what_is_no_case_nothing_that_was_typed_is_written_down(stand, ill, doctor):
    elsewhere = stand.duty(Role.HEALTH_AUTHORITY, "440604", organisation="health-9")
    assert ask(stand, doctor, CASE_NUMBER.removeprefix("+")).status == 422
    assert ask(stand, elsewhere, ill[2]).status == 422
    assert ("copresence.ask", "?", "casework.case-unknown") in stand.audited()
    assert ("copresence.ask", ill[2], "casework.case-unknown") in stand.audited()
    assert CASE_NUMBER.removeprefix("+") not in str(stand.audited())


def unreached(stand, person) -> str:
    """A case about somebody of whom no phone is known."""
    opened = cases.opened(stand.here, stand.now, NewCase(CaseKind.ISOLATION, HERE, "officer", person))
    commit(opened.writes)
    return opened.case_id


def test_everything_is_written_down_and_the_person_of_the_case_is_told(stand, ill, doctor, second):
    request = asked(stand, doctor, ill[2])
    decide(stand, second, request)
    read(stand, doctor, request)
    told = {(operation, subject.partition(" ")[0]) for operation, subject, _ in stand.audited()}
    assert {("copresence.ask", request), ("copresence.decide", request)} <= told
    assert any(operation == "copresence.read" for operation, *_ in stand.audited())
    seen, _ = people.accesses(ill[0], 10)
    assert sorted((look.staff_id, look.purpose) for look in seen) == [
        ("doctor-1", "co-presence"),
        ("doctor-2", "co-presence"),
    ]
