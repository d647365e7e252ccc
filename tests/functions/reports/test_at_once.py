"""Many at once, on an engine with real transactions: each report counts once, and no two are merged in a circle."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from nanhai.store import reports

from tests.functions.checkpoints.stand import HERE
from tests.functions.reports.desk import anonymous, follow, get, ids, post, report

AT_ONCE = 16


def at_once(*asks) -> list[int]:
    """The statuses of what so many threads are answered, sorted."""
    with ThreadPoolExecutor(len(asks)) as threads:
        return sorted(future.result().status for future in [threads.submit(ask) for ask in asks])


def test_each_of_many_reports_of_one_community_is_taken_and_counted_once(durable, stand, community):
    asks = [lambda: post(stand, "/anonymous", report(stand))] * AT_ONCE
    assert at_once(*asks) == [201] * AT_ONCE
    counts = get(stand, "/counts", community).json["counts"]
    assert [(one["community"], one["week"]) for one in counts] == [(HERE, AT_ONCE)]
    assert len(ids(stand, community, "?limit=100")) == AT_ONCE


def test_of_two_reports_that_are_merged_into_each_other_at_once_one_stands(durable, stand, community):
    receipts = [anonymous(stand)["receipt"] for _ in range(2)]
    one, other = ids(stand, community)
    pairs = ((one, other), (other, one))
    merges = [lambda a=a, b=b: post(stand, f"/{a}/merges", {"into": b}, community) for a, b in pairs]
    assert at_once(*merges) == [201, 409]
    states = sorted(reports.get(report_id, stand.now).state for report_id in (one, other))
    assert states == ["merged", "new"]
    assert {follow(stand, receipt).status for receipt in receipts} == {200}


def test_of_many_answers_at_once_one_is_said(durable, stand, community):
    receipt = anonymous(stand)["receipt"]
    (report_id,) = ids(stand, community)
    assert post(stand, f"/{report_id}/questions", {"text": "?"}, community).status == 201
    answer = [lambda: post(stand, "/receipts/answers", {"receipt": receipt, "text": "!"})] * 4
    assert at_once(*answer) == [201, 409, 409, 409]
    assert len(reports.messages(report_id)) == 2
