"""The list to work from: soonest due first, by what is asked, a page at a time; and escalation to the second."""

from __future__ import annotations

import pytest
from nanhai.domain.actors import Role
from nanhai.policies import casework
from nanhai.services.cases import CASE_STEP
from nanhai.store import casefiles, notices
from nanhai.store.notices import News
from nanhai.streams import escalate

from tests.functions.casework.desk import get
from tests.functions.casework.work import HOUR_S, assign, hand, listed, opened, read, step
from tests.functions.checkpoints.stand import DISTRICT, HERE, NEXT_DOOR, TOWN

ALWAYS = lambda: 60.0  # noqa: E731 - seconds that a run has left


@pytest.fixture
def town_desk(stand):
    stand.duty(Role.TOWN_OFFICER, TOWN, staff_id="town-desk")
    return lambda: stand.token_of("town-desk", Role.TOWN_OFFICER)


@pytest.fixture
def district_desk(stand):
    stand.duty(Role.DISTRICT_COMMAND, DISTRICT, staff_id="district-desk")
    return lambda: stand.token_of("district-desk", Role.DISTRICT_COMMAND)


def test_what_is_due_soonest_stands_first(stand, community):
    kinds = ["verify-yellow", "co-presence-review", "home-visit"]
    ids = [opened(stand, kind) for kind in kinds]
    assert listed(stand, community) == ids[::-1]


def test_closed_cases_are_listed_apart_the_latest_first(stand, community):
    first, second, third = (opened(stand) for _ in range(3))
    for case_id in (second, first):
        stand.now += 60
        step(stand, community, case_id, "closed", outcome="declined")
    assert listed(stand, community) == [third]
    assert listed(stand, community, "?state=closed") == [first, second]


def test_a_list_is_narrowed_by_kind_by_assignee_and_to_what_is_overdue(stand, community):
    yellow, visit, other = opened(stand, "verify-yellow"), opened(stand), opened(stand)
    assign(stand, community, visit, "officer-1")
    assert listed(stand, community, "?kind=verify-yellow") == [yellow]
    assert listed(stand, community, "?mine=true") == [visit]
    stand.now += 24 * HOUR_S
    officer = stand.token_of("officer-1", Role.COMMUNITY_OFFICER)
    assert sorted(listed(stand, officer, "?shown=overdue")) == sorted([visit, other])
    assert listed(stand, officer, "?shown=overdue&mine=true") == [visit]
    step(stand, officer, visit, "closed", outcome="declined")
    assert listed(stand, officer, "?mine=true") == []
    assert listed(stand, officer, "?mine=true&state=closed") == [visit]


def test_pages_hold_every_case_once(stand, community):
    ids = {opened(stand) for _ in range(7)}
    found, cursor = [], ""
    for _ in range(4):
        page = get(stand, community, f"/cases?limit=2{cursor}").json
        found += [case["case_id"] for case in page["cases"]]
        cursor = f"&cursor={page['next']}"
        if page["next"] is None:
            break
    assert (len(found), set(found)) == (7, ids)


def test_a_list_says_nothing_of_a_person(stand, community):
    person = stand.person()
    opened(stand, "verify-yellow", person=person)
    assert person not in get(stand, community, "/cases").body.decode()


@pytest.mark.parametrize(
    ("after_s", "town_has", "district_has", "tier"),
    [
        (71 * HOUR_S + 3_599, False, False, "community"),
        (72 * HOUR_S, True, False, "town"),
        (95 * HOUR_S + 3_599, True, False, "town"),
        (96 * HOUR_S, True, True, "district"),
    ],
)
def test_with_every_job_stopped_a_case_is_the_towns_at_72_hours_and_the_districts_at_96(
    stand, town_desk, district_desk, after_s, town_has, district_has, tier
):
    case_id = opened(stand, "verify-yellow", person=stand.person())
    stand.now += after_s
    assert listed(stand, town_desk()) == [case_id] * town_has
    assert listed(stand, district_desk()) == [case_id] * district_has
    assert read(stand, town_desk(), case_id)["case"]["tier"] == tier
    assert step(stand, town_desk(), case_id, "called").status == (200 if town_has else 403)


