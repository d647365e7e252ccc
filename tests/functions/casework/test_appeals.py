"""Appeals: against one record behind the present colour, judged by clean hands, on the clock, and felt at once."""

from __future__ import annotations

import pytest
from nanhai.domain.actors import Role
from nanhai.domain.days import HOUR_S
from nanhai.domain.records import Correction, Result, Stay
from nanhai.services.casework import appeal_gates
from nanhai.store import appeals, casefiles, notices, people
from nanhai.store.writes import StoreUnavailable, send
from nanhai.streams import recolour
from nanhai.vault import sessions

from tests.domain.pictures import CANARY, picture
from tests.functions.casework.desk import DAY_S, decide, get, post, propose
from tests.functions.checkpoints.stand import DISTRICT, FEVER, GATE, HERE, NEXT_DOOR, OTHER_TOWN, TOWN, rfc3339
from tests.functions.reports.desk import uploaded
from tests.store.builders import everything
from tests.streams.feed import head_changed

PLENTY = lambda: 300.0  # noqa: E731 - seconds that an invocation has left
WUHAN = "420100"


@pytest.fixture
def command(stand) -> str:
    return stand.duty(Role.DISTRICT_COMMAND, DISTRICT, organisation="command-1", staff_id="commander-1")


@pytest.fixture
def other_health(stand) -> str:
    """Of the health authority, and not the one who decided."""
    return stand.duty(Role.HEALTH_AUTHORITY, DISTRICT, organisation="health-1", staff_id="doctor-2")


def own(stand, person) -> str:
    subject = {"subject": person, "kind": "citizen", "role": Role.CITIZEN.value}
    return sessions.issue(stand.here.ring, session="s", now=stand.now, **subject)


def holder(stand, *facts, **where) -> str:
    """Somebody with a sealed profile, about whom these are recorded; a second has passed since."""
    person = stand.person(*facts, name="黄大年", **where)
    stand.now += 1
    return person


def behind(stand, person) -> list:
    reasons = stand.ask("passes", "GET", "/me/explanation", token=own(stand, person)).json["reasons"]
    return [record for reason in reasons for record in reason["records"]]


def body(record, **changes) -> dict:
    return {"record_id": record, "statement": "That was not me."} | changes


def filed(stand, person, record=None, **changes) -> str:
    record = record or behind(stand, person)[0]["record_id"]
    answer = post(stand, own(stand, person), "/appeals", body(record, **changes))
    assert answer.status == 201, answer.body
    return answer.json["appeal_id"]


def answered(stand, token, appeal, decision="uphold", reason="wrong-person", **sent):
    asked = {"decision": decision, "reasons": [reason], "note": "We looked into it."}
    return post(stand, token, f"/appeals/{appeal}/decisions", asked, **sent)


def mine(stand, person) -> list:
    return get(stand, own(stand, person), "/appeals").json["appeals"]


def corrections(person) -> list:
    return [record for record in people.records(person) if isinstance(record.fact, Correction)]


def isolated(stand, community, health) -> str:
    """By an order that officer-1 proposed and doctor-1 approved."""
    person = holder(stand)
    assert decide(stand, health, propose(stand, community, person)).status == 200
    stand.now += 60
    return person


def fresh(stand, staff_id, role) -> str:
    """A token of the moved clock."""
    return stand.token_of(staff_id, role)


def once_then(first, rest):
    """Finds `first` at the first look, then what is there."""
    looks = iter([first])
    return lambda *asked: next(looks, None) or rest(*asked)


# filing


def test_the_receipt_says_by_when_and_the_explanation_what_can_be_appealed_against(stand):
    person = holder(stand, FEVER)
    (record,) = behind(stand, person)
    assert record["appealable"]
    told = post(stand, own(stand, person), "/appeals", body(record["record_id"])).json
    assert (told["state"], told["due_at"], told["limit_at"]) == (
        "open",
        rfc3339(stand.now + 8 * HOUR_S),
        rfc3339(stand.now + 24 * HOUR_S),
    )
    (waits,) = behind(stand, person)
    assert not waits["appealable"]


def test_an_explanation_of_the_past_offers_no_appeal(stand):
    person = holder(stand, FEVER)
    past = f"/me/explanation?at={rfc3339(stand.now - 1)}"
    (reason,) = stand.ask("passes", "GET", past, token=own(stand, person)).json["reasons"]
    assert [record["appealable"] for record in reason["records"]] == [False]


