"""Who was with a case's person: asked by one, decided by another, told by pseudonym, and nobody's colour."""

from __future__ import annotations

import json

import pytest
from nanhai.domain.actors import Role
from nanhai.domain.copresence_requests import LAPSES_S
from nanhai.domain.days import DAY_S, day_begins, local_date, local_day
from nanhai.domain.errors import Poison
from nanhai.domain.sightings import h3_of
from nanhai.policies.trajectories import rule
from nanhai.services import cases
from nanhai.services.cases import CaseKind, NewCase
from nanhai.services.trajectories import co_presence_reviews, co_presence_sealing, co_presence_search
from nanhai.services.trajectories.co_presence_search import search
from nanhai.store import casefiles, copresences, notices, passes, people, presence, sightings
from nanhai.store.writes import commit
from nanhai.streams.rebuild import rebuild

from tests.bench.counts import requests_of
from tests.functions.checkpoints.stand import DISTRICT, HERE, OTHER_TOWN, rfc3339
from tests.functions.trajectories.heard import (
    CELL,
    FAR_CELL,
    NEXT_CELL,
    at,
    days_of,
    emptied,
    every_day,
    heard,
    somebody,
    store,
    visit,
)

PLENTY = lambda: 300.0  # noqa: E731 - seconds that an invocation has left
CASE_NUMBER, OTHER_NUMBER = "+8613800000001", "+8613800000002"
STRANGER = "5" * 32


@pytest.fixture
def doctor(stand) -> str:
    return stand.duty(Role.HEALTH_AUTHORITY, DISTRICT, organisation="health-1", staff_id="doctor-1")


@pytest.fixture
def second(stand) -> str:
    return stand.duty(Role.HEALTH_AUTHORITY, DISTRICT, organisation="health-1", staff_id="doctor-2")


@pytest.fixture
def ill(stand):
    """Who the case is about, at home in one cell every night; their phone, and the case."""
    person, phone = somebody(stand, CASE_NUMBER)
    heard(phone, every_day(stand.now, 0, 8))
    return person, phone, case(stand, person)


def case(stand, person, kind="isolation", community=HERE) -> str:
    opened = cases.opened(stand.here, stand.now, NewCase(CaseKind(kind), community, "officer", person, "case"))
    commit(opened.writes)
    return opened.case_id


def body(case_id, **changes) -> dict:
    asked = {"case_id": case_id, "days": 14, "purpose": "contact-tracing"}
    return asked | {"legal_basis": "infectious-diseases-law-39"} | changes


def ask(stand, token, case_id, **changes):
    return stand.ask("trajectories", "POST", "/co-presences", body=body(case_id, **changes), token=token)


def asked(stand, token, case_id, **changes) -> str:
    answer = ask(stand, token, case_id, **changes)
    assert answer.status == 201, answer.body
    return answer.json["request_id"]


def decide(stand, token, request, decision="approve", **more):
    path = f"/co-presences/{request}/decisions"
    return stand.ask("trajectories", "POST", path, body={"decision": decision} | more, token=token)


def read(stand, token, request, query="") -> dict:
    answer = stand.ask("trajectories", "GET", f"/co-presences/{request}{query}", token=token)
    assert answer.status == 200, answer.body
    return answer.json


def found(stand, doctor, second, case_id, **changes) -> dict:
    request = asked(stand, doctor, case_id, **changes)
    decided = decide(stand, second, request)
    assert decided.status == 200, decided.body
    return read(stand, doctor, request)


def listed(stand, token, state) -> list[str]:
    answer = stand.ask("trajectories", "GET", f"/co-presences?state={state}", token=token)
    assert answer.status == 200, answer.body
    return [one["request_id"] for one in answer.json["requests"]]


def again(stand, staff_id) -> str:
    """A token of the moved clock."""
    return stand.token_of(staff_id, Role.HEALTH_AUTHORITY)


def told(answer) -> list[tuple]:
    """What is told of whom, without the pseudonyms of this answer."""
    return sorted(
        (phone["registered"], [(m["since"], m["minutes"], m["cell"]) for m in phone["meetings"]])
        for phone in answer["phones"]
    )


# what is found


