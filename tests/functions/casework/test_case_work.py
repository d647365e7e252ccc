"""A case is opened, worked on step by step and ended; the person sees each step, and who looked."""

from __future__ import annotations

import pytest
from nanhai.domain.actors import Role
from nanhai.domain.records import Release, Result, Source
from nanhai.services import casetexts
from nanhai.store import casefiles, keys, notices, people
from nanhai.vault import sessions

from tests.functions.casework.desk import DAY_S, clearance, get, post
from tests.functions.casework.work import asked, opened, read, step, version
from tests.functions.checkpoints.stand import DISTRICT, FEVER, HERE, OTHER_TOWN, rfc3339


def citizen(stand, person) -> str:
    return sessions.issue(stand.here.ring, subject=person, kind="citizen", session="s", role="citizen", now=stand.now)


def mine(stand, person, query="") -> list[dict]:
    answer = get(stand, citizen(stand, person), f"/my/cases{query}")
    assert answer.status == 200, answer.body
    return answer.json["cases"]


def test_an_officer_opens_a_case_about_a_person_of_their_community(stand, community):
    person = stand.person(name="陈小明")
    case = read(stand, community, asked(stand, community, person_id=person, summary="独居老人，需要上门"))
    assert (case["person_id"], case["summary"], case["origin"]) == (person, "独居老人，需要上门", "officer")
    told = case["case"]
    assert (told["kind"], told["state"], told["community"], told["tier"]) == ("home-visit", "open", HERE, "community")
    assert told["due_at"] == rfc3339(stand.now + DAY_S)
    assert [(s["code"], s["by"], s["office"]) for s in case["steps"]] == [("opened", "officer-1", "community-1")]


def test_a_case_without_a_person_is_about_a_community_that_exists(stand, community, town):
    case = read(stand, town, asked(stand, town, community=HERE, kind="disinfection"))
    assert (case["person_id"], case["case"]["community"], case["summary"]) == (None, HERE, "lives alone")
    refused = [
        post(stand, town, "/cases", {"kind": "disinfection", "summary": "x", "community": code})
        for code in ("440605011999", OTHER_TOWN)
    ]
    assert [(answer.status, answer.code) for answer in refused] == [(404, "absent")] * 2


@pytest.mark.parametrize("about", [{}, {"person_id": "P000000000000", "community": HERE}])
def test_a_case_is_about_a_person_or_a_community_and_not_both(stand, community, about):
    answer = post(stand, community, "/cases", {"kind": "home-visit", "summary": "x"} | about)
    assert (answer.status, answer.faults) == (422, [("/community", "casework.person-or-community")])


def test_no_officer_opens_an_appeal(stand, community):
    answer = post(stand, community, "/cases", {"kind": "appeal", "summary": "x", "person_id": stand.person()})
    assert (answer.status, answer.code) == (403, "casework.step-not-yours")


def test_what_is_written_down_lies_sealed_and_is_shredded_with_the_persons_key(stand, community):
    person = stand.person(name="陈小明")
    case_id = asked(stand, community, person_id=person, summary="secret summary")
    step(stand, community, case_id, "called", note="secret note")
    stored = casefiles.get(case_id, stand.now)
    assert b"secret" not in stored.summary
    assert b"secret" not in stored.steps[-1].note
    assert read(stand, community, case_id)["steps"][-1]["note"] == "secret note"
    keys.shred(person)
    case = read(stand, community, case_id)
    assert (case["summary"], case["steps"][-1]["note"]) == ("", "")


def test_a_sealed_note_opens_at_its_own_place_alone(stand, community):
    first, second = (asked(stand, community, community=HERE, kind="disinfection") for _ in range(2))
    step(stand, community, first, "called", note="of the first")
    stolen = casefiles.get(first, stand.now).steps[-1]
    other = casefiles.get(second, stand.now)
    with pytest.raises(casetexts.sealing.Tampered):
        casetexts.opened(stand.here, casetexts.replace(other, steps=(*other.steps, stolen)))


