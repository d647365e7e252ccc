"""Reports are in order by their ids, say their messages one after the other, and are merged once and not in circles."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from nanhai.domain.days import local_day
from nanhai.domain.identifiers import ulid
from nanhai.domain.reports import Category, State
from nanhai.store import report_counts, reports
from nanhai.store.reports import MERGED_MAX, Message, Report
from nanhai.store.writes import ConditionFailed, send

from tests.store.builders import DAY, NOW, everything

HERE, NEXT_DOOR, OTHER_TOWN = "440605011001", "440605011004", "440605122002"
TODAY = local_day(NOW)


def report(number=1, community=HERE, at=NOW, **changes) -> Report:
    id_ = ulid(at * 1_000, number)
    return replace(Report(id_, community, at, Category.FEVER, State.NEW, True, "case-1", b"\0sealed\xff"), **changes)


def opened(*new) -> list[Report]:
    for one in new:
        send([reports.open_(one), report_counts.count(one)])
    return list(new)


def message(number, *, by_office=False) -> Message:
    return Message(number, NOW, by_office, b"\0said\xff")


@pytest.mark.parametrize("new", [report(), report(anonymous=False, category=Category.OTHER)])
def test_a_report_is_read_as_it_was_opened_and_opened_once(aws, new):
    opened(new)
    assert reports.get(new.report_id, NOW) == new
    with pytest.raises(ConditionFailed, match="report"):
        send([reports.open_(new)])
    assert reports.get("nobody", NOW) is None


def test_lists_are_newest_first_and_end_where_they_are_told(aws):
    old, *new = opened(report(1, at=NOW - DAY), report(2), report(3), report(4), report(5, NEXT_DOOR))
    ids = [one.report_id for one in new]
    here = reports.in_community(HERE, 9, ulid((NOW - 2 * DAY) * 1_000, 0), "Z", NOW)
    assert [one.report_id for one in here] == [*reversed(ids[:3]), old.report_id]
    assert [one.report_id for one in reports.in_community(HERE, 1, ids[0], ids[2], NOW)] == [ids[1]]
    assert reports.in_community(HERE, 9, ids[0], ids[0], NOW) == []
    town = reports.in_towns(["440605011", "440605122"], TODAY, 2, ids[3], NOW)
    assert [one.report_id for one in town] == [ids[2], ids[1]]


def test_messages_are_said_one_after_the_other(aws):
    (first,) = opened(report())
    send(reports.say(first, message(1, by_office=True), State.ASKED))
    with pytest.raises(ConditionFailed, match="report"):
        send(reports.say(first, message(1), State.ANSWERED))
    asked = reports.get(first.report_id, NOW)
    assert (asked.state, asked.messages) == (State.ASKED, 1)
    send(reports.say(asked, message(2), State.ANSWERED))
    assert [(one.number, one.by_office, one.text) for one in reports.messages(first.report_id)] == [
        (1, True, b"\0said\xff"),
        (2, False, b"\0said\xff"),
    ]


def test_a_report_and_its_messages_have_an_end_and_are_not_there_from_then_on(aws):
    one, other, third = opened(report(1), report(2), report(3))
    send(reports.say(one, message(1, by_office=True), State.ASKED))
    asked = reports.get(one.report_id, NOW)
    with pytest.raises(ConditionFailed, match="report"):
        send(reports.keep_until(one, NOW + DAY))
    send(reports.keep_until(asked, NOW + DAY))
    kept = reports.get(one.report_id, NOW + DAY - 1)
    assert (kept.expires_at, reports.get(one.report_id, NOW + DAY)) == (NOW + DAY, None)
    with pytest.raises(ConditionFailed, match="report"):
        send(reports.say(asked, message(2), State.ANSWERED))
    send(reports.say(kept, message(2), State.ANSWERED))
    ids = [third.report_id, other.report_id, one.report_id]
    lists = [
        [
            [found.report_id for found in read]
            for read in (
                reports.in_community(HERE, 9, "0", "Z", now),
                reports.in_towns(["440605011"], TODAY, 9, "Z", now),
            )
        ]
        for now in (NOW + DAY - 1, NOW + DAY)
    ]
    assert lists == [[ids] * 2, [ids[:2]] * 2]
    rows = [row for row in everything("reports") if row["report_id"]["S"] == one.report_id]
    assert [row["expires_at"]["N"] for row in rows] == [str(NOW + DAY)] * 3


def test_what_has_ended_takes_no_place_in_a_page(aws, requests):
    new = opened(*(report(number) for number in range(1, 9)))
    for one in new[4:]:
        send(reports.keep_until(one, NOW))
    requests.clear()
    found = reports.in_community(HERE, 2, "0", "Z", NOW)
    assert [one.report_id for one in found] == [new[3].report_id, new[2].report_id]
    assert [call for call, _ in requests] == ["Query"] * 2


def test_a_report_is_merged_once_and_never_into_one_that_was(aws):
    one, other, third = opened(report(1), report(2), report(3))
    send(reports.merge(one, other))
    merged, into = reports.get(one.report_id, NOW), reports.get(other.report_id, NOW)
    assert (merged.state, merged.merged_into, into.merged) == (State.MERGED, other.report_id, {one.report_id})
    for wrong in ((one, third), (merged, third), (third, one), (into, third)):
        with pytest.raises(ConditionFailed):
            send(reports.merge(*wrong))
    send(reports.merge(third, into))


def test_so_many_are_merged_into_one_and_no_more(aws):
    into, *many = opened(*(report(number) for number in range(MERGED_MAX + 2)))
    for one in many[:MERGED_MAX]:
        send(reports.merge(one, into))
    with pytest.raises(ConditionFailed, match="into"):
        send(reports.merge(many[MERGED_MAX], into))


def test_counts_are_of_each_day_and_community_and_move_with_the_state(aws):
    yesterday, *_ = opened(report(1, at=NOW - DAY), report(2), report(3), report(4, NEXT_DOOR), report(5, OTHER_TOWN))
    send(report_counts.move(report(2), State.ASKED))
    assert report_counts.move(yesterday, yesterday.state) == []
    towns = ["440605011", "440605122"]
    assert report_counts.of_days(towns, [TODAY - 1, TODAY]) == {
        TODAY - 1: {(HERE, "fever", "new"): 1},
        TODAY: {
            (HERE, "fever", "new"): 1,
            (HERE, "fever", "asked"): 1,
            (NEXT_DOOR, "fever", "new"): 1,
            (OTHER_TOWN, "fever", "new"): 1,
        },
    }


def test_a_week_of_the_district_takes_four_reads_and_the_busiest_hour_no_single_item(aws, requests):
    counters = {
        write.action["Update"]["Key"]["counter"]["S"]
        for number in range(200)
        for write in [report_counts.count(report(number))]
    }
    assert len(counters) == report_counts.SHARDS
    requests.clear()
    report_counts.of_days([f"44060501{town}" for town in range(7)], range(TODAY - 6, TODAY + 1))
    assert [call for call, _ in requests] == ["BatchGetItem"] * 4


def test_keys_of_many_reports_are_read_at_once_but_for_shredded_ones(aws, requests):
    send([reports.put_wrapped("r1", b"1")])
    send([reports.put_wrapped("r2", b"2")])
    requests.clear()
    assert reports.wrapped(["r1", "r2", "r3"]) == {"r1": b"1", "r2": b"2"}
    assert [call for call, _ in requests] == ["BatchGetItem"]
