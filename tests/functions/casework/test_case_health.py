"""What a case tells of somebody's health is told to whom health detail is told: the district command reads ＊."""

from __future__ import annotations

import pytest
from nanhai.domain.actors import Role
from nanhai.domain.records import Result, Source

from tests.functions.casework.desk import DAY_S, get
from tests.functions.casework.work import read, referred, step
from tests.functions.checkpoints.stand import DISTRICT, HERE, TOWN, rfc3339

OUTCOMES = {"tested-negative": False, "tested-positive": True, "admitted": None, "seen": None, "declined": None}
SEEING = [
    (Role.COMMUNITY_OFFICER, HERE),
    (Role.TOWN_OFFICER, TOWN),
    (Role.HEALTH_AUTHORITY, DISTRICT),
    (Role.HOSPITAL, DISTRICT),
]


@pytest.fixture
def ended(stand, community):
    """A referral from the appointment to this outcome."""
    stand.duty(Role.HOSPITAL, DISTRICT, organisation="hospital-1", staff_id="nurse-1")

    def end(outcome) -> str:
        person, case_id = referred(stand, community, "hospital-1")
        nurse, at = stand.token_of("nurse-1", Role.HOSPITAL), rfc3339(stand.now + DAY_S)
        assert step(stand, nurse, case_id, "appointment-confirmed", appointment_at=at).status == 200
        assert step(stand, nurse, case_id, "attended").status == 200
        positive, more = OUTCOMES[outcome], {}
        if positive is not None:
            more["record"] = stand.add(person, Result(positive, "nucleic-acid"), Source.HOSPITAL)
        assert step(stand, nurse, case_id, "closed", outcome=outcome, **more).status == 200
        return case_id

    return end


def told(stand, token, case_id) -> list:
    """Of the outcome in list, case, last step and chain; then where and when, and to whom it was referred."""
    case = read(stand, token, case_id)
    (listed,) = get(stand, token, "/cases?state=closed").json["cases"]
    details = {name: text for one in case["steps"] for name, text in one["details"].items()}
    outcomes = [listed["outcome"], case["case"]["outcome"], details["outcome"]]
    chain = get(stand, token, f"/cases/{case_id}/chain")
    outcomes += [one["outcome"] for one in chain.json["cases"]] if chain.status == 200 else []
    return [set(outcomes), details["organisation"], details["appointment_at"], case["referred_to"]]


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_the_district_command_is_told_no_outcome_of_health_and_no_appointment(stand, ended, outcome):
    case_id = ended(outcome)
    command = stand.duty(Role.DISTRICT_COMMAND, DISTRICT)
    assert told(stand, command, case_id) == [{"declined" if outcome == "declined" else "＊"}, "＊", "＊", "＊"]
    answers = [get(stand, command, path).body.decode() for path in ("/cases?state=closed", f"/cases/{case_id}/chain")]
    assert outcome == "declined" or outcome not in "".join(answers)


@pytest.mark.parametrize(("role", "scope"), SEEING)
def test_others_who_work_on_it_are(stand, ended, role, scope):
    case_id, at = ended("tested-positive"), rfc3339(stand.now + DAY_S)
    token = stand.duty(role, scope, organisation="hospital-1")
    assert told(stand, token, case_id) == [{"tested-positive"}, "hospital-1", at, "hospital-1"]
