"""What offices see live: lists, counts and duplicates within their scope, and two reports made one."""

from __future__ import annotations

import pytest
from nanhai.domain.actors import Role
from nanhai.domain.days import DAY_S
from nanhai.services.reports import listing
from nanhai.store import casefiles, reports

from tests.functions.checkpoints.stand import HERE, NEXT_DOOR, OTHER_TOWN
from tests.functions.reports.desk import anonymous, citizen, follow, get, ids, named, officer, post

PLACES = (HERE, NEXT_DOOR, OTHER_TOWN)


def merge(stand, token, report_id, into, **sent):
    return post(stand, f"/{report_id}/merges", {"into": into}, token, **sent)


def walked(stand, token, limit=100) -> list[str]:
    """What all pages of a list hold."""
    seen, cursor = [], ""
    for _ in range(listing.LISTED_DAYS):
        page = get(stand, f"/?limit={limit}{cursor}", token).json
        seen += [one["report_id"] for one in page["reports"]]
        if page["next"] is None:
            return seen
        cursor = f"&cursor={page['next']}"
    raise AssertionError("a list has no end")


def week(stand, token) -> dict[tuple[str, str], tuple[int, int]]:
    counts = get(stand, "/counts", token).json["counts"]
    return {(one["community"], one["state"]): (one["today"], one["week"]) for one in counts}


def test_each_tier_sees_its_own_newest_first(stand, community, town, district):
    for place in PLACES:
        stand.now += 1
        named(stand, citizen(stand), place={"community": place})
    everywhere = ids(stand, district)
    assert len(everywhere) == 3
    assert ids(stand, town) == everywhere[1:]
    assert ids(stand, community) == everywhere[2:]
    assert ids(stand, district, f"?division={NEXT_DOOR}") == everywhere[1:2]
    assert ids(stand, district, "?division=440605122") == everywhere[:1]
    assert everywhere == sorted(everywhere, reverse=True)


def test_pages_hold_every_report_once_also_of_one_hour_and_across_days(stand, request):
    for _ in range(3):
        for _ in range(2):
            anonymous(stand)
        stand.now += DAY_S
    for who in ("community", "town", "district"):
        seen = walked(stand, request.getfixturevalue(who), limit=2)
        assert len(seen) == len(set(seen)) == 6
        assert seen == sorted(seen, reverse=True)


def test_nothing_older_than_thirty_days_is_listed(stand, request):
    anonymous(stand)
    stand.now += (listing.LISTED_DAYS + 1) * DAY_S
    assert [walked(stand, request.getfixturevalue(who)) for who in ("community", "district")] == [[], []]


@pytest.mark.parametrize("division", ["440606", "440605999", "440605011999", "4406050", "44060501100"])
def test_a_division_that_is_none_is_absent(stand, district, division):
    assert get(stand, f"/?division={division}", district).status in {200, 404}
    assert get(stand, f"/?division={division}", district).json.get("reports", []) == []


def test_counts_follow_every_report_from_state_to_state(stand, community, town, district):
    receipt = anonymous(stand)["receipt"]
    anonymous(stand, place={"community": NEXT_DOOR})
    anonymous(stand, place={"community": OTHER_TOWN})
    assert week(stand, district) == {(place, "new"): (1, 1) for place in PLACES}
    assert week(stand, town) == {(place, "new"): (1, 1) for place in PLACES[:2]}
    assert week(stand, community) == {(HERE, "new"): (1, 1)}
    (report_id,) = ids(stand, community)
    post(stand, f"/{report_id}/questions", {"text": "?"}, community)
    assert week(stand, community) == {(HERE, "asked"): (1, 1)}
    post(stand, "/receipts/answers", {"receipt": receipt, "text": "!"})
    assert week(stand, community) == {(HERE, "answered"): (1, 1)}
    towns = get(stand, "/counts", district).json["towns"]
    assert {one["town"]: one["week"] for one in towns if one["week"]} == {"440605011": 2, "440605122": 1}


def test_a_week_ends(stand, request):
    anonymous(stand)
    stand.now += 6 * DAY_S
    token = request.getfixturevalue("community")
    assert week(stand, token) == {(HERE, "new"): (0, 1)}
    stand.now += DAY_S
    assert week(stand, officer(stand)) == {}


AT = {"community": HERE, "latitude": 23.03, "longitude": 113.15}
NEAR, FAR = AT | {"latitude": 23.032}, AT | {"latitude": 23.034}


def duplicates(stand, token, report_id) -> list[str]:
    return [one["report_id"] for one in get(stand, f"/{report_id}", token).json["duplicates"]]


def test_reports_of_one_place_and_day_are_offered_for_merging(stand, community):
    for place in (AT, NEAR, FAR):
        anonymous(stand, place=place)
        stand.now += 3_600
    token = officer(stand)
    far, near, first = ids(stand, token)
    assert duplicates(stand, token, first) == [near]
    assert duplicates(stand, token, far) == [near]  # 222 m from the second, 445 m from the first
    anonymous(stand, place=AT, category="gathering")
    assert duplicates(stand, token, first) == [near]


