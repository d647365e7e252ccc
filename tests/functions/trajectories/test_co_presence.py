"""Who was with a case's person: found by place, time and hours, and told by pseudonym for fourteen days."""

from __future__ import annotations

import pytest
from nanhai.domain.days import day_begins, local_date, local_day
from nanhai.domain.sightings import h3_of
from nanhai.policies.trajectories import rule
from nanhai.services.trajectories import co_presence_search
from nanhai.services.trajectories.co_presence_search import search
from nanhai.store import presence, sightings

from tests.bench.counts import requests_of
from tests.functions.checkpoints.stand import rfc3339
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
from tests.functions.trajectories.questions import (
    CASE_NUMBER,
    OTHER_NUMBER,
    STRANGER,
    again,
    asked,
    case,
    decide,
    found,
    read,
    told,
)


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