def test_every_step_and_clock_is_told_to_the_person_and_the_statement_is_sealed(stand, town):
    person = holder(stand, FEVER)
    appeal = filed(stand, person, statement="那天我不在场")
    (told,) = mine(stand, person)
    assert (told["appeal_id"], told["state"], told["statement"], told["class"]) == (
        appeal,
        "open",
        "那天我不在场",
        "symptoms",
    )
    assert [step["code"] for step in told["steps"]] == ["opened"]
    assert "那天我不在场" not in str(everything("cases"))


def test_one_appeal_at_a_time_against_one_record(stand, town):
    person = holder(stand, FEVER)
    record = behind(stand, person)[0]["record_id"]
    appeal = filed(stand, person)
    again = post(stand, own(stand, person), "/appeals", body(record))
    assert (again.status, again.code) == (409, "appeals.already-open")
    answered(stand, town, appeal, "dismiss", "record-confirmed")
    assert filed(stand, person, record) != appeal


def test_only_what_stands_behind_the_present_colour_is_appealed_against(stand):
    person, other = holder(stand, FEVER), holder(stand, FEVER)
    register = next(record.record_id for record in people.records(person) if record.fact.name == "residence")
    for record in (register, behind(stand, other)[0]["record_id"], "01ARZ3NDEKTSV4RRFFQ69G5FAV"):
        refused = post(stand, own(stand, person), "/appeals", body(record, evidence=["01ARZ3NDEKTSV4RRFFQ69G5FAV"]))
        assert (refused.status, refused.faults) == (
            422,
            [("/record_id", "appeals.record-not-behind"), ("/evidence/0", "uploads.missing")],
        )


def test_a_guardian_appeals_for_a_dependant_and_nobody_for_a_stranger(stand):
    guardian, child, stranger = holder(stand), holder(stand, FEVER), holder(stand, FEVER)
    send([people.link(guardian, child, "child", stand.now + DAY_S)])
    record = people.records(child)[-1].record_id
    answer = post(stand, own(stand, guardian), "/appeals", body(record, who=child))
    assert answer.status == 201
    assert len(get(stand, own(stand, guardian), f"/appeals?who={child}").json["appeals"]) == 1
    refused = post(stand, own(stand, guardian), "/appeals", body(record, who=stranger))
    assert (refused.status, refused.code) == (404, "absent")


def test_photos_are_kept_without_what_they_tell_besides_and_shown_to_the_reviewer(stand, town):
    appeal = filed(stand, holder(stand, FEVER), evidence=[uploaded(stand, picture("JPEG"))])
    (link,) = get(stand, town, f"/appeals/{appeal}").json["photos"]
    path, _, query = link.removeprefix("/local/uploads/").partition("?")
    shown = stand.here.uploads.folder.given(path, query, stand.now)
    assert (shown.data[:2], CANARY.encode() in shown.data) == (b"\xff\xd8", False)


def test_every_photo_that_is_none_and_one_that_is_named_twice_is_a_fault(stand):
    photo, text = uploaded(stand, picture("JPEG")), uploaded(stand, b"no picture")
    person = holder(stand, FEVER)
    asked = body(behind(stand, person)[0]["record_id"], evidence=[photo, text, photo])
    refused = post(stand, own(stand, person), "/appeals", asked)
    assert refused.faults == [("/evidence/1", "reports.photo-unreadable"), ("/evidence/2", "uploads.photo-twice")]


def test_a_repeated_request_files_once(stand):
    person = holder(stand, FEVER)
    asked = body(behind(stand, person)[0]["record_id"])
    first, again = (post(stand, own(stand, person), "/appeals", asked, once="one-key-for-both-of-them") for _ in "ab")
    assert (first.status, first.body) == (again.status, again.body)
    assert len(mine(stand, person)) == 1


# who judges


def test_a_town_judges_what_a_community_follows_up_and_the_health_authority_what_is_medical(
    stand, community, town, health, other_health
):
    feverish = filed(stand, holder(stand, FEVER))
    red = filed(stand, isolated(stand, community, health))
    seen = [
        [
            answered(stand, fresh(stand, who, role), appeal, "dismiss", "nothing-shown").status
            for appeal in (feverish, red)
        ]
        for who, role in (("town-officer-1", Role.TOWN_OFFICER), ("doctor-2", Role.HEALTH_AUTHORITY))
    ]
    assert seen == [[200, 403], [409, 200]]


