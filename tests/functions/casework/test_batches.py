"""Many people at once: own evidence each, two approvers, a preview, a hold, and orders that are written once."""

from __future__ import annotations

import pytest
from nanhai.domain.actors import Role
from nanhai.domain.batches import HOLD_S
from nanhai.domain.records import Isolation
from nanhai.services.casework import batch_effect, batches
from nanhai.store import batches as store
from nanhai.store import notices, people

from tests.functions.casework.desk import DAY_S, get, post
from tests.functions.checkpoints.stand import DISTRICT, FEVER, HERE, NEXT_DOOR, OTHER_TOWN, TOWN, rfc3339

PLENTY = lambda: 300.0  # noqa: E731 - seconds that an invocation has left
NOBODY = "0000000000000"


@pytest.fixture
def command(stand) -> str:
    return stand.duty(Role.DISTRICT_COMMAND, DISTRICT, organisation="command-1", staff_id="commander-1")


@pytest.fixture
def people_here(stand) -> list:
    return [stand.person() for _ in range(3)]


def body(stand, persons, **changes) -> dict:
    asked = {
        "rows": [{"person_id": person, "evidence": f"list 7, row {n}"} for n, person in enumerate(persons)],
        "kind": "home",
        "reason": "close-contact",
        "since": rfc3339(stand.now),
        "until": rfc3339(stand.now + 7 * DAY_S),
        "place": "home",
        "legal_basis": "infectious-diseases-law-39",
    }
    return asked | changes


def proposed(stand, token, persons, **changes) -> str:
    answer = post(stand, token, "/batches", body(stand, persons, **changes))
    assert answer.status == 201, answer.body
    return answer.json["batch_id"]


def decided(stand, token, batch, decision="approve", **sent):
    return post(stand, token, f"/batches/{batch}/decisions", {"decision": decision} | sent)


def held(stand, maker, approvers, persons, **changes) -> str:
    """A batch that both have approved."""
    batch = proposed(stand, maker, persons, **changes)
    for approver in approvers:
        assert decided(stand, approver, batch).status == 200
    return batch


def orders(person) -> list:
    return [record for record in people.records(person) if isinstance(record.fact, Isolation)]


def state(stand, token, batch) -> str:
    return get(stand, token, f"/batches/{batch}").json["state"]


def again(stand, staff_id, role) -> str:
    """A token of the moved clock."""
    return stand.token_of(staff_id, role)


# proposing


def test_a_batch_isolates_nobody_until_two_have_approved_and_the_hold_is_over(
    stand, community, command, health, people_here
):
    stand.gate()
    batch = proposed(stand, community, people_here)
    first = decided(stand, command, batch)
    assert first.json == {"state": "proposed", "approvals": 1, "effective_at": None}
    second = decided(stand, health, batch)
    assert second.json == {"state": "hold", "approvals": 2, "effective_at": rfc3339(stand.now + HOLD_S)}
    end = stand.now + HOLD_S
    seen = []
    for at in (end - 1, end):
        stand.now = at
        batch_effect.run(stand.here, PLENTY)
        seen.append([stand.verdict(stand.guard(), stand.shown(person)) for person in people_here])
    assert seen == [["admit"] * 3, ["refuse"] * 3]


def test_each_order_rests_on_own_evidence_and_names_all_three_offices(stand, community, command, health, people_here):
    since = stand.now - DAY_S
    held(stand, community, (command, health), people_here, since=rfc3339(since))
    until = stand.now - DAY_S + 8 * DAY_S
    stand.now += HOLD_S
    batch_effect.run(stand.here, PLENTY)
    for number, person in enumerate(people_here):
        (order,) = orders(person)
        assert order.fact == Isolation("home", "close-contact", since, until, "home")
        assert (order.source, order.evidence) == ("health-authority", f"list 7, row {number}")
        assert order.source_id == "community-1/officer-1+command-1/commander-1+health-1/doctor-1"
    assert ("batch.effect", people_here[0], "asked") in stand.audited()