def test_who_was_in_one_cell_for_long_enough_is_told_with_times_and_hours(stand, ill, doctor, second):
    heard(STRANGER, [visit(stand.now, -3, 7, 9)])
    answer = found(stand, doctor, second, ill[2])
    (phone,) = answer["phones"]
    (meeting,) = phone["meetings"]
    assert meeting == {
        "since": rfc3339(at(stand.now, -3, 7)),
        "until": rfc3339(at(stand.now, -3, 8)),
        "minutes": 60,
        "cell": f"{h3_of(CELL):x}",
        "hours_case": 112.0,
        "hours_other": 2.0,
    }
    assert (answer["met"], answer["registered"], phone["registered"]) == (1, 0, False)
    assert answer["rule"] == {"minutes": 10, "hours_in_cell": 30, "resolution": 8}
    assert len(answer["known"]) == 14


@pytest.mark.parametrize(("until", "met"), [(7 + 10 / 60, 0), (7 + 11 / 60, 1)])
def test_ten_minutes_are_not_more_than_ten_minutes(stand, ill, doctor, second, until, met):
    heard(STRANGER, [visit(stand.now, -3, 7, until)])
    assert found(stand, doctor, second, ill[2])["met"] == met


def test_who_comes_as_the_case_leaves_was_not_there(stand, ill, doctor, second):
    heard(STRANGER, [visit(stand.now, -3, 8, 12)])
    assert found(stand, doctor, second, ill[2])["met"] == 0


@pytest.mark.parametrize(("hours", "met"), [(2, 0), (4, 1)])
def test_where_the_case_is_seldom_the_other_has_to_be_often(stand, doctor, second, hours, met):
    person, phone = somebody(stand, CASE_NUMBER)
    heard(phone, [visit(stand.now, -2, 10, 12, NEXT_CELL)])
    heard(STRANGER, every_day(stand.now, 10, 10 + hours, NEXT_CELL, range(-9, 0)))
    assert found(stand, doctor, second, case(stand, person))["met"] == met


def test_a_night_over_midnight_is_one_stretch(stand, doctor, second):
    person, phone = somebody(stand, CASE_NUMBER)
    nights = [visit(stand.now, day, 22, 30) for day in range(-8, -1)]
    heard(phone, nights)
    heard(STRANGER, [visit(stand.now, -3, 23.9, 24.1)])
    answer = found(stand, doctor, second, case(stand, person))
    assert told(answer) == [(False, [(rfc3339(at(stand.now, -3, 23.9)), 12, f"{h3_of(CELL):x}")])]


def test_only_the_days_asked_for_are_looked_at_and_never_today(stand, doctor, second):
    person, phone = somebody(stand, CASE_NUMBER)
    heard(phone, every_day(stand.now, 0, 24, days=range(-14, 1)))
    heard(STRANGER, [visit(stand.now, -4, 9, 10)])
    heard("6" * 32, [visit(stand.now, -3, 9, 10)])
    heard("7" * 32, [visit(stand.now, 0, 1, 2)])
    case_id = case(stand, person)
    answer = found(stand, doctor, second, case_id, days=3)
    assert [m["since"] for p in answer["phones"] for m in p["meetings"]] == [rfc3339(at(stand.now, -3, 9))]
    assert len(answer["known"]) == 3
    assert found(stand, doctor, second, case_id)["met"] == 2


def test_of_a_corrected_day_the_newest_counts_whatever_the_postings_say(stand, ill, doctor, second):
    """Both ways: who turns out not to have been there, and who turns out to have been."""
    heard(STRANGER, [visit(stand.now, -3, 0, 8)])
    emptied(STRANGER, local_day(stand.now) - 3, sequence=2)
    heard("6" * 32, [visit(stand.now, -3, 0, 8, FAR_CELL)])
    heard("6" * 32, [visit(stand.now, -3, 0, 1)], sequence=2)
    heard("7" * 32, [visit(stand.now, -3, 0, 8)], sequence=5)
    heard("7" * 32, [visit(stand.now, -3, 0, 2)], sequence=3)
    answer = found(stand, doctor, second, ill[2])
    assert sorted(m["minutes"] for p in answer["phones"] for m in p["meetings"]) == [60, 480]


def test_a_correction_that_is_stored_and_not_yet_posted_counts(stand, ill, doctor, second):
    """The stream may be behind: a load notes its revision before it stores a day, so nobody is named by what was
    taken back."""
    heard(STRANGER, [visit(stand.now, -3, 0, 8)])
    corrected = days_of(STRANGER, [visit(stand.now, -3, 0, 8, FAR_CELL)], sequence=2)
    presence.note_revisions((day.day, day.revision) for day in corrected)
    sightings.write(corrected)
    assert found(stand, doctor, second, ill[2])["met"] == 0


