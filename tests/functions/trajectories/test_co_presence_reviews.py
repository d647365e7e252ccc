"""What follows from an answer: a case to review for whoever is registered, nobody's colour; and how long it is kept."""

from __future__ import annotations

import json

import pytest
from nanhai.domain.actors import Role
from nanhai.domain.days import DAY_S, day_begins, local_day
from nanhai.domain.errors import Poison
from nanhai.services import cases
from nanhai.services.cases import CaseKind
from nanhai.services.trajectories import co_presence_reviews, co_presence_sealing
from nanhai.store import casefiles, copresences, notices, passes, people
from nanhai.streams.rebuild import rebuild

from tests.functions.checkpoints.stand import OTHER_TOWN
from tests.functions.trajectories.heard import heard, somebody, visit
from tests.functions.trajectories.questions import OTHER_NUMBER, STRANGER, again, found, listed, read

PLENTY = lambda: 300.0  # noqa: E731 - seconds that an invocation has left


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