def test_every_fault_of_the_order_is_named_at_once(stand, community, people_here):
    wrong = body(stand, people_here, kind="prison", reason="bank-depositor", until=rfc3339(stand.now + 15 * DAY_S))
    refused = post(stand, community, "/batches", wrong)
    assert (refused.status, refused.faults) == (
        422,
        [
            ("/kind", "casework.kind-not-listed"),
            ("/reason", "casework.reason-not-listed"),
            ("/until", "casework.order-too-long"),
        ],
    )


def test_a_reason_outside_the_list_is_told_of(stand, community, people_here, capsys):
    post(stand, community, "/batches", body(stand, people_here, reason="petitioner"))
    assert '"event":"reason-not-listed"' in capsys.readouterr().out
    assert ("batch.propose", "", "casework.reason-not-listed") in stand.audited()


def test_every_row_that_cannot_be_is_named_and_nothing_of_the_batch_is_stored(stand, community, people_here):
    first, second, _ = people_here
    rows = [
        {"person_id": first, "evidence": "row 1"},
        {"person_id": stand.person(community=NEXT_DOOR), "evidence": "row 2"},
        {"person_id": NOBODY, "evidence": "row 3"},
        {"person_id": second, "evidence": "row 1 "},
        {"person_id": first, "evidence": "row 5"},
    ]
    refused = post(stand, community, "/batches", body(stand, [], rows=rows))
    assert (refused.status, refused.faults) == (
        422,
        [
            ("/rows/1/person_id", "batches.person-unknown"),
            ("/rows/2/person_id", "batches.person-unknown"),
            ("/rows/3/evidence", "batches.evidence-shared"),
            ("/rows/4/person_id", "batches.person-twice"),
        ],
    )
    assert get(stand, community, "/batches").json["batches"] == []


def test_an_order_that_would_be_over_after_the_hold_is_no_batch(stand, community, people_here):
    refused = post(stand, community, "/batches", body(stand, people_here, until=rfc3339(stand.now + HOLD_S)))
    assert refused.faults == [("/until", "batches.over-before-it-begins")]


@pytest.mark.parametrize("size", [0, 501])
def test_a_batch_has_one_to_five_hundred_rows(stand, community, size):
    rows = [{"person_id": NOBODY, "evidence": str(n)} for n in range(size)]
    assert post(stand, community, "/batches", body(stand, [], rows=rows)).code == "edge.length"


def test_a_proposal_is_made_once_and_one_that_broke_off_goes_on(stand, community, people_here, monkeypatch):
    """The rows were stored, the head was not: nobody sees anything, and the same request makes the batch."""
    asked = body(stand, people_here)
    with monkeypatch.context() as broken:
        broken.setattr(batches.batches, "propose", lambda new: (_ for _ in ()).throw(RuntimeError))
        assert post(stand, community, "/batches", asked, once="one-key-for-both-of-them").status == 500
    assert get(stand, community, "/batches").json["batches"] == []
    first, repeated = (post(stand, community, "/batches", asked, once="one-key-for-both-of-them") for _ in range(2))
    assert (first.status, first.body) == (repeated.status, repeated.body)
    assert len(get(stand, community, "/batches").json["batches"]) == 1


def test_an_organisation_proposes_so_many_batches_a_day(stand, community, people_here, monkeypatch):
    limit = batches.PER_ORGANISATION
    monkeypatch.setattr(batches, "PER_ORGANISATION", type(limit)(limit.name, 1, limit.window_s))
    proposed(stand, community, people_here)
    assert post(stand, community, "/batches", body(stand, people_here)).code == "identity.too-many"


# approving