def test_however_many_revisions_a_day_has_whoever_is_named_takes_one_query_more_at_most(stand, ill, doctor, second):
    """Every batch by API is one more, and is of a few people."""
    for n in range(5):
        heard(f"{n:032x}", [visit(stand.now, -3, 7, 9)])
    last = local_day(stand.now) - 1
    few = requests_of(lambda: search(ill[1], (last - 13, last), rule().co_presence, stand.now))
    for sequence in range(2, 62):
        heard(STRANGER, [visit(stand.now, -3, 7, 9, FAR_CELL)], sequence)
    many = requests_of(lambda: search(ill[1], (last - 13, last), rule().co_presence, stand.now))
    assert len(few) < len(many) <= len(few) + 5


def test_the_order_in_which_days_came_does_not_matter(stand, ill, doctor, second):
    rows = [row for n in range(3) for row in days_of(f"{n:032x}", every_day(stand.now, n, n + 2, days=range(-5, 0)))]
    store(rows[::2])
    store(rows[1::2][::-1])
    first = found(stand, doctor, second, ill[2])
    store(rows[::-1])
    assert told(found(stand, doctor, second, ill[2])) == told(first)
    assert first["met"] == 3


def test_of_a_phone_that_was_never_heard_nothing_is_claimed(stand, doctor, second):
    person, _ = somebody(stand, CASE_NUMBER)
    heard(STRANGER, every_day(stand.now, 0, 24))
    answer = found(stand, doctor, second, case(stand, person))
    assert (answer["known"], answer["met"], answer["phones"]) == ([], 0, [])


def test_the_answer_says_what_it_is_not(stand, ill, doctor, second):
    heard(STRANGER, [visit(stand.now, -3, 7, 9)])
    note = found(stand, doctor, second, ill[2])["note"]
    assert all(part in note for part in ("10", "30", "14", "不会改变任何人的通行证"))


def test_no_two_answers_can_be_joined(stand, ill, doctor, second):
    heard(STRANGER, [visit(stand.now, -3, 7, 9)])
    one, other = (found(stand, doctor, second, ill[2]) for _ in range(2))
    assert told(one) == told(other)
    names = {answer["phones"][0]["pseudonym"] for answer in (one, other)}
    assert len(names | {STRANGER}) == 3


def test_a_long_answer_comes_in_pages(stand, ill, doctor, second):
    for n in range(5):
        heard(f"{n:032x}", [visit(stand.now, -3, 7, 9)])
    request = asked(stand, doctor, ill[2])
    assert decide(stand, second, request).status == 200
    names, query = [], "?limit=2"
    for _ in range(3):
        page = read(stand, doctor, request, query)
        names += [phone["pseudonym"] for phone in page["phones"]]
        query = f"?limit=2&cursor={page['next']}"
    assert page["next"] is None
    assert names == sorted(set(names))
    assert len(names) == 5


def test_too_many_are_refused_and_the_request_stays_undecided(stand, ill, doctor, second, monkeypatch):
    monkeypatch.setattr("nanhai.domain.copresence_candidates.CANDIDATES_MAX", 1)
    for n in range(2):
        heard(f"{n:032x}", [visit(stand.now, -3, 7, 9)])
    request = asked(stand, doctor, ill[2])
    answer = decide(stand, second, request)
    assert (answer.status, answer.code) == (422, "trajectories.too-many-met")
    assert read(stand, doctor, request)["state"] == "open"
    assert decide(stand, second, request, "reject", why="too-wide").json["state"] == "rejected"


def test_a_search_that_takes_too_long_decides_nothing(stand, ill, doctor, second, monkeypatch):
    monkeypatch.setattr(co_presence_search, "SEARCH_S_MAX", -1.0)
    request = asked(stand, doctor, ill[2])
    answer = decide(stand, second, request)
    assert (answer.status, answer.code) == (503, "trajectories.takes-too-long")
    assert read(stand, doctor, request)["state"] == "open"


