"""Setting up gates, listing them, and their counts."""

from __future__ import annotations

import pytest
from nanhai.domain.actors import Role
from nanhai.domain.days import DAY_S
from nanhai.services.checkpoints import counts as counting

from tests.functions.checkpoints.stand import (
    DISTRICT,
    FEVER,
    GATE,
    HERE,
    NEXT_DOOR,
    OTHER_GATE,
    OTHER_TOWN,
    TOWN,
)
from tests.functions.checkpoints.streams import count_all

BODY = {"gate_id": "N-7", "name": "北门", "community": HERE}


@pytest.fixture
def officer(stand) -> str:
    return stand.duty(Role.COMMUNITY_OFFICER)


def create(stand, token, body=BODY, **sent):
    return stand.ask("checkpoints", "POST", "/gates", body=body, token=token, **sent)


def test_an_officer_sets_up_a_gate_and_finds_it(stand, officer):
    made = create(stand, officer)
    assert (made.status, made.json) == (201, BODY | {"shows_name": False})
    listed = stand.ask("checkpoints", "GET", f"/gates?community={HERE}", token=officer)
    assert listed.json == {"gates": [made.json], "next": None}
    assert stand.audited() == [("gate.create", "N-7", "asked")]


def test_a_repeated_request_makes_one_gate_and_another_one_of_that_id_none(stand, officer):
    first, again = (create(stand, officer, once="a-key-of-the-client") for _ in range(2))
    assert (first.status, first.body) == (again.status, again.body)
    other = create(stand, officer, once="another-key-of-the-client")
    assert (other.status, other.code) == (409, "checkpoints.gate-taken")
    assert len(stand.ask("checkpoints", "GET", f"/gates?community={HERE}", token=officer).json["gates"]) == 1


def test_a_gate_out_of_scope_is_absent_and_the_attempt_is_written_down(stand, officer):
    answer = create(stand, officer, BODY | {"community": NEXT_DOOR})
    assert (answer.status, answer.code) == (404, "absent")
    assert stand.audited() == [("gate.create", "", "absent")]


def test_a_community_that_does_not_exist_gets_no_gate(stand):
    answer = create(stand, stand.duty(Role.DISTRICT_COMMAND, DISTRICT), BODY | {"community": "440605011999"})
    assert (answer.status, answer.faults) == (422, [("/community", "checkpoints.community-unknown")])


def test_a_gate_id_is_never_a_division_and_never_breaks_a_key(stand, officer):
    for gate_id in ("440605", HERE, "N", "north gate", "N#1", "n-1", "A" * 21):
        answer = create(stand, officer, BODY | {"gate_id": gate_id})
        assert (answer.status, answer.faults[0][0]) == (400, "/gate_id"), gate_id


def test_gates_are_listed_page_by_page_within_scope(stand):
    for number in range(5):
        stand.gate(f"N-{number}")
    stand.gate("X-1", NEXT_DOOR)
    officer = stand.duty(Role.TOWN_OFFICER, TOWN)
    seen, cursor = [], ""
    for _ in range(4):
        page = stand.ask("checkpoints", "GET", f"/gates?community={HERE}&limit=2{cursor}", token=officer).json
        seen += [gate["gate_id"] for gate in page["gates"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert seen == ["N-0", "N-1", "N-2", "N-3", "N-4"]
    out = stand.ask("checkpoints", "GET", f"/gates?community={OTHER_TOWN}", token=officer)
    assert (out.status, out.code) == (404, "absent")


def test_a_gate_counts_its_checks_by_verdict_and_day(stand, guard, aws):
    stand.gate(OTHER_GATE)
    other = stand.guard(OTHER_GATE)
    for who, facts in ((guard, ()), (guard, ()), (guard, (FEVER,)), (other, ())):
        stand.verdict(who, stand.shown(stand.person(*facts)))
    count_all(aws.streams["scans"])
    mine = counts(stand, guard, GATE).json
    assert mine["counts"] == {"admit": 2, "admit-temporary": 0, "hold": 1, "refuse": 0, "cannot-verify": 0}
    assert (mine["gate_id"], mine["total"]) == (GATE, 3)
    assert counts(stand, other, OTHER_GATE, mine["day"]).json["total"] == 1
    stand.now += DAY_S
    assert counts(stand, stand.token_of("guard-1", Role.GUARD), GATE).json["total"] == 0


def test_an_office_is_told_nothing_of_a_handful_of_people_at_a_gate_not_by_subtraction_either(stand, guard, aws):
    for facts, people in (((), counting.TOLD_FROM), ((FEVER,), counting.TOLD_FROM - 1)):
        for _ in range(people):
            stand.verdict(guard, stand.shown(stand.person(*facts)))
    count_all(aws.streams["scans"])
    office = counts(stand, stand.duty(Role.COMMUNITY_OFFICER), GATE).json
    assert office["counts"] == {"admit": 10, "admit-temporary": 0, "hold": None, "refuse": 0, "cannot-verify": 0}
    assert office["total"] is None
    own = counts(stand, guard, GATE).json
    assert (own["counts"]["hold"], own["total"]) == (9, 19)
    stand.verdict(guard, stand.shown(stand.person(FEVER)))
    count_all(aws.streams["scans"])
    assert counts(stand, stand.duty(Role.COMMUNITY_OFFICER), GATE).json["total"] == 20


def counts(stand, token, gate, day=None):
    query = "" if day is None else f"?day={day}"
    return stand.ask("checkpoints", "GET", f"/gates/{gate}/counts{query}", token=token)


def test_a_guard_sees_the_counts_of_the_own_gate_and_an_officer_those_in_scope(stand, guard):
    stand.gate(OTHER_GATE, NEXT_DOOR)
    officer = stand.duty(Role.COMMUNITY_OFFICER)
    assert [counts(stand, token, GATE).status for token in (guard, officer)] == [200, 200]
    refused = [counts(stand, token, gate) for token in (guard, officer) for gate in (OTHER_GATE, "GATE-9")]
    assert {(answer.status, answer.body) for answer in refused} == {(404, refused[0].body)}
    assert counts(stand, guard, GATE, "yesterday").faults == [("/day", "edge.type")]