def test_none_of_the_original_hands_judges(stand, community, health, other_health):
    red = filed(stand, isolated(stand, community, health))
    refused = answered(stand, fresh(stand, "doctor-1", Role.HEALTH_AUTHORITY), red)
    assert (refused.status, refused.code) == (403, "appeals.not-independent")
    assert answered(stand, fresh(stand, "doctor-2", Role.HEALTH_AUTHORITY), red).status == 200


def test_the_organisation_that_proposed_an_isolation_does_not_judge_it(stand, health, other_health):
    checker = stand.duty(Role.HEALTH_AUTHORITY, DISTRICT, organisation="health-2", staff_id="doctor-3")
    third = stand.duty(Role.HEALTH_AUTHORITY, DISTRICT, organisation="health-2", staff_id="doctor-4")
    red = filed(stand, isolated(stand, health, checker))
    assert answered(stand, fresh(stand, "doctor-2", Role.HEALTH_AUTHORITY), red).code == "appeals.not-independent"
    assert third
    assert answered(stand, fresh(stand, "doctor-4", Role.HEALTH_AUTHORITY), red).status == 200


def test_who_dismissed_once_does_not_judge_the_next_appeal_against_the_same_record(stand, town):
    person = holder(stand, FEVER)
    record = behind(stand, person)[0]["record_id"]
    answered(stand, town, filed(stand, person), "dismiss", "record-confirmed")
    again = filed(stand, person, record)
    assert answered(stand, town, again).code == "appeals.not-independent"
    other = stand.duty(Role.TOWN_OFFICER, TOWN, organisation="town-1")
    assert answered(stand, other, again).status == 200


def test_nobody_judges_their_own_appeal_or_one_that_they_filed(stand):
    person = holder(stand, FEVER)
    appeal = filed(stand, person)
    themself = stand.duty(Role.TOWN_OFFICER, TOWN, organisation="town-1", person=person)
    refused = [answered(stand, themself, appeal), get(stand, themself, f"/appeals/{appeal}")]
    assert {(answer.status, answer.code) for answer in refused} == {(403, "casework.on-oneself")}


def test_an_appeal_elsewhere_is_absent(stand, town):
    appeal = filed(stand, holder(stand, FEVER, community=OTHER_TOWN))
    refused = [
        answer
        for one in (appeal, "01ARZ3NDEKTSV4RRFFQ69G5FAV")
        for answer in (get(stand, town, f"/appeals/{one}"), answered(stand, town, one))
    ]
    assert {(answer.status, answer.body) for answer in refused} == {(404, refused[0].body)}
    assert get(stand, town, "/reviews").json["appeals"] == []


def test_a_reviewer_sees_record_and_statement_and_the_person_is_told(stand, town):
    person = holder(stand, FEVER)
    told = get(stand, town, f"/appeals/{filed(stand, person)}").json
    assert (told["record"]["fact"]["temperature_c"], told["statement"]) == (37.6, "That was not me.")
    ((seen,), _) = people.accesses(person, 9)
    assert (seen.role, seen.purpose) == ("town-officer", "appeal")


def test_a_record_is_told_to_its_reviewer_as_to_whoever_may_read_it(stand, community, health, other_health):
    person = isolated(stand, community, health)
    appeal = filed(stand, person)
    token = fresh(stand, "doctor-2", Role.HEALTH_AUTHORITY)
    record = get(stand, token, f"/appeals/{appeal}").json["record"]
    asked = f"/persons/{person}/records?purpose=appeal&case={appeal}"
    told = {one["record_id"]: one for one in get(stand, token, asked).json["records"]}
    assert (record["class"], record["supersedes"]) == ("isolation", None)
    assert record == told[record["record_id"]]


def test_a_list_of_reviews_tells_nothing_of_the_people_in_it(stand, town, health, community, command):
    feverish = filed(stand, holder(stand, FEVER, community=NEXT_DOOR))
    red = filed(stand, isolated(stand, community, health))
    listed = [
        [row["appeal_id"] for row in get(stand, fresh(stand, *who), f"/reviews?desk={desk}").json["appeals"]]
        for who in (("town-officer-1", Role.TOWN_OFFICER), ("doctor-1", Role.HEALTH_AUTHORITY))
        for desk in ("town", "health")
    ]
    assert listed == [[feverish], [], [], [red]]
    (row,) = get(stand, fresh(stand, "town-officer-1", Role.TOWN_OFFICER), "/reviews").json["appeals"]
    assert row.keys() == {"appeal_id", "state", "community", "class", "filed_at", "due_at"}


