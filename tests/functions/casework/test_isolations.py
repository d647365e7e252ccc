"""Red takes two offices, an epidemic reason and an end; and it is decided once."""

from __future__ import annotations

import pytest
from nanhai.domain.actors import Role
from nanhai.domain.colour import Colour
from nanhai.domain.days import LOCAL_OFFSET_S, local_day
from nanhai.domain.decide import decide as colours
from nanhai.domain.records import Isolation
from nanhai.services.casework import isolations
from nanhai.store import cases, people

from tests.functions.casework.desk import DAY_S, decide, get, isolation, post, propose
from tests.functions.checkpoints.stand import DISTRICT, HERE, NEXT_DOOR, rfc3339


def orders(person) -> list:
    return [record for record in people.records(person) if isinstance(record.fact, Isolation)]


def test_a_proposal_isolates_nobody_until_the_health_authority_has_approved(stand, community, health, guard):
    person = stand.person()
    approval = propose(stand, community, person)
    assert (stand.verdict(guard, stand.shown(person)), orders(person)) == ("admit", [])
    decided = decide(stand, health, approval)
    (order,) = orders(person)
    assert (decided.status, decided.json) == (200, {"state": "approved", "record_id": order.record_id})
    assert stand.verdict(guard, stand.shown(person)) == "refuse"


def test_the_order_is_as_proposed_rests_on_the_case_and_names_both_offices(stand, community, health):
    person = stand.person()
    since, until = stand.now - 2 * DAY_S, stand.now + 5 * DAY_S
    approval = propose(stand, community, person, since=rfc3339(since), until=rfc3339(until), reason="suspected")
    stand.now += 60
    decide(stand, stand.token_of("doctor-1", Role.HEALTH_AUTHORITY), approval)
    (order,) = orders(person)
    assert order.fact == Isolation("home", "suspected", since, until, "home")
    assert (order.source, order.evidence, order.happened_at) == ("health-authority", approval, stand.now)
    assert order.source_id == "community-1/officer-1+health-1/doctor-1"


def test_the_one_who_proposed_belongs_to_another_organisation_than_the_one_who_decides(stand, health):
    colleague = stand.duty(Role.HEALTH_AUTHORITY, DISTRICT, organisation="health-1")
    person = stand.person()
    approval = propose(stand, health, person)
    refused = [decide(stand, token, approval) for token in (health, colleague)]
    assert [(answer.status, answer.code) for answer in refused] == [(403, "casework.same-organisation")] * 2
    assert orders(person) == []
    assert ("isolation.decide", approval, "casework.same-organisation") in stand.audited()


@pytest.mark.parametrize("role", [Role.COMMUNITY_OFFICER, Role.TOWN_OFFICER, Role.DISTRICT_COMMAND, Role.HOSPITAL])
def test_nobody_but_the_health_authority_decides(stand, community, role):
    approval = propose(stand, community, stand.person())
    other = stand.duty(role, "440605011001" if role is Role.COMMUNITY_OFFICER else DISTRICT, organisation="other-1")
    assert decide(stand, other, approval).status == 403


def test_nobody_acts_on_their_own_pass(stand, community):
    person = stand.person()
    approval = propose(stand, community, person)
    own = stand.duty(Role.HEALTH_AUTHORITY, DISTRICT, organisation="health-1", person=person)
    refused = [post(stand, own, "/isolations", isolation(stand, person)), decide(stand, own, approval)]
    assert [(answer.status, answer.code) for answer in refused] == [(403, "casework.on-oneself")] * 2
    assert orders(person) == []


@pytest.mark.parametrize("reason", ["bank-depositor", "petitioner", "CLOSE-CONTACT", "close-contact "])
def test_a_reason_outside_the_list_becomes_no_record_and_somebody_is_told(stand, community, capsys, reason):
    person = stand.person()
    refused = post(stand, community, "/isolations", isolation(stand, person, reason=reason))
    assert (refused.status, refused.faults) == (422, [("/reason", "casework.reason-not-listed")])
    assert get(stand, community, "/approvals").json["approvals"] == []
    assert ("isolation.propose", person, "casework.reason-not-listed") in stand.audited()
    assert '"event":"reason-not-listed"' in capsys.readouterr().out


def test_an_invented_reason_is_told_of_even_where_the_person_is_out_of_scope(stand, community, capsys):
    body = isolation(stand, stand.person(community=NEXT_DOOR), reason="bank-depositor")
    assert post(stand, community, "/isolations", body).status == 422
    assert '"event":"reason-not-listed"' in capsys.readouterr().out


