"""A report ends with its case: from the closing on for the days of the rules, whatever still lies in the table."""

from __future__ import annotations

import pytest
from nanhai.domain.days import DAY_S
from nanhai.policies import casework
from nanhai.services import cases
from nanhai.services.cases import CaseKind, NewCase
from nanhai.store import casefiles, reports
from nanhai.store.writes import send

from tests.functions.casework.work import step
from tests.functions.checkpoints.stand import HERE
from tests.functions.reports.desk import anonymous, follow, get, ids, officer, post
from tests.functions.reports.test_following import answer, ask
from tests.functions.reports.test_offices import merge
from tests.store.builders import everything

KEPT_S = 365 * DAY_S


def case_of(stand, report_id):
    return casefiles.get(reports.get(report_id, stand.now).case_id, stand.now)


def close(stand, report_id):
    return step(stand, officer(stand), case_of(stand, report_id).case_id, "closed", outcome="passed-on")


def ends(report_id) -> list:
    """When each of its rows ends, in the order of their keys; None for never."""
    rows = [row for row in everything("reports") if row["report_id"]["S"] == report_id]
    told = [row.get("expires_at", {}).get("N") for row in sorted(rows, key=lambda row: row["sk"]["S"])]
    return [None if at is None else int(at) for at in told]


@pytest.fixture
def talked(stand, community) -> tuple[str, str]:
    """The id and the receipt of a report with a question and its answer."""
    receipt = anonymous(stand)["receipt"]
    (report_id,) = ids(stand, community)
    assert ask(stand, community, report_id).status == 201
    assert answer(stand, receipt).status == 201
    return report_id, receipt


def test_while_its_case_is_open_it_has_no_end(stand, talked):
    assert ends(talked[0]) == [None] * 3
    stand.now += 3 * KEPT_S
    assert follow(stand, talked[1]).status == 200


def test_it_and_all_that_was_said_end_with_the_case(stand, talked):
    report_id, receipt = talked
    stand.now += DAY_S
    assert close(stand, report_id).status == 200
    until = stand.now + KEPT_S
    assert ends(report_id) == [until] * 3
    assert casework.kept_s(case_of(stand, report_id)) == KEPT_S
    stand.now = until - 1
    assert follow(stand, receipt).status == 200
    stand.now = until
    assert follow(stand, receipt).code == "reports.receipt-unknown"
    assert get(stand, f"/{report_id}", officer(stand)).status == 404
    assert answer(stand, receipt).code == "reports.receipt-unknown"
    assert len(ends(report_id)) == 3  # they still lie there


def test_what_is_said_afterwards_ends_with_it_too(stand, talked):
    report_id, receipt = talked
    close(stand, report_id)
    until = stand.now + KEPT_S
    stand.now += DAY_S
    assert ask(stand, officer(stand), report_id).status == 201
    assert answer(stand, receipt).status == 201
    assert ends(report_id) == [until] * 5


def test_another_step_and_the_end_of_another_case_end_no_report(stand, talked):
    report_id, _ = talked
    assert step(stand, officer(stand), case_of(stand, report_id).case_id, "called").status == 200
    other = cases.opened(stand.here, stand.now, NewCase(CaseKind.DISINFECTION, HERE, f"report:{report_id}"))
    send(other.writes)
    assert step(stand, officer(stand), other.case_id, "closed", outcome="declined").status == 200
    assert ends(report_id) == [None] * 3


def test_who_closes_while_something_is_said_looks_again(stand, talked, monkeypatch):
    report_id, _ = talked
    before = reports.get(report_id, stand.now)
    assert ask(stand, officer(stand), report_id).status == 201
    with monkeypatch.context() as patched:
        patched.setattr(reports, "get", lambda *_: before)
        late = close(stand, report_id)
    assert (late.status, late.code) == (409, "casework.case-changed")
    assert close(stand, report_id).status == 200
    assert ends(report_id) == [stand.now + KEPT_S] * 4


def test_who_speaks_while_it_is_closed_looks_again(stand, talked, monkeypatch):
    report_id, _ = talked
    before = reports.get(report_id, stand.now)
    assert close(stand, report_id).status == 200
    with monkeypatch.context() as patched:
        patched.setattr(reports, "get", lambda *_: before)
        assert ask(stand, officer(stand), report_id).code == "edge.still-running"
    assert ask(stand, officer(stand), report_id).status == 201


def test_what_has_ended_is_in_no_list_and_no_duplicate_and_hides_nothing_else(stand, community, town):
    for _ in range(4):
        anonymous(stand)
    gone, *left = ids(stand, community)
    before = reports.get(gone, stand.now)
    send(reports.keep_until(before, stand.now))
    assert ids(stand, community) == ids(stand, town) == left
    assert ids(stand, community, "?limit=1") == left[:1]
    duplicates = get(stand, f"/{left[0]}", community).json["duplicates"]
    assert sorted(one["report_id"] for one in duplicates) == sorted(left[1:])
    assert merge(stand, community, left[0], gone).status == 404


def test_a_merged_report_ends_as_its_case_was_closed(stand, talked, community):
    report_id, _ = talked
    anonymous(stand)
    into = next(one for one in ids(stand, community) if one != report_id)
    assert merge(stand, community, report_id, into).status == 201
    assert (ends(report_id), ends(into)) == ([stand.now + KEPT_S] * 3, [None])


def test_a_receipt_outlives_the_report_that_stands_for_it(stand, community):
    receipts = [anonymous(stand)["receipt"] for _ in range(2)]
    one, into = ids(stand, community)
    merge(stand, community, one, into)
    stand.now += 10
    send(reports.keep_until(reports.get(into, stand.now), stand.now))
    assert sorted(follow(stand, receipt).status for receipt in receipts) == [200, 404]


def test_a_photo_is_asked_for_without_a_time(stand, community):
    stand.now += 1_023
    made = post(stand, "/photos", {"media_type": "image/png"}, once=None).json
    anonymous(stand)
    (report_id,) = ids(stand, officer(stand))
    assert made["upload_id"][:10] == report_id[:10]  # the hour, and no more
