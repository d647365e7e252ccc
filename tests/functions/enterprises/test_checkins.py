"""A check-in is a member's own row of the day; a fever in it is a record at once, and a healthy one is none."""

from __future__ import annotations

import pytest
from nanhai.domain.records import Source, Symptoms
from nanhai.services.enterprises import checkins
from nanhai.store import people
from nanhai.store.connection import client

from tests.functions.enterprises.office import SHOP


def told(worker) -> list:
    """What is recorded of somebody's symptoms."""
    return [record for record in people.records(worker.person) if isinstance(record.fact, Symptoms)]


def test_a_healthy_check_in_is_counted_and_leaves_no_record_and_the_head_as_it_was(office):
    worker = office.employed()
    before = people.head(worker.person)
    answer = office.check_in(worker, 36.5)
    assert (answer.status, answer.json["record_id"], answer.json["day"]) == (201, None, office.today)
    assert (people.head(worker.person), told(worker)) == (before, [])
    assert office.day()["counts"]["checked_in"] == 1


@pytest.mark.parametrize(
    ("temperature", "symptoms", "recorded", "admitted"),
    [
        (36.9, [], False, True),
        (37.0, [], True, True),  # under another policy it may be a fever: the fact is kept
        (37.2, [], True, True),
        (37.3, [], True, False),
        (36.5, ["cough"], True, True),
        (36.5, ["fever"], True, False),
    ],
)
def test_what_can_matter_becomes_a_record_of_the_citizen_and_what_it_means_the_policy_says(
    office, temperature, symptoms, recorded, admitted
):
    worker = office.employed()
    answer = office.check_in(worker, temperature, symptoms=symptoms)
    records = told(worker)
    assert [record.record_id for record in records] == ([answer.json["record_id"]] if recorded else [])
    if recorded:
        (record,) = records
        assert (record.source, record.source_id, record.evidence) == (Source.CITIZEN, worker.person, "checkin.write")
        assert record.fact == Symptoms(temperature, tuple(symptoms))
    roster = office.done(office.get(office.enterprise(), "/roster"))["entries"]
    assert [one["admitted"] for one in roster] == [admitted]


def test_a_later_one_of_the_day_corrects_but_a_fever_that_was_told_stays_told(office):
    worker = office.employed()
    office.check_in(worker, 38.2)
    office.wait(seconds=600)
    assert office.check_in(worker, 36.4).json["record_id"] is None
    assert [record.fact.temperature_c for record in told(worker)] == [38.2]
    assert office.day()["counts"]["checked_in"] == 1


def test_the_same_request_counts_and_records_once(office):
    worker = office.employed()
    first, again = (office.check_in(worker, 38.2, once="morning-of-today-01") for _ in range(2))
    assert (first.status, first.body) == (again.status, again.body)
    assert len(told(worker)) == 1


def test_nobody_checks_in_where_they_are_no_member(office):
    worker, stranger = office.employed(), office.worker()
    office.invite(stranger)
    refused = [office.check_in(stranger, 38.2), office.check_in(worker, 38.2, SHOP)]
    assert [(answer.status, answer.code) for answer in refused] == [(404, "absent")] * 2
    assert told(stranger) == told(worker) == []


def test_every_fault_is_named_at_once(office):
    refused = office.check_in(office.employed(), 45.0, symptoms=["cough", "greed"])
    assert (refused.status, refused.faults) == (
        422,
        [("/temperature_c", "passes.temperature"), ("/symptoms/1", "passes.symptom")],
    )


def test_who_keeps_telling_of_fevers_fills_no_head(office, monkeypatch):
    monkeypatch.setattr(checkins, "UNWELL_PER_DAY", checkins.Limit("unwell-check-ins", 2, 86_400))
    worker = office.employed()
    assert [office.check_in(worker, 38.0).status for _ in range(3)] == [201, 201, 429]
    assert office.check_in(worker, 36.5).status == 201


def test_a_fortnight_of_check_ins_is_one_row_that_does_not_grow(office):
    worker = office.employed()
    sizes = []
    for _ in range(16):
        office.check_in(worker, 36.5)
        (row,) = client().scan(TableName=f"{office.stage.prefix}checkins")["Items"]
        sizes.append(len(str(row)))
        office.wait(days=1)
    assert sizes[13] == sizes[14] == sizes[15]