def test_every_fault_of_a_proposal_is_named_at_once(stand, community):
    body = isolation(
        stand, stand.person(), kind="prison", reason="bank-depositor", until=rfc3339(stand.now + 15 * DAY_S)
    )
    refused = post(stand, community, "/isolations", body)
    assert refused.faults == [
        ("/kind", "casework.kind-not-listed"),
        ("/reason", "casework.reason-not-listed"),
        ("/until", "casework.order-too-long"),
    ]


def test_approving_twice_decides_once(stand, community, health):
    person = stand.person()
    approval = propose(stand, community, person)
    first = decide(stand, health, approval, once="the-first-decision")
    lost_answer = decide(stand, health, approval, once="the-first-decision")
    second = decide(stand, health, approval, once="a-second-decision")
    assert (lost_answer.status, lost_answer.body) == (first.status, first.body)
    assert (second.status, second.code) == (409, "casework.already-decided")
    assert len(orders(person)) == 1


def test_whoever_decides_in_the_same_moment_loses_without_a_trace(stand, community, health, monkeypatch):
    """Both have seen the proposal open; the condition of the write says who was first."""
    person = stand.person()
    approval = propose(stand, community, person)
    seen_open = cases.get(approval)
    decide(stand, health, approval, "reject")
    looks = iter([seen_open])
    stored = cases.get
    monkeypatch.setattr(cases, "get", lambda case_id: next(looks, None) or stored(case_id))
    late = decide(stand, health, approval)
    assert (late.status, late.code) == (409, "casework.already-decided")
    assert orders(person) == []


def test_a_rejected_proposal_stays_one(stand, community, health):
    person = stand.person()
    approval = propose(stand, community, person)
    assert decide(stand, health, approval, "reject").json == {"state": "rejected", "record_id": None}
    assert decide(stand, health, approval).code == "casework.already-decided"
    told = get(stand, community, f"/approvals/{approval}").json
    assert (told["state"], told["decided_by"], told["note"]) == ("rejected", "doctor-1", "as reported")
    assert orders(person) == []


@pytest.mark.parametrize(("hours", "lapses_after_s"), [(14 * 24, DAY_S), (2, 2 * 3_600)])
def test_a_proposal_lapses_after_a_day_or_when_its_order_would_be_over(stand, community, hours, lapses_after_s):
    person = stand.person()
    approval = propose(stand, community, person, until=rfc3339(stand.now + hours * 3_600))
    stand.duty(Role.HEALTH_AUTHORITY, DISTRICT, organisation="health-1", staff_id="doctor-1")
    stand.now += lapses_after_s
    health = stand.token_of("doctor-1", Role.HEALTH_AUTHORITY)
    late = decide(stand, health, approval)
    assert (late.status, late.code) == (409, "casework.proposal-expired")
    assert [row["approval_id"] for row in get(stand, health, "/approvals?state=expired").json["approvals"]] == [
        approval
    ]
    assert get(stand, health, "/approvals").json["approvals"] == []
    assert orders(person) == []


def test_more_than_so_many_in_a_day_are_a_batch(stand, community, monkeypatch):
    monkeypatch.setattr(isolations, "ISOLATIONS_PER_DAY_MAX", 2)
    for _ in range(2):
        propose(stand, community, stand.person())
    refused = post(stand, community, "/isolations", isolation(stand, stand.person()))
    assert (refused.status, refused.code) == (429, "casework.batch-needed")
    other = stand.duty(Role.COMMUNITY_OFFICER, organisation="community-2")
    propose(stand, other, stand.person())


def test_more_than_so_many_of_one_community_are_a_batch_whoever_proposes_them(stand, community, town, monkeypatch):
    monkeypatch.setattr(isolations, "COMMUNITY_PER_DAY_MAX", 2)
    for office in (community, town):
        propose(stand, office, stand.person())
    refused = post(stand, town, "/isolations", isolation(stand, stand.person()))
    assert (refused.status, refused.code) == (429, "casework.batch-needed")
    propose(stand, town, stand.person(community=NEXT_DOOR))