# the clocks


@pytest.mark.parametrize(
    ("after_s", "state", "by_command"),
    [(8 * HOUR_S - 1, "open", 403), (8 * HOUR_S, "escalated", 200), (24 * HOUR_S, "overdue", 200)],
)
def test_unanswered_for_eight_hours_it_is_the_districts_too(stand, town, command, after_s, state, by_command):
    person = holder(stand, FEVER)
    appeal = filed(stand, person)
    stand.now += after_s
    (told,) = mine(stand, person)
    commander = fresh(stand, "commander-1", Role.DISTRICT_COMMAND)
    listed = get(stand, commander, "/reviews").json["appeals"]
    assert (told["state"], len(listed)) == (state, by_command == 200)
    assert answered(stand, commander, appeal).status == by_command


def test_a_late_answer_of_the_town_is_an_answer_too(stand, town, command):
    appeal = filed(stand, holder(stand, FEVER))
    stand.now += 9 * HOUR_S
    assert answered(stand, fresh(stand, "town-officer-1", Role.TOWN_OFFICER), appeal).status == 200


def test_after_a_day_somebody_is_woken_once(stand, capsys):
    filed(stand, holder(stand, FEVER))
    stand.now += 24 * HOUR_S - 1
    assert appeal_gates.wake(stand.here) == 0
    stand.now += 1
    assert [appeal_gates.wake(stand.here) for _ in range(2)] == [1, 0]
    assert capsys.readouterr().out.count('"code":"appeals.overdue"') == 1


def test_who_was_woken_for_and_still_waits_keeps_nobody_from_being_woken_for(stand, town, monkeypatch):
    monkeypatch.setattr(appeal_gates, "APPEALS_AT_ONCE_MAX", 1)
    monkeypatch.setattr(appeal_gates, "PAGES_MAX", 1)
    first, *_ = [filed(stand, holder(stand, FEVER)) for _ in range(3)]
    stand.now += 25 * HOUR_S
    assert [appeal_gates.wake(stand.here) for _ in range(4)] == [1, 1, 1, 0]
    officer = fresh(stand, "town-officer-1", Role.TOWN_OFFICER)
    assert len(get(stand, officer, "/reviews").json["appeals"]) == 3
    assert answered(stand, officer, first).status == 200


def test_nobody_is_woken_for_what_was_answered(stand, town):
    answered(stand, town, filed(stand, holder(stand, FEVER)), "dismiss", "record-confirmed")
    stand.now += 25 * HOUR_S
    assert appeal_gates.wake(stand.here) == 0


# the answer


def test_an_upheld_appeal_turns_the_pass_green_and_the_past_still_tells_what_it_was(
    stand, community, health, other_health, guard
):
    person = isolated(stand, community, health)
    recolour.handle({"Records": [head_changed(person)]})
    red_at = stand.now
    assert stand.verdict(stand.guard(), stand.shown(person)) == "refuse"
    appeal = filed(stand, person)
    stand.now += 600
    told = answered(stand, fresh(stand, "doctor-2", Role.HEALTH_AUTHORITY), appeal).json
    (correction,) = corrections(person)
    assert told == {"state": "upheld", "record_id": correction.record_id}
    recolour.handle({"Records": [head_changed(person, "2")]})
    token = own(stand, person)
    assert stand.ask("passes", "GET", "/me", token=token).json["colour"] == "green"
    then = stand.ask("passes", "GET", f"/me/explanation?at={rfc3339(red_at)}", token=token).json
    assert (then["colour"], then["reasons"][0]["records"][0]["class"]) == ("red", "isolation")
    history = stand.ask("passes", "GET", "/me/history", token=token).json["changes"]
    assert [change["colour"] for change in history] == ["green", "red"]


def test_the_person_is_told_with_reasons_and_note_and_the_case_is_closed(stand, town):
    person = holder(stand, FEVER)
    answered(stand, town, filed(stand, person), "dismiss", "record-confirmed")
    (told,) = mine(stand, person)
    assert (told["state"], told["reasons"][0]["code"], told["note"]) == (
        "dismissed",
        "record-confirmed",
        "We looked into it.",
    )
    assert [step["code"] for step in told["steps"]] == ["opened", "answered"]
    assert "casework-appeal-dismissed" in [n.kind for n in notices.page(person, stand.now, 9)[0]]
    assert corrections(person) == []