@pytest.mark.parametrize(
    ("roles", "code"),
    [
        ((Role.DISTRICT_COMMAND, Role.DISTRICT_COMMAND), "batches.not-approver"),
        ((Role.HEALTH_AUTHORITY, Role.DISTRICT_COMMAND), None),
        ((Role.DISTRICT_COMMAND, Role.HEALTH_AUTHORITY), None),
        ((Role.HEALTH_AUTHORITY, Role.HEALTH_AUTHORITY), None),
    ],
)
def test_one_of_the_approvers_is_of_the_health_authority(stand, community, people_here, roles, code):
    batch = proposed(stand, community, people_here)
    answers = [
        decided(stand, stand.duty(role, DISTRICT, organisation=f"office-{n}"), batch) for n, role in enumerate(roles, 7)
    ]
    assert answers[0].status == 200
    told = answers[1].json
    assert (told.get("state"), told.get("code")) == (("hold", None) if code is None else (None, code))


def test_no_organisation_approves_twice_or_its_own_proposal(stand, health, command, people_here):
    batch = proposed(stand, health, people_here)
    colleague = stand.duty(Role.HEALTH_AUTHORITY, DISTRICT, organisation="health-1")
    other = stand.duty(Role.DISTRICT_COMMAND, DISTRICT, organisation="command-1")
    refused = [decided(stand, token, batch) for token in (health, colleague)]
    assert decided(stand, command, batch).status == 200
    refused += [decided(stand, token, batch) for token in (command, other)]
    assert {answer.status for answer in refused} == {403}
    assert state(stand, command, batch) == "proposed"


def test_nobody_acts_on_a_batch_that_they_are_in(stand, community, people_here):
    own = stand.duty(Role.HEALTH_AUTHORITY, DISTRICT, organisation="health-9", person=people_here[1])
    refused = [
        post(stand, own, "/batches", body(stand, people_here)),
        decided(stand, own, proposed(stand, community, people_here)),
    ]
    assert [(answer.status, answer.code) for answer in refused] == [(403, "casework.on-oneself")] * 2


def test_a_rejection_says_why_and_ends_the_batch(stand, community, command, health, people_here):
    batch = proposed(stand, community, people_here)
    assert decided(stand, health, batch, "reject").faults == [("/why", "batches.why-with-rejection")]
    assert decided(stand, health, batch, why="wrong-people").faults == [("/why", "batches.why-with-rejection")]
    assert decided(stand, health, batch, "reject", why="wrong-people").json["state"] == "rejected"
    late = decided(stand, command, batch)
    assert (late.status, late.code) == (409, "batches.already-settled")
    told = get(stand, command, f"/batches/{batch}").json["ended"]
    assert (told["by"], told["why"]) == ("doctor-1", "wrong-people")


def test_a_proposal_lapses_after_a_day(stand, community, health, people_here):
    batch = proposed(stand, community, people_here)
    stand.now += DAY_S - 1
    assert state(stand, again(stand, "doctor-1", Role.HEALTH_AUTHORITY), batch) == "proposed"
    stand.now += 1
    doctor = again(stand, "doctor-1", Role.HEALTH_AUTHORITY)
    assert (state(stand, doctor, batch), decided(stand, doctor, batch).code) == ("lapsed", "batches.already-settled")
    listed = {name: get(stand, doctor, f"/batches?state={name}").json["batches"] for name in ("proposed", "lapsed")}
    assert [len(found) for found in listed.values()] == [0, 1]


def test_two_first_approvals_in_one_moment_are_a_first_and_a_second(stand, community, command, health, people_here):
    """Both saw it without an approval: the one who lost looks again and is the second."""
    batch = proposed(stand, community, people_here)
    unseen = store.get(batch, stand.now)
    decided(stand, command, batch)
    looks = iter([unseen])
    stored = store.get
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(store, "get", lambda *asked: next(looks, None) or stored(*asked))
        assert decided(stand, health, batch).json["state"] == "hold"


# the hold


@pytest.mark.parametrize("who", ["maker", "command"])
def test_in_the_hold_maker_and_approving_offices_can_stop_it(stand, community, command, health, people_here, who):
    batch = held(stand, community, (command, health), people_here)
    stand.now += HOLD_S - 1
    roles = {"maker": ("officer-1", Role.COMMUNITY_OFFICER), "command": ("commander-1", Role.DISTRICT_COMMAND)}
    stopped = post(stand, again(stand, *roles[who]), f"/batches/{batch}/stops", {"why": "no-longer-needed"})
    assert (stopped.status, stopped.json["state"]) == (200, "stopped")
    stand.now += 60
    batch_effect.run(stand.here, PLENTY)
    assert [orders(person) for person in people_here] == [[], [], []]