def test_a_town_may_look_ahead_at_what_will_come_to_it(stand, town_desk):
    here, there = opened(stand), opened(stand, community=NEXT_DOOR)
    assert listed(stand, town_desk()) == []
    assert sorted(listed(stand, town_desk(), "?shown=all")) == sorted([here, there])
    assert listed(stand, town_desk(), f"?division={HERE}") == [here]


def test_overdue_in_a_town_is_what_it_has_and_is_late(stand, community, town_desk):
    handed, _ = opened(stand), opened(stand)
    hand(stand, community, handed, "handed-over", "town")
    assert listed(stand, town_desk(), "?shown=overdue") == []
    stand.now += 24 * HOUR_S
    assert listed(stand, town_desk(), "?shown=overdue") == [handed]


def told(stand, person) -> list:
    news = [one for one in notices.page(person, stand.now, 50)[0] if isinstance(one, News) and one.kind == CASE_STEP]
    return [one.params["step"].removeprefix("@case.step.") for one in news]


def test_the_job_writes_what_time_has_done_once_and_tells_the_person(stand):
    person = stand.person(name="陈小明")
    case_id = opened(stand, "verify-yellow", person=person)
    for hours, wrote in ((71, 0), (72, 1), (73, 0), (96, 1), (500, 0)):
        stand.now += hours * HOUR_S - (stand.now - casefiles.get(case_id, stand.now).opened_at)
        assert escalate.escalate(stand.here, ALWAYS) == wrote
        assert escalate.escalate(stand.here, ALWAYS) == 0
    steps = casefiles.get(case_id, stand.now).steps
    assert [(s.code, s.details) for s in steps[1:]] == [("escalated", {"tier": t}) for t in ("town", "district")]
    assert told(stand, person) == ["escalated", "escalated", "opened"]


def test_a_job_that_slept_for_days_catches_up(stand):
    case_id = opened(stand, "verify-yellow")
    stand.now += 200 * HOUR_S
    assert [escalate.escalate(stand.here, ALWAYS) for _ in range(3)] == [1, 1, 0]
    assert [s.code for s in casefiles.get(case_id, stand.now).steps] == ["opened", "escalated", "escalated"]


def test_what_is_closed_or_handed_over_escalates_no_more(stand, community):
    done, handed = opened(stand), opened(stand)
    step(stand, community, done, "closed", outcome="declined")
    hand(stand, community, handed, "handed-over", "town")
    stand.now += 72 * HOUR_S
    assert escalate.escalate(stand.here, ALWAYS) == 0


def test_the_job_stops_in_time(stand):
    opened(stand, "verify-yellow")
    stand.now += 72 * HOUR_S
    assert escalate.escalate(stand.here, lambda: 1.0) == 0


def test_a_case_that_changes_meanwhile_is_left_to_whoever_changed_it(stand, community, monkeypatch):
    case_id = opened(stand, "isolation")
    stand.now += 72 * HOUR_S
    stale = casefiles.get(case_id, stand.now)
    officer = stand.token_of("officer-1", Role.COMMUNITY_OFFICER)
    step(stand, officer, case_id, "started")
    with monkeypatch.context() as patched:
        patched.setattr(casefiles, "to_escalate", lambda *_: ([case_id], None))
        patched.setattr(casefiles, "get", lambda *_: stale)
        assert escalate.escalate(stand.here, ALWAYS) == 0
    assert [s.code for s in casefiles.get(case_id, stand.now).steps] == ["opened", "started"]


def test_a_case_whose_escalation_fails_keeps_no_other_from_theirs_and_somebody_is_told(stand, monkeypatch, capsys):
    ids = [opened(stand, "verify-yellow") for _ in range(6)]
    bad, real = ids[2], casework.rules_of
    stand.now += 72 * HOUR_S

    def rules_of(case):
        if case.case_id == bad:
            raise LookupError
        return real(case)

    monkeypatch.setattr(casework, "rules_of", rules_of)
    assert escalate.escalate(stand.here, ALWAYS) == 5
    assert f'"cases.escalation-failed:LookupError","correlation_id":"{bad}"' in capsys.readouterr().out