def test_a_day_of_proposals_ends_at_midnight_where_the_people_live(stand, monkeypatch):
    monkeypatch.setattr(isolations, "ISOLATIONS_PER_DAY_MAX", 1)
    midnight = (local_day(stand.now) + 1) * DAY_S - LOCAL_OFFSET_S
    stand.duty(Role.COMMUNITY_OFFICER, staff_id="officer-1")
    told = []
    for at in (midnight - 2, midnight - 1, midnight):
        stand.now = at
        token = stand.token_of("officer-1", Role.COMMUNITY_OFFICER)
        answer = post(stand, token, "/isolations", isolation(stand, stand.person()))
        told.append((answer.status, answer.headers.get("retry-after")))
    assert told == [(201, None), (429, "1"), (201, None)]


def test_an_order_turns_the_pass_green_at_its_end_by_itself(stand, community, health):
    person = stand.person()
    end = stand.now + 3 * DAY_S
    decide(stand, health, propose(stand, community, person, until=rfc3339(end)))
    timeline = colours(people.records(person), stand.here.policies.in_force(stand.now), stand.now)
    assert [timeline.at(at).colour for at in (end - 1, end)] == [Colour.RED, Colour.GREEN]


# lists and scope


def test_proposals_are_listed_soonest_due_first_and_within_scope_only(stand, community, town, health):
    expected = []
    for _ in range(3):
        expected.append(propose(stand, community, stand.person()))
        stand.now += 60
    elsewhere = propose(stand, town, stand.person(community=NEXT_DOOR))
    seen = {
        name: [row["approval_id"] for row in _all(stand, token)]
        for name, token in (("community", community), ("town", town), ("health", health))
    }
    assert seen == {"community": expected, "town": [*expected, elsewhere], "health": [*expected, elsewhere]}


def _all(stand, token) -> list:
    rows, cursor = [], ""
    for _ in range(9):
        page = get(stand, token, f"/approvals?limit=1{cursor}").json
        rows += page["approvals"]
        if page["next"] is None:
            return rows
        cursor = f"&cursor={page['next']}"
    raise AssertionError("the list has no end")


def test_out_of_scope_and_absent_are_the_same_answer(stand, community, town):
    approval = propose(stand, town, stand.person(community=NEXT_DOOR))
    refused = [get(stand, community, f"/approvals/{one}") for one in (approval, "01ARZ3NDEKTSV4RRFFQ69G5FAV")]
    assert {(answer.status, answer.body) for answer in refused} == {(404, refused[0].body)}
    assert ("approval.read", approval, "absent") in stand.audited()


def test_a_list_of_proposals_tells_nothing_of_the_people_in_it(stand, community, health):
    person = stand.person()
    approval = propose(stand, community, person)
    assert get(stand, health, "/approvals").json["approvals"] == [
        {
            "approval_id": approval,
            "state": "open",
            "community": HERE,
            "organisation": "community-1",
            "proposed_at": rfc3339(stand.now),
            "expires_at": rfc3339(stand.now + DAY_S),
        }
    ]
    assert people.accesses(person, 10)[0] == []


def test_the_command_sees_the_health_detail_of_its_own_proposals_only(stand, community, health):
    command = stand.duty(Role.DISTRICT_COMMAND, DISTRICT, organisation="command-1")
    own, other = (propose(stand, office, stand.person()) for office in (command, community))
    decide(stand, health, other, "reject")
    told = [get(stand, command, f"/approvals/{approval}").json for approval in (own, other)]
    names = ("reason", "place", "evidence", "note")
    assert [[proposal[name] for name in names] for proposal in told] == [
        ["close-contact", "home", "visit 12", None],
        ["＊", "＊", "＊", "＊"],
    ]


def test_whoever_reads_a_proposal_is_told_to_the_person(stand, community, health):
    person = stand.person()
    approval = propose(stand, community, person)
    assert get(stand, health, f"/approvals/{approval}").json["evidence"] == "visit 12"
    (seen,), _ = people.accesses(person, 10)
    assert (seen.staff_id, seen.role, seen.organisation, seen.purpose) == (
        "doctor-1",
        "health-authority",
        "health-1",
        "isolation",
    )


def test_a_proposal_needs_an_idempotency_key_and_is_made_once(stand, community):
    body = isolation(stand, stand.person())
    assert post(stand, community, "/isolations", body, once=None).code == "edge.idempotency-key-required"
    first, again = (post(stand, community, "/isolations", body, once="one-key-for-both-of-them") for _ in range(2))
    assert (first.status, first.body) == (again.status, again.body)
    assert len(get(stand, community, "/approvals").json["approvals"]) == 1
    reused = post(stand, community, "/isolations", body | {"place": "centre"}, once="one-key-for-both-of-them")
    assert (reused.status, reused.code) == (422, "edge.idempotency-key-reused")