def test_of_a_day_that_is_over_an_answer_tells_nothing_more(stand, ill, doctor, second):
    """To the second; a night is cut at the midnight that ends its first day."""
    heard(STRANGER, [visit(stand.now, -14, 1, 2), visit(stand.now, -14, 23.5, 24), visit(stand.now, -13, 0, 0.5)])
    heard("6" * 32, [visit(stand.now, -14, 3, 4)])
    person, phone = somebody(stand, OTHER_NUMBER)
    heard(phone, [visit(stand.now, -14, 0, 24), visit(stand.now, -13, 0, 24), visit(stand.now, -1, 0, 1)])
    request = asked(stand, doctor, case(stand, person))
    assert decide(stand, second, request).status == 200
    today = local_day(stand.now)

    def at_second(second_of_time):
        stand.now = second_of_time
        answer = read(stand, again(stand, "doctor-1"), request)
        return answer["known"][0], sorted(
            m["since"] for p in answer["phones"] for m in p["meetings"] if p["meetings"][0]["hours_other"] < 5
        )

    ends = day_begins(today + 1)
    first, since = at_second(ends - 1)
    assert (first, len(since)) == (str(local_date(day_begins(today - 14))), 3)
    first, since = at_second(ends)
    assert (first, since) == (str(local_date(day_begins(today - 13))), [rfc3339(day_begins(today - 13))])


def test_after_its_last_day_an_answer_is_gone(stand, ill, doctor, second):
    answer = found(stand, doctor, second, ill[2])
    ends = day_begins(local_day(stand.now) + 14)
    assert answer["kept_until"] == rfc3339(ends)
    for at_second, status in ((ends - 1, 200), (ends, 404)):
        stand.now = at_second
        path = f"/co-presences/{answer['request_id']}"
        assert stand.ask("trajectories", "GET", path, token=again(stand, "doctor-1")).status == status


# two pairs of eyes


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


# what follows


@pytest.fixture
def neighbour(stand):
    """Somebody registered in another community who was there."""
    person, phone = somebody(stand, OTHER_NUMBER, community=OTHER_TOWN, name="李大华")
    heard(phone, [visit(stand.now, -3, 7, 9), visit(stand.now, -2, 6, 7.5)])
    return person


def reviews(stand, person) -> list:
    return [one for one in casefiles.open_of(person, stand.now) if one.kind is CaseKind.CO_PRESENCE]


def run(stand) -> int:
    return co_presence_reviews.run(stand.here, PLENTY)


def test_whoever_is_registered_gets_a_case_of_their_community_and_nobody_gets_news(
    stand, ill, doctor, second, neighbour
):
    heard(STRANGER, [visit(stand.now, -3, 7, 9)])
    before = len(notices.page(ill[0], stand.now, 10)[0])
    answer = found(stand, doctor, second, ill[2])
    assert (answer["met"], answer["registered"], answer["state"]) == (2, 1, "approved")
    assert run(stand) == 1
    (review,) = reviews(stand, neighbour)
    assert (review.community, review.origin) == (OTHER_TOWN, f"co-presence:{answer['request_id']}")
    assert notices.page(neighbour, stand.now, 10)[0] == []
    assert len(notices.page(ill[0], stand.now, 10)[0]) == before
    assert read(stand, doctor, answer["request_id"])["state"] == "answered"
    seen, _ = people.accesses(neighbour, 10)
    assert [(look.staff_id, look.purpose) for look in seen] == [("doctor-1", "co-presence")]


def test_the_community_reads_when_and_how_long_and_not_with_whom(stand, ill, doctor, second, neighbour):
    found(stand, doctor, second, ill[2])
    run(stand)
    (review,) = reviews(stand, neighbour)
    officer = stand.duty(Role.COMMUNITY_OFFICER, OTHER_TOWN, organisation="community-2")
    answer = stand.ask("casework", "GET", f"/cases/{review.case_id}", token=officer)
    assert "累计 150 分钟，最长一次 90 分钟" in answer.json["summary"]
    assert ill[0] not in json.dumps(answer.json)
    assert ill[2] not in json.dumps(answer.json)


def test_nobody_is_coloured_and_nothing_is_recorded(stand, ill, doctor, second, neighbour):
    def facts():
        assert rebuild(stand.here, [ill[0], neighbour]) == {}
        return [(passes.one(who), people.records(who)) for who in (ill[0], neighbour)]

    before = facts()
    found(stand, doctor, second, ill[2])
    run(stand)
    assert facts() == before


def test_however_often_it_runs_and_is_asked_there_is_one_case(stand, ill, doctor, second, neighbour):
    for _ in range(2):
        found(stand, doctor, second, ill[2])
    assert [run(stand), run(stand)] == [1, 0]
    assert len(reviews(stand, neighbour)) == 1
    heard(STRANGER, [])
    stand.now += DAY_S
    assert run(stand) == 0