def test_after_the_hold_nobody_can_stop_it_whether_or_not_a_job_has_run(stand, community, command, health, people_here):
    batch = held(stand, community, (command, health), people_here)
    stand.now += HOLD_S
    maker = again(stand, "officer-1", Role.COMMUNITY_OFFICER)
    told = [state(stand, maker, batch)]
    late = post(stand, maker, f"/batches/{batch}/stops", {"why": "wrong-people"})
    batch_effect.run(stand.here, PLENTY)
    told.append(state(stand, maker, batch))
    assert ((late.status, late.code), told) == ((409, "batches.too-late"), ["taking-effect", "done"])


def test_a_colleague_of_the_maker_cannot_stop_it(stand, community, command, health, people_here):
    batch = held(stand, community, (command, health), people_here)
    colleague = stand.duty(Role.COMMUNITY_OFFICER, organisation="community-1")
    refused = post(stand, colleague, f"/batches/{batch}/stops", {"why": "wrong-people"})
    assert (refused.status, refused.code) == (403, "batches.not-yours-to-stop")


# reading


def test_a_preview_tells_how_many_of_which_community_would_turn_from_what_to_what(stand, town):
    persons = [stand.person(), stand.person(FEVER), stand.person(stand.order()), stand.person(community=NEXT_DOOR)]
    told = get(stand, town, f"/batches/{proposed(stand, town, persons)}").json
    assert told["division"] == TOWN
    preview = told["preview"]
    assert preview["by_community"] == {HERE: 3, NEXT_DOOR: 1}
    assert [(t["community"], t["before"], t["after"], t["count"]) for t in preview["transitions"]] == [
        (HERE, "green", "red", 1),
        (HERE, "red", "red", 1),
        (HERE, "yellow", "red", 1),
        (NEXT_DOOR, "green", "red", 1),
    ]
    assert (preview["worsened"], preview["refused"]) == (3, [])
    assert [orders(persons[0]), orders(persons[1])] == [[], []]


def test_whose_record_cannot_be_read_is_told_as_refused(stand, community, people_here):
    stand.spoil(people_here[1])
    batch = proposed(stand, community, people_here)
    assert get(stand, community, f"/batches/{batch}").json["preview"]["refused"] == [1]
    rows = get(stand, community, f"/batches/{batch}/rows").json["rows"]
    assert [(row["before"], row["after"]) for row in rows] == [("green", "red"), (None, None), ("green", "red")]


def test_whoever_reads_rows_is_told_to_the_people_on_that_page_alone(stand, community, health, people_here):
    batch = proposed(stand, community, people_here)
    get(stand, health, f"/batches/{batch}")
    assert [people.accesses(person, 9)[0] for person in people_here] == [[], [], []]
    page = get(stand, health, f"/batches/{batch}/rows?limit=2").json
    assert [row["person_id"] for row in page["rows"]] == people_here[:2]
    assert [[seen.staff_id for seen in people.accesses(person, 9)[0]] for person in people_here] == [
        ["doctor-1"],
        ["doctor-1"],
        [],
    ]
    rest = get(stand, health, f"/batches/{batch}/rows?limit=2&cursor={page['next']}").json
    assert ([row["person_id"] for row in rest["rows"]], rest["next"]) == (people_here[2:], None)


def test_the_command_sees_evidence_in_its_own_batches_only(stand, community, command, people_here):
    told = [
        get(stand, command, f"/batches/{proposed(stand, maker, people_here)}/rows").json["rows"][0]["evidence"]
        for maker in (community, command)
    ]
    assert told == ["＊", "list 7, row 0"]