def test_more_than_a_day_later_it_is_another_event(stand, community):
    for address, later_s in (("桂澜路 1 号", DAY_S), ("桂澜路１号", 3_600), ("桂澜路 1 号", 0)):
        anonymous(stand, place={"community": HERE, "address": address})
        stand.now += later_s
    token = officer(stand)
    third, second, first = ids(stand, token)
    assert duplicates(stand, token, first) == [second]
    assert duplicates(stand, token, third) == [second]


def test_a_merged_report_points_to_the_other_and_both_receipts_keep_working(stand, community):
    receipts = [anonymous(stand)["receipt"] for _ in range(2)]
    one, other = ids(stand, community)
    assert duplicates(stand, community, one) == [other]
    merged = merge(stand, community, one, other)
    assert (merged.status, merged.json) == (201, {"state": "merged", "merged_into": other})
    assert ("report.merge", one, "asked") in stand.audited()
    states = {follow(stand, receipt).json["state"] for receipt in receipts}
    assert states == {"merged", "new"}
    assert {len(follow(stand, receipt).json["steps"]) for receipt in receipts} == {1}
    assert get(stand, f"/{other}", community).json["merged"] == [one]
    assert duplicates(stand, community, other) == []
    assert week(stand, community) == {(HERE, "merged"): (1, 1), (HERE, "new"): (1, 1)}


def case(stand, report_id):
    return casefiles.get(reports.get(report_id, stand.now).case_id, stand.now)


def listed(stand, token) -> set[str]:
    return {one["case_id"] for one in stand.ask("casework", "GET", "/cases", token=token).json["cases"]}


def looked_into(stand, token, report_id) -> int:
    file = case(stand, report_id)
    body = {"version": file.version, "step": "looked-into"}
    return stand.ask("casework", "POST", f"/cases/{file.case_id}/steps", body=body, token=token).status


def test_the_case_of_a_merged_report_is_closed_and_its_receipt_shows_what_the_other_comes_to(stand, community, town):
    first = anonymous(stand)["receipt"]
    (one,) = ids(stand, community)
    anonymous(stand)
    other = next(report_id for report_id in ids(stand, community) if report_id != one)
    assert merge(stand, community, one, other).status == 201
    closed, open_ = case(stand, one), case(stand, other)
    assert (closed.open, closed.outcome, closed.steps[-1].details["case"]) == (False, "opened-twice", open_.case_id)
    assert (closed.steps[-1].by, closed.steps[-1].organisation) == ("officer-1", "community-1")
    assert listed(stand, community) == {open_.case_id}
    assert looked_into(stand, community, other) == 200
    seen = follow(stand, first).json
    assert (seen["state"], seen["case_state"]) == ("merged", "looked-into")
    assert [step["code"] for step in seen["steps"]] == ["opened", "looked-into"]
    stand.now += 100 * 3_600  # no town is told of what somebody else works on
    officer_of_town = stand.token_of("town-officer-1", Role.TOWN_OFFICER)
    assert listed(stand, officer_of_town) == {open_.case_id}


def test_a_report_whose_case_is_closed_already_is_merged_all_the_same(stand, community):
    for _ in range(2):
        anonymous(stand)
    one, other = ids(stand, community)
    before = case(stand, one)
    body = {"version": 1, "step": "closed", "outcome": "passed-on"}
    path = f"/cases/{before.case_id}/steps"
    assert stand.ask("casework", "POST", path, body=body, token=community).status == 200
    assert merge(stand, community, one, other).status == 201
    assert (case(stand, one).outcome, case(stand, other).open) == ("passed-on", True)


def test_who_works_on_the_case_in_the_moment_of_merging_wins_and_the_merge_is_tried_again(
    stand, community, monkeypatch
):
    for _ in range(2):
        anonymous(stand)
    one, other = ids(stand, community)
    before = case(stand, one)
    assert looked_into(stand, community, one) == 200
    with monkeypatch.context() as patched:
        patched.setattr(casefiles, "get", lambda *_: before)
        late = merge(stand, community, one, other)
    assert (late.status, late.code) == (409, "edge.still-running")
    assert merge(stand, community, one, other).status == 201
    assert case(stand, one).outcome == "opened-twice"


def test_nobody_merges_in_circles(stand, community):
    for _ in range(4):
        anonymous(stand)
    one, two, three, four = ids(stand, community)
    assert merge(stand, community, one, one).faults == [("/into", "reports.into-itself")]
    assert merge(stand, community, one, two).status == 201
    assert merge(stand, community, one, three).code == "reports.merged-already"
    assert merge(stand, community, three, one).code == "reports.merged-already"
    assert merge(stand, community, two, three).code == "reports.stands-for-others"
    assert merge(stand, community, four, two).status == 201
    assert post(stand, f"/{one}/questions", {"text": "?"}, community).code == "reports.merged-already"
    assert get(stand, f"/{two}", community).json["merged"] == sorted([one, four])


def test_a_merge_that_is_sent_twice_is_one(stand, community):
    anonymous(stand)
    anonymous(stand)
    one, other = ids(stand, community)
    assert len({merge(stand, community, one, other, once="m" * 20).body for _ in range(2)}) == 1
    assert week(stand, community) == {(HERE, "merged"): (1, 1), (HERE, "new"): (1, 1)}