def test_the_person_sees_every_step_that_is_shown_and_not_the_notes_and_is_told_of_each(stand, community):
    person = stand.person(name="陈小明")
    case_id = asked(stand, community, person_id=person)
    for code in ("called", "noted", "visited"):
        stand.now += 60
        assert step(stand, community, case_id, code, note="not for them").status == 200
    (case,) = mine(stand, person)
    assert (case["case_id"], case["kind_text"]) == (case_id, "上门走访")
    assert [s["code"] for s in case["steps"]] == ["opened", "called", "visited"]
    assert case["steps"][-1]["text"] == "已上门走访"
    assert case["steps"][-1]["at"] == rfc3339(stand.now)
    assert "officer-1" not in str(case)
    assert "not for them" not in str(case)
    news = notices.page(person, stand.now, 10)[0]
    assert [told.subject for told in news] == [f"{case_id}#{n}" for n in (4, 2, 1)]
    inbox = stand.ask("identity", "GET", "/me/notices", token=citizen(stand, person))
    assert inbox.json["notices"][0]["text"] == "您的“上门走访”有新进展：已上门走访。"


def test_nobody_sees_the_cases_of_another(stand, community):
    person, other = stand.person(name="陈小明"), stand.person()
    asked(stand, community, person_id=person)
    assert mine(stand, other) == []
    assert get(stand, citizen(stand, other), f"/my/cases?who={person}").status == 404


def test_a_guardian_sees_those_of_a_dependant(stand, community):
    parent, child = stand.person(), stand.person(name="陈小宝")
    people_link = people.link(parent, child, "child", stand.now + DAY_S)
    people.commit([people_link])
    case_id = asked(stand, community, person_id=child)
    assert [case["case_id"] for case in mine(stand, parent, f"?who={child}")] == [case_id]


def test_whoever_reads_a_case_is_audited_and_told_to_the_person(stand, community):
    person = stand.person(name="陈小明")
    case_id = asked(stand, community, person_id=person)
    read(stand, community, case_id)
    (seen,) = people.accesses(person, 10)[0]
    assert (seen.staff_id, seen.organisation, seen.purpose) == ("officer-1", "community-1", "home-visit")
    audited = stand.audited()
    assert ("case.read", case_id, "answered") in audited
    assert ("case.open", person, "asked") in audited


def test_the_district_command_is_not_shown_what_was_written_down(stand, community):
    case_id = asked(stand, community, person_id=stand.person(name="陈小明"))
    step(stand, community, case_id, "called", note="38.2 °C")
    case = read(stand, stand.duty(Role.DISTRICT_COMMAND, DISTRICT), case_id)
    assert (case["summary"], case["steps"][-1]["note"]) == ("＊", "＊")


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        ({}, [("/outcome", "casework.step-needs-it")]),
        ({"outcome": "danced"}, [("/outcome", "casework.outcome-not-here")]),
        ({"outcome": "cleared"}, [("/record", "casework.record-needed")]),
        ({"outcome": "cleared", "record": "01" * 13}, [("/record", "casework.record-no-ground")]),
        (
            {"outcome": "moved-away", "organisation": "hospital-1", "appointment_at": "2020-01-01T00:00:00Z"},
            [
                ("/organisation", "casework.step-takes-it-not"),
                ("/appointment_at", "casework.step-takes-it-not"),
                ("/appointment_at", "casework.appointment-past"),
            ],
        ),
    ],
)
def test_every_fault_of_a_step_is_named_at_once(stand, community, body, faults):
    case_id = opened(stand, "verify-yellow", person=stand.person())
    step(stand, community, case_id, "called")
    answer = step(stand, community, case_id, "closed", **body)
    assert (answer.status, answer.faults) == (422, faults)


def test_a_yellow_is_closed_as_cleared_by_a_clearance_of_this_person_since_it_was_opened(stand, community, guard):
    person, other = stand.person(FEVER), stand.person(FEVER)
    before = stand.add(person, stand.clearance("GATE-1"), Source.COMMUNITY)
    stand.now += 60
    case_id = opened(stand, "verify-yellow", person=person)
    theirs = stand.add(other, stand.clearance("GATE-1"), Source.COMMUNITY)
    tested = stand.add(person, Result(False, "nucleic-acid"), Source.HOSPITAL)
    step(stand, community, case_id, "visited")
    for record in (before, theirs, tested):
        answer = step(stand, community, case_id, "closed", outcome="cleared", record=record)
        assert (answer.status, answer.faults) == (422, [("/record", "casework.record-no-ground")])
    written = post(stand, community, "/clearances", clearance(stand, person, evidence=case_id))
    answer = step(stand, community, case_id, "closed", outcome="cleared", record=written.json["record_id"])
    assert (answer.status, answer.json["state"]) == (200, "closed")
    case = read(stand, community, case_id)
    assert (case["case"]["outcome"], case["case"]["working"], case["can"]) == ("cleared", [], [])
    assert case["steps"][-1]["details"] == {"outcome": "cleared", "record": written.json["record_id"]}