@pytest.mark.parametrize(("decision", "reason"), [("uphold", "record-confirmed"), ("dismiss", "wrong-person")])
def test_a_reason_belongs_to_its_decision(stand, town, decision, reason):
    refused = answered(stand, town, filed(stand, holder(stand, FEVER)), decision, reason)
    assert refused.faults == [("/reasons/0", "appeals.reason-of-the-other")]


def test_an_appeal_is_answered_once(stand, town):
    person = holder(stand, FEVER)
    appeal = filed(stand, person)
    first, lost = (answered(stand, town, appeal, once="the-first-decision") for _ in range(2))
    late = answered(stand, stand.duty(Role.TOWN_OFFICER, TOWN, organisation="town-2"), appeal)
    assert (first.status, first.body, late.status, late.code) == (200, lost.body, 409, "appeals.already-answered")
    assert len(corrections(person)) == 1


def test_who_answers_in_the_same_moment_loses_without_a_trace(stand, town, monkeypatch):
    person = holder(stand, FEVER)
    appeal = filed(stand, person)
    unanswered, open_ = appeals.get(appeal, stand.now), casefiles.get(appeal, stand.now)
    answered(stand, town, appeal, "dismiss", "record-confirmed")
    for store, found in ((appeals, unanswered), (casefiles, open_)):
        monkeypatch.setattr(store, "get", once_then(found, store.get))
    monkeypatch.setattr(appeals, "judges", lambda _: frozenset())
    late = answered(stand, stand.duty(Role.TOWN_OFFICER, TOWN, organisation="town-2"), appeal)
    assert (late.status, late.code, corrections(person)) == (409, "appeals.already-answered", [])


def test_who_adds_to_the_case_meanwhile_does_not_spoil_the_answer(stand, town, monkeypatch):
    appeal = filed(stand, holder(stand, FEVER))
    before = casefiles.get(appeal, stand.now)
    step = {"step": "evidence-added", "note": "a ticket", "version": 1}
    officer = stand.duty(Role.TOWN_OFFICER, TOWN, organisation="town-2")
    assert post(stand, officer, f"/cases/{appeal}/steps", step).status < 300
    monkeypatch.setattr(casefiles, "get", once_then(before, casefiles.get))
    assert answered(stand, town, appeal).status == 200


# the gates


def test_the_gates_that_saw_the_wrong_colour_are_told_which_pseudonym_when_and_as_what(
    stand, community, health, other_health
):
    person = holder(stand)
    stand.gate(GATE)
    stand.gate("GATE-2")
    guards = {"GATE-1": stand.duty(Role.GUARD, gate=GATE, staff_id="guard-1")}
    guards["GATE-2"] = stand.duty(Role.GUARD, gate="GATE-2", staff_id="guard-2")
    stand.verdict(guards["GATE-2"], stand.shown(person))  # green before the order: rightly
    stand.now += 60
    decide(stand, health, propose(stand, community, person))
    seen = []
    for _ in range(2):
        stand.now += 60
        assert stand.verdict(guards["GATE-1"], stand.shown(person)) == "refuse"
        seen.append(stand.now)
    shown = stand.content(person)
    stand.now += 60
    appeal = filed(stand, person)
    stand.now += 60
    upheld_at = stand.now
    assert answered(stand, fresh(stand, "doctor-2", Role.HEALTH_AUTHORITY), appeal).status == 200
    stand.now += 60
    assert [appeal_gates.run(stand.here, PLENTY) for _ in range(2)] == [1, 0]
    told = [told_at(stand, f"guard-{n}") for n in (1, 2)]
    assert told == [
        [
            {
                "pseudonym": shown.pseudonym.hex(),
                "seen": "red",
                "seen_from": rfc3339(seen[0]),
                "seen_until": rfc3339(seen[1]),
                "corrected_at": rfc3339(upheld_at),
            }
        ],
        [],
    ]
    assert told_at(stand, "guard-1", f"?since={rfc3339(upheld_at + 1)}") == []
    stand.now += 14 * DAY_S
    assert told_at(stand, "guard-1") == []


