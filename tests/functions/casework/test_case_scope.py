"""Officers have the cases of their scope before them, hospitals what was referred to them; others do not exist."""

from __future__ import annotations

import pytest
from nanhai.domain.actors import Role

from tests.functions.casework.desk import get, post
from tests.functions.casework.work import asked, assign, hand, listed, opened, step, version
from tests.functions.checkpoints.stand import DISTRICT, HERE, NEXT_DOOR, OTHER_TOWN, TOWN

OUTSIDE = [
    (Role.COMMUNITY_OFFICER, NEXT_DOOR),
    (Role.COMMUNITY_OFFICER, OTHER_TOWN),
    (Role.TOWN_OFFICER, OTHER_TOWN[:9]),
    (Role.DISTRICT_COMMAND, "440604"),
    (Role.HEALTH_AUTHORITY, "440604"),
    (Role.HOSPITAL, DISTRICT),
]
INSIDE = [
    (Role.COMMUNITY_OFFICER, HERE),
    (Role.TOWN_OFFICER, TOWN),
    (Role.DISTRICT_COMMAND, DISTRICT),
    (Role.HEALTH_AUTHORITY, DISTRICT),
]
STAFF = [role for role in Role if role not in {Role.ANONYMOUS, Role.CITIZEN, Role.ENTERPRISE, Role.GUARD}]


def requests(stand, case_id) -> dict:
    """One of each operation on a case, as (method, path, body)."""
    known = version(stand, case_id)
    at = f"/cases/{case_id}"
    return {
        "read": ("GET", at, None),
        "chain": ("GET", f"{at}/chain", None),
        "step": ("POST", f"{at}/steps", {"version": known, "step": "noted"}),
        "assign": ("POST", f"{at}/assignments", {"version": known, "staff_id": "officer-1"}),
        "hand": ("POST", f"{at}/hand-overs", {"version": known, "way": "handed-over", "to": "town"}),
        "follow": ("POST", "/cases", {"kind": "counselling", "summary": "x", "community": HERE, "follows": case_id}),
    }


@pytest.mark.parametrize(("role", "scope"), OUTSIDE, ids=lambda value: str(value))
@pytest.mark.parametrize("what", ["read", "chain", "step", "assign", "hand", "follow"])
def test_a_case_out_of_scope_does_not_exist(stand, role, scope, what):
    case_id = opened(stand)
    method, path, body = requests(stand, case_id)[what]
    token = stand.duty(role, scope, organisation="other-1")
    absent = stand.ask("casework", method, path.replace(case_id, "0" * 26), body=body, token=token)
    answer = stand.ask("casework", method, path, body=body, token=token)
    refused = 403 if role is Role.HOSPITAL and what in {"chain", "assign", "hand", "follow"} else 404
    assert (answer.status, answer.json["code"]) == (absent.status, absent.json["code"])
    assert answer.status == refused


@pytest.mark.parametrize(("role", "scope"), INSIDE, ids=lambda value: str(value))
def test_whoever_has_it_in_scope_reads_it_and_its_chain(stand, role, scope):
    case_id, token = opened(stand), stand.duty(role, scope, organisation="one-1")
    assert [get(stand, token, f"/cases/{case_id}{more}").status for more in ("", "/chain")] == [200, 200]


@pytest.mark.parametrize("role", STAFF)
@pytest.mark.parametrize("what", ["read", "chain", "step", "assign", "hand", "follow"])
def test_roles_that_do_no_casework_are_refused_before_anything_is_looked_for(stand, role, what):
    if role in {Role.COMMUNITY_OFFICER, Role.TOWN_OFFICER, Role.DISTRICT_COMMAND, Role.HEALTH_AUTHORITY, Role.HOSPITAL}:
        return
    method, path, body = requests(stand, opened(stand))[what]
    answer = stand.ask("casework", method, path, body=body, token=stand.duty(role, DISTRICT))
    assert (answer.status, answer.code) == (403, "edge.forbidden")


def test_an_officer_opens_cases_in_their_own_scope_alone(stand, community):
    there = stand.person(community=NEXT_DOOR)
    for about in ({"person_id": there}, {"community": NEXT_DOOR}):
        answer = post(stand, community, "/cases", {"kind": "home-visit", "summary": "x"} | about)
        assert (answer.status, answer.code) == (404, "absent")


@pytest.mark.parametrize(
    ("role", "scope", "division", "sees"),
    [
        (Role.COMMUNITY_OFFICER, HERE, HERE, True),
        (Role.COMMUNITY_OFFICER, HERE, NEXT_DOOR, None),
        (Role.COMMUNITY_OFFICER, HERE, TOWN, None),
        (Role.COMMUNITY_OFFICER, NEXT_DOOR, NEXT_DOOR, False),
        (Role.TOWN_OFFICER, TOWN, HERE, True),
        (Role.TOWN_OFFICER, TOWN, NEXT_DOOR, False),
        (Role.TOWN_OFFICER, TOWN, OTHER_TOWN, None),
        (Role.TOWN_OFFICER, TOWN, DISTRICT, None),
        (Role.DISTRICT_COMMAND, DISTRICT, HERE, True),
        (Role.DISTRICT_COMMAND, DISTRICT, "440604", None),
    ],
)
def test_a_list_is_of_a_division_in_scope(stand, role, scope, division, sees):
    case_id, token = opened(stand), stand.duty(role, scope)
    answer = get(stand, token, f"/cases?division={division}&shown=all")
    assert answer.status == (404 if sees is None else 200)
    if sees is not None:
        assert [case["case_id"] for case in answer.json["cases"]] == ([case_id] if sees else [])