def test_a_closed_case_takes_no_step(stand, community):
    case_id = opened(stand)
    step(stand, community, case_id, "closed", outcome="declined")
    answer = step(stand, community, case_id, "visited")
    assert (answer.status, answer.code) == (409, "casework.step-not-now")


def test_isolation_goes_from_its_start_by_daily_checks_to_the_release(stand, community, health):
    person = stand.person()
    case_id = opened(stand, "isolation", person=person)
    order = stand.add(person, stand.order())
    step(stand, community, case_id, "started", record=order)
    for _ in range(3):
        stand.now += DAY_S
        officer = stand.token_of("officer-1", Role.COMMUNITY_OFFICER)
        assert read(stand, officer, case_id)["case"]["overdue"] is True
        assert step(stand, officer, case_id, "monitored").status == 200
        assert read(stand, officer, case_id)["case"]["due_at"] == rfc3339(stand.now + DAY_S)
    released = stand.add(person, Release(order))
    answer = step(stand, officer, case_id, "closed", outcome="released", record=released)
    assert answer.status == 200


def test_an_appointment_is_offered_confirmed_by_the_hospital_and_seen_by_the_person(stand, community):
    person = stand.person(name="陈小明")
    hospital = stand.duty(Role.HOSPITAL, DISTRICT, organisation="hospital-1")
    case_id = asked(stand, community, person_id=person, kind="hospital-referral")
    assert get(stand, hospital, f"/cases/{case_id}").status == 404
    assert step(stand, community, case_id, "referred", organisation="hospital-1").status == 200
    case = read(stand, hospital, case_id)
    assert (case["summary"], "appointment-confirmed" in case["can"]) == ("lives alone", True)
    at = rfc3339(stand.now + DAY_S)
    assert step(stand, community, case_id, "appointment-confirmed", appointment_at=at).status == 403
    assert step(stand, hospital, case_id, "appointment-confirmed", appointment_at=at).status == 200
    told = mine(stand, person)[0]["steps"][-1]
    assert (told["code"], told["details"]) == ("appointment-confirmed", {"appointment_at": at})


def test_nobody_works_on_their_own_case(stand, community):
    person = stand.person(name="陈小明")
    own = stand.duty(Role.COMMUNITY_OFFICER, HERE, person=person)
    case_id = asked(stand, community, person_id=person)
    answers = [
        step(stand, own, case_id, "visited"),
        post(stand, own, "/cases", {"kind": "home-visit", "summary": "x", "person_id": person}),
    ]
    assert [(answer.status, answer.code) for answer in answers] == [(403, "casework.on-oneself")] * 2


def test_a_step_on_a_version_that_is_no_more_is_a_conflict(stand, community):
    case_id = opened(stand)
    known = version(stand, case_id)
    assert step(stand, community, case_id, "called").status == 200
    answer = step(stand, community, case_id, "visited", at_version=known)
    assert (answer.status, answer.code) == (409, "casework.case-changed")


def test_the_same_request_again_is_the_same_step(stand, community):
    case_id = opened(stand)
    known = version(stand, case_id)
    answers = [step(stand, community, case_id, "called", at_version=known, once="c" * 32) for _ in range(2)]
    assert answers[0].json == answers[1].json
    assert len(casefiles.get(case_id, stand.now).steps) == 2


def test_a_proposal_of_isolation_is_no_case_and_a_case_is_no_proposal(stand, community):
    from tests.functions.casework.desk import propose

    proposal = propose(stand, community, stand.person())
    assert get(stand, community, f"/cases/{proposal}").status == 404
    assert get(stand, community, f"/approvals/{opened(stand)}").status == 404
    assert get(stand, community, f"/approvals/{proposal}").status == 200


def test_a_closed_case_is_kept_for_a_year(stand, community):
    case_id = opened(stand)
    step(stand, community, case_id, "closed", outcome="declined")
    assert casefiles.get(case_id, stand.now + 365 * DAY_S - 1) is not None
    assert casefiles.get(case_id, stand.now + 365 * DAY_S) is None