def test_who_leaves_takes_their_check_ins_along(office):
    worker = office.employed()
    office.check_in(worker)
    office.leave(worker)
    (row,) = client().scan(TableName=f"{office.stage.prefix}checkins")["Items"]
    assert not any(name.startswith("slot_") for name in row)
    assert row["expires_at"] == {"N": str(office.now + 86_400)}
    assert office.day()["counts"] == {
        "members": 0,
        "checked_in": 0,
        "suspicion": {"judged": None, "suspicious": None, "rate": None, "signs": dict.fromkeys(SIGNS)},
    }
    office.join(worker)
    assert [one["number"] for one in office.day()["missing"]] == ["A-000"]


SIGNS = ("same-value", "same-second", "timer", "burst")


# what the enterprise sees of a day


def test_an_enterprise_sees_who_is_missing_page_by_page(office):
    workers = [office.employed() for _ in range(5)]
    for worker in workers[:2]:
        office.check_in(worker)
    seen, pages, cursor = [], [], ""
    for _ in range(6):
        page = office.day(query=f"?limit=2{cursor}")
        pages.append(page)
        seen += [one["phone_masked"] for one in page["missing"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    missing = {f"{worker.phone[3:6]}****{worker.phone[-4:]}" for worker in workers[2:]}
    assert (sorted(seen), len(seen)) == (sorted(missing), 3)
    assert [page["counts"] is not None for page in pages] == [True, False]
    assert (pages[0]["counts"]["members"], pages[0]["counts"]["checked_in"]) == (5, 2)


def test_a_day_ends_at_midnight_where_the_people_are_and_is_told_for_a_fortnight(office):
    worker = office.employed()
    office.at(23, 59, 59)
    office.check_in(worker)
    yesterday = office.today
    office.wait(seconds=1)
    assert [office.day(day)["counts"]["checked_in"] for day in (yesterday, office.today)] == [1, 0]
    office.wait(days=12)
    assert office.day(yesterday)["counts"]["checked_in"] == 1
    office.wait(days=1)
    refused = office.get(office.enterprise(), f"/checkins/{yesterday}")
    assert (refused.status, refused.faults) == (422, [("/day", "enterprises.day")])


@pytest.mark.parametrize(
    ("day", "status"),
    [
        ("today", 404),
        ("2020-02-30", 404),
        ("2020-W01-1", 404),
        ("20200224", 404),
        ("9999-12-31", 422),
        ("0001-01-01", 422),
    ],
)
def test_a_day_is_one_of_the_last_fourteen(office, day, status):
    office.employed()
    assert office.get(office.enterprise(), f"/checkins/{day}").status == status


def test_nothing_of_anybodys_health_is_told_to_the_enterprise(office):
    for temperature in (36.5, 38.4):
        office.check_in(office.employed(), temperature)
    told = str(office.day())
    assert not any(said in told for said in ("38", "36.5", "fever", "colour", "temperature"))


def test_the_share_of_check_ins_that_a_machine_makes_is_told_of_ten_and_more(office):
    robots = [office.employed(serial=1_000 + n) for n in range(11)]
    people_ = [office.employed(serial=2_000 + n) for n in range(11)]
    for day in range(7):
        for number, worker in enumerate(robots):
            office.at(8, number, 17)
            office.check_in(worker, 36.5)
        for number, worker in enumerate(people_):
            office.at(9, (number * 7 + day * 11) % 60, (number * 13 + day * 29) % 60)
            office.check_in(worker, 36.2 + (number + day * 3) % 5 / 10)
        office.wait(days=1)
    office.wait(days=-1)
    counts = office.day()["counts"]
    assert counts["suspicion"] == {
        "judged": 22,
        "suspicious": 11,
        "rate": 0.5,
        "signs": {"same-value": 11, "same-second": 11, "timer": 11, "burst": 0},
    }
    office.leave(robots[0])
    office.leave(robots[1])
    assert office.day()["counts"]["suspicion"] == {
        "judged": 20,
        "suspicious": None,
        "rate": None,
        "signs": dict.fromkeys(SIGNS),
    }