def test_what_breaks_off_goes_on_where_it_stood(stand, ill, doctor, second, neighbour, monkeypatch):
    others = [somebody(stand, f"+8613900000{n:03d}") for n in range(3)]
    for _, phone in others:
        heard(phone, [visit(stand.now, -3, 7, 9)])
    request = found(stand, doctor, second, ill[2])["request_id"]
    monkeypatch.setattr(co_presence_reviews, "MET_PER_PAGE_MAX", 1)
    left = iter([300.0, 300.0, 300.0, 0.0])
    assert co_presence_reviews.run(stand.here, lambda: next(left)) == 2
    assert read(stand, doctor, request)["state"] == "approved"
    assert run(stand) == 2
    assert read(stand, doctor, request)["state"] == "answered"
    assert all(len(reviews(stand, person)) == 1 for person, _ in [*others, (neighbour, "")])


def test_a_case_that_cannot_be_opened_holds_no_other_up_and_is_tried_again(
    stand, ill, doctor, second, neighbour, monkeypatch, capsys
):
    other, phone = somebody(stand, "+8613900000009")
    heard(phone, [visit(stand.now, -3, 7, 9)])
    request = found(stand, doctor, second, ill[2])["request_id"]
    opened = cases.opened

    def fails(platform, now, new):
        if new.person == neighbour:
            raise KeyError("broken")
        return opened(platform, now, new)

    monkeypatch.setattr(cases, "opened", fails)
    assert run(stand) == 1
    alarm = capsys.readouterr().out
    assert "trajectories.review-failed:KeyError" in alarm
    assert f'"{request}"' in alarm
    assert request + "#" not in alarm
    assert read(stand, doctor, request)["state"] == "approved"
    monkeypatch.setattr(cases, "opened", opened)
    assert run(stand) == 1
    assert (len(reviews(stand, neighbour)), len(reviews(stand, other))) == (1, 1)


# what is kept


def test_what_was_found_lies_sealed_and_names_no_phone(stand, ill, doctor, second, neighbour):
    heard(STRANGER, [visit(stand.now, -3, 7, 9)])
    request = found(stand, doctor, second, ill[2])["request_id"]
    attempt = copresences.get(request, stand.now).found.attempt
    rows, _ = copresences.met(request, attempt, 10)
    assert len(rows) == 2
    for name, sealed in rows:
        assert name != STRANGER
        assert neighbour.encode() not in sealed


def test_after_fourteen_days_it_is_gone_for_everybody(stand, ill, doctor, second):
    request = found(stand, doctor, second, ill[2])["request_id"]
    stand.now += copresences.KEPT_S
    later = again(stand, "doctor-1")
    assert stand.ask("trajectories", "GET", f"/co-presences/{request}", token=later).status == 404
    assert listed(stand, later, "approved") == []


def test_answers_that_fail_hold_no_later_one_up(stand, ill, doctor, second, neighbour, monkeypatch):
    """Whether one of their cases cannot be opened, or none of what was found."""
    monkeypatch.setattr(co_presence_reviews, "REQUESTS_PER_PAGE", 1)
    failing = [found(stand, doctor, second, ill[2])["request_id"] for _ in range(2)]
    later = found(stand, doctor, second, ill[2])["request_id"]
    opened, opener = cases.opened, co_presence_sealing.data_key

    def fails(platform, now, new):
        if new.origin.endswith(failing[0]):
            raise KeyError("broken")
        return opened(platform, now, new)

    def unreadable(platform, request_id, wrapped):
        if request_id == failing[1]:
            raise Poison("garbled")
        return opener(platform, request_id, wrapped)

    monkeypatch.setattr(cases, "opened", fails)
    monkeypatch.setattr(co_presence_sealing, "data_key", unreadable)
    assert run(stand) == 1
    assert listed(stand, doctor, "answered") == [later]
    assert sorted(listed(stand, doctor, "approved")) == sorted(failing)


def test_of_days_that_are_over_no_case_is_opened(stand, ill, doctor, second):
    person, phone = somebody(stand, OTHER_NUMBER)
    heard(phone, [visit(stand.now, -14, 7, 9)])
    found(stand, doctor, second, ill[2])
    stand.now = day_begins(local_day(stand.now) + 1)
    assert run(stand) == 0
    assert reviews(stand, person) == []