def test_a_hospital_has_what_was_referred_to_it_and_nothing_else(stand, community):
    mine, theirs = (
        asked(stand, community, person_id=stand.person(name="陈小明"), kind="hospital-referral") for _ in "ab"
    )
    hospital = stand.duty(Role.HOSPITAL, DISTRICT, organisation="hospital-1")
    stand.duty(Role.HOSPITAL, DISTRICT, organisation="hospital-2")
    step(stand, community, mine, "referred", organisation="hospital-1")
    step(stand, community, theirs, "referred", organisation="hospital-2")
    assert listed(stand, hospital) == [mine]
    assert get(stand, hospital, f"/cases/{theirs}").status == 404
    assert step(stand, hospital, theirs, "noted", note="x").status == 404
    step(stand, community, mine, "referred", organisation="hospital-2")
    assert (listed(stand, hospital), get(stand, hospital, f"/cases/{mine}").status) == ([], 404)


def test_a_hospital_without_an_organisation_has_nothing(stand):
    token = stand.duty(Role.HOSPITAL, DISTRICT, organisation="")
    assert get(stand, token, "/cases").status == 404


@pytest.mark.parametrize(
    ("role", "scope", "able"),
    [
        (Role.COMMUNITY_OFFICER, HERE, True),
        (Role.COMMUNITY_OFFICER, NEXT_DOOR, False),
        (Role.TOWN_OFFICER, TOWN, False),  # the town does not work on it yet
        (Role.HOSPITAL, DISTRICT, False),
        (Role.GUARD, HERE, False),
    ],
)
def test_a_case_is_given_to_somebody_who_may_have_it(stand, community, role, scope, able):
    stand.duty(role, scope, staff_id="someone")
    answer = assign(stand, community, opened(stand), "someone")
    assert answer.status == (200 if able else 422)
    if not able:
        assert answer.faults == [("/staff_id", "casework.staff-not-for-it")]


def test_nobody_who_is_off_duty_or_unknown_is_given_a_case(stand, community):
    from nanhai.store import staff
    from nanhai.store.writes import send

    stand.duty(Role.COMMUNITY_OFFICER, HERE, staff_id="retired")
    send([staff.dismiss("retired")])
    for staff_id in ("retired", "unheard-of"):
        assert assign(stand, community, opened(stand), staff_id).status == 422


def test_a_case_goes_from_tier_to_tier_and_whoever_has_not_got_it_takes_no_step(stand, community, town):
    case_id = opened(stand)
    assert step(stand, town, case_id, "called").code == "casework.other-tier"
    assert hand(stand, community, case_id, "handed-over", "town").status == 200
    assert step(stand, community, case_id, "called").code == "casework.other-tier"
    assert step(stand, town, case_id, "called").status == 200
    assert hand(stand, community, case_id, "handed-back", "community").code == "casework.other-tier"
    assert hand(stand, town, case_id, "handed-back", "community", note="yours again").status == 200
    assert step(stand, town, case_id, "called").code == "casework.other-tier"
    assert hand(stand, community, case_id, "co-working", "town").status == 200
    assert [step(stand, token, case_id, "called").status for token in (community, town)] == [200, 200]
    assert hand(stand, community, case_id, "co-working", "town").code == "casework.step-not-now"
    assert hand(stand, town, case_id, "co-work-ended", "town").status == 200
    assert listed(stand, town) == []


def test_who_works_on_it_with_its_holder_takes_it_to_nobody_over_the_holders_head(stand, community, town):
    case_id = opened(stand)
    hand(stand, community, case_id, "handed-over", "town")
    assert hand(stand, town, case_id, "co-working", "community").status == 200
    for way in ("handed-over", "co-working"):
        assert hand(stand, community, case_id, way, "district").code == "casework.step-not-now"
    assert hand(stand, town, case_id, "handed-over", "district").status == 200


def test_a_case_is_referred_to_a_hospital_that_has_staff(stand, community):
    from nanhai.store import staff
    from nanhai.store.writes import send

    case_id = opened(stand, "hospital-referral", person=stand.person())
    stand.duty(Role.COMMUNITY_OFFICER, HERE, organisation="hospital-1")
    stand.duty(Role.HOSPITAL, DISTRICT, organisation="hospital-2", staff_id="retired")
    send([staff.dismiss("retired")])
    for organisation in ("hospital-1", "hospital-2", "hospitl-1"):
        answer = step(stand, community, case_id, "referred", organisation=organisation)
        assert (answer.status, answer.faults) == (422, [("/organisation", "casework.hospital-unknown")])
    stand.duty(Role.HOSPITAL, DISTRICT, organisation="hospital-1")
    assert step(stand, community, case_id, "referred", organisation="hospital-1").status == 200


def test_a_higher_tier_takes_a_case_to_itself_before_its_time(stand, town):
    case_id = opened(stand)
    assert hand(stand, town, case_id, "handed-over", "town").status == 200
    assert listed(stand, town) == [case_id]


def test_the_health_authority_steps_in_whatever_the_tier(stand, health):
    assert step(stand, health, opened(stand), "evidence-added", note="result enclosed").status == 200