def told_at(stand, guard, asked="") -> list:
    answer = stand.ask("checkpoints", "GET", f"/corrections{asked}", token=fresh(stand, guard, Role.GUARD))
    assert answer.status == 200, answer.body
    return answer.json["corrections"]


def test_a_dismissed_appeal_tells_no_gate(stand, town):
    answered(stand, town, filed(stand, holder(stand, FEVER)), "dismiss", "record-confirmed")
    assert appeal_gates.run(stand.here, PLENTY) == 0


def untold(stand) -> dict[str, int]:
    """Whose gates are still to be told, and when."""
    return {one.appeal_id: one.due_at for one in appeals.in_queue(appeals.UNTOLD, stand.now + DAY_S, 9)[0]}


def test_one_whose_gates_cannot_be_told_holds_up_no_other(stand, town, monkeypatch, capsys):
    monkeypatch.setattr(appeal_gates, "APPEALS_AT_ONCE_MAX", 1)
    for spoilt in (True, False):
        person = holder(stand, FEVER)
        answered(stand, town, filed(stand, person))
        if spoilt:
            stand.spoil(person)
    assert [appeal_gates.run(stand.here, PLENTY) for _ in range(3)] == [0, 1, 0]
    assert len(untold(stand)) == 1
    assert capsys.readouterr().out.count('"code":"appeals.gates-untold:Poison"') == 1


def test_gates_that_cannot_be_told_are_tried_ever_later_within_bounds_and_alarm_once(stand, town, monkeypatch, capsys):
    def broken(*_):
        raise LookupError

    appeal = filed(stand, holder(stand, FEVER))
    answered(stand, town, appeal)
    read = people.facts_of
    monkeypatch.setattr(people, "facts_of", broken)
    waits = []
    for _ in range(9):
        stand.now = max(stand.now, untold(stand)[appeal])
        assert appeal_gates.run(stand.here, PLENTY) == 0
        waits.append(untold(stand)[appeal] - stand.now)
    assert waits == [300, 600, 1_200, 2_400, 4_800, 9_600, 19_200, 21_600, 21_600]
    assert capsys.readouterr().out.count('"code":"appeals.gates-untold:LookupError"') == 1
    monkeypatch.setattr(people, "facts_of", read)
    assert appeal_gates.run(stand.here, PLENTY) == 0
    stand.now += waits[-1]
    assert [appeal_gates.run(stand.here, PLENTY) for _ in range(2)] == [1, 0]


def test_a_store_that_does_not_answer_is_no_reason_to_put_anybody_off(stand, town, monkeypatch):
    def silent(*_):
        raise StoreUnavailable

    appeal = filed(stand, holder(stand, FEVER))
    answered(stand, town, appeal)
    due_at = untold(stand)
    monkeypatch.setattr(people, "head", silent)
    with pytest.raises(StoreUnavailable):
        appeal_gates.run(stand.here, PLENTY)
    assert untold(stand) == due_at


def test_when_no_gate_would_keep_it_any_more_nothing_is_told(stand, town, capsys):
    person = holder(stand, FEVER)
    answered(stand, town, filed(stand, person))
    stand.spoil(person)
    stand.now += 14 * DAY_S
    assert [appeal_gates.run(stand.here, PLENTY) for _ in range(2)] == [1, 0]
    assert "gates-untold" not in capsys.readouterr().out


def test_a_stay_and_a_test_are_appealed_against_too(stand, town, health):
    stayed = holder(stand, Stay(WUHAN, stand.now - DAY_S, stand.now))
    tested = holder(stand, Result(True, "nucleic-acid"))
    told = [(filed(stand, person), behind(stand, person)[0]["class"]) for person in (stayed, tested)]
    assert [kind for _, kind in told] == ["stay", "test-result"]
    assert answered(stand, fresh(stand, "town-officer-1", Role.TOWN_OFFICER), told[0][0]).status == 200
    assert answered(stand, fresh(stand, "doctor-1", Role.HEALTH_AUTHORITY), told[1][0]).status == 200
    assert [stand.ask("passes", "GET", "/me", token=own(stand, p)).json["colour"] for p in (stayed, tested)] == [
        "green",
        "green",
    ]


def test_here_is_where_the_case_lies(stand, town):
    appeal = filed(stand, holder(stand, FEVER))
    assert get(stand, town, f"/cases/{appeal}").json["case"]["community"] == HERE