def test_a_batch_is_seen_by_who_sees_everybody_in_it(stand, community, town, command):
    mixed = proposed(stand, command, [stand.person(), stand.person(community=OTHER_TOWN)])
    near = proposed(stand, town, [stand.person(), stand.person(community=NEXT_DOOR)])
    seen = {
        name: [row["batch_id"] for row in get(stand, token, "/batches").json["batches"]]
        for name, token in (("community", community), ("town", town), ("command", command))
    }
    assert {name: set(found) for name, found in seen.items()} == {
        "community": set(),
        "town": {near},
        "command": {mixed, near},
    }
    refused = [
        answer
        for path in ("", "/rows")
        for answer in (
            get(stand, town, f"/batches/{mixed}{path}"),
            get(stand, town, f"/batches/01ARZ3NDEKTSV4RRFFQ69G5FAV{path}"),
        )
    ]
    refused.append(post(stand, town, f"/batches/{mixed}/stops", {"why": "wrong-people"}))
    assert {(answer.status, answer.body) for answer in refused} == {(404, refused[0].body)}


# taking effect


def test_rows_go_on_where_a_short_run_stopped(stand, community, command, health, people_here):
    batch = held(stand, community, (command, health), people_here)
    stand.now += HOLD_S
    seconds = iter([300.0, 300.0, 0.0])
    assert batch_effect.run(stand.here, lambda: next(seconds)) == 2
    maker = again(stand, "officer-1", Role.COMMUNITY_OFFICER)
    told = get(stand, maker, f"/batches/{batch}").json
    assert (told["state"], told["progress"]) == (
        "taking-effect",
        {"waiting": 1, "ordered": 2, "over": 0, "absent": 0},
    )
    assert batch_effect.run(stand.here, PLENTY) == 1
    assert batch_effect.run(stand.here, PLENTY) == 0
    assert [len(orders(person)) for person in people_here] == [1, 1, 1]
    assert state(stand, maker, batch) == "done"


def test_a_row_that_fails_holds_nobody_up_and_somebody_is_told(
    stand, community, command, health, people_here, monkeypatch, capsys
):
    batch = held(stand, community, (command, health), people_here)
    stand.now += HOLD_S
    write = people.write_records
    broken = people_here[1]

    def failing(person, *rest, **others):
        if person == broken:
            raise RuntimeError
        return write(person, *rest, **others)

    with monkeypatch.context() as patched:
        patched.setattr(people, "write_records", failing)
        batch_effect.run(stand.here, PLENTY)
    assert '"code":"batches.row-failed:RuntimeError"' in capsys.readouterr().out
    assert [len(orders(person)) for person in people_here] == [1, 0, 1]
    batch_effect.run(stand.here, PLENTY)
    assert (len(orders(broken)), state(stand, again(stand, "officer-1", Role.COMMUNITY_OFFICER), batch)) == (1, "done")


def test_an_order_that_would_be_over_by_then_is_not_written(stand, community, command, health, people_here):
    batch = held(stand, community, (command, health), people_here, until=rfc3339(stand.now + HOLD_S + 5))
    stand.now += HOLD_S + 5
    batch_effect.run(stand.here, PLENTY)
    told = get(stand, again(stand, "officer-1", Role.COMMUNITY_OFFICER), f"/batches/{batch}").json
    assert (told["state"], told["progress"]["over"], orders(people_here[0])) == ("done", 3, [])


def test_whose_head_is_full_is_ordered_too(stand, community, command, health):
    person = stand.person(*[FEVER] * 95)
    held(stand, community, (command, health), [person])
    stand.now += HOLD_S
    batch_effect.run(stand.here, PLENTY)
    assert len(orders(person)) == 1
    assert people.head(person).trimmed


def test_the_holder_is_told_that_an_appeal_is_possible(stand, community, command, health, people_here):
    held(stand, community, (command, health), people_here)
    stand.now += HOLD_S
    batch_effect.run(stand.here, PLENTY)
    ((told,), _) = notices.page(people_here[0], stand.now, 9)
    assert told.kind == "casework-batch-order"
