"""A candidate policy tried on everyone before it is in force."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import boto3
import pytest
from nanhai import policies
from nanhai.domain.actors import Role
from nanhai.domain.colour import RANK
from nanhai.domain.decide import decide
from nanhai.domain.policy import parse
from nanhai.domain.records import IdentityLink, Symptoms
from nanhai.services.passes import dryruns
from nanhai.services.sweep import segments
from nanhai.store import jobs, passes, people

from tests.functions.passes.world import FEVER, HERE, OTHER_TOWN
from tests.streams import queue

DISTRICT = "440605"
CURRENT = "nanhai-2020-03-01"
WARM = Symptoms(37.2, ())


def candidate(**changes) -> dict:
    """Stricter: 37.1 degrees are fever, and a household elsewhere in Foshan is blue."""
    home = policies.document(CURRENT)["home"] | {"green_regions": [DISTRICT]}
    return policies.document(CURRENT) | {"version": "candidate", "fever_c": 37.1, "home": home} | changes


@pytest.fixture
def command(queued) -> str:
    return queued.officer(Role.DISTRICT_COMMAND, DISTRICT)


@pytest.fixture
def population(queued) -> list:
    """Two towns; some feverish, some well and measured, some from elsewhere, one who has not applied."""
    return [
        *(queued.person(community=community) for community in (HERE, OTHER_TOWN) for _ in range(3)),
        *(queued.person(WARM, community=HERE) for _ in range(7)),
        queued.person(FEVER, community=OTHER_TOWN),
        queued.person(region="440604", community=OTHER_TOWN),
        queued.person(IdentityLink("420106"), region="420106"),
        queued.person(queued.order()),
        queued.person(FEVER, applied=False),
    ]


def started(world, by, policy=None) -> str:
    answer = world.ask("POST", "/dry-runs", by, body={"policy": policy or candidate()})
    assert answer.status == 202, answer.body
    return answer.json["job_id"]


def counted(world, persons, policy) -> Counter:
    """The same by brute force."""
    before, after = world.here.policies.in_force(world.now), parse(policy)
    found = Counter()
    for head in people.heads(persons).values():
        records = people.facts_of(head)
        pair = [decide(records, each, world.now) for each in (before, after)]
        if None not in pair:
            found[head.community[:9], *(timeline.at(world.now).colour.value for timeline in pair)] += 1
    return found


def test_the_matrix_is_what_a_recount_gives(queued, command, population):
    job = started(queued, command)
    queue.drain()
    run = queued.ask("GET", f"/dry-runs/{job}", command).json
    expected = counted(queued, population, candidate())
    told = {(row["town"], row["before"], row["after"]): row["count"] for row in run["transitions"]}
    assert told == expected
    assert run["finished"]
    assert run["segments_finished"] == run["segments"] == 8
    assert run["passes"] == len(population) - 1
    worse = sum(n for (_, before, after), n in expected.items() if RANK[after] > RANK[before])
    assert run["worsened_share"] == worse / run["passes"] > 0


def test_nothing_is_changed(queued, command, population):
    queued.project(*population)
    before = [passes.one(person) for person in population]
    started(queued, command)
    queue.drain()
    assert [passes.one(person) for person in population] == before


def test_progress_is_told_before_it_is_finished(queued, command, population):
    job = started(queued, command)
    run = queued.ask("GET", f"/dry-runs/{job}", command).json
    assert (run["finished"], run["segments_finished"], run["passes"], run["worsened_share"]) == (False, 0, 0, 0)
    assert run["transitions"] == []
    assert run["policy"] == "candidate"


def test_samples_are_shown_within_ones_own_scope_only(queued, command, population):
    health = queued.officer(Role.HEALTH_AUTHORITY, HERE[:9])
    job = started(queued, command)
    queue.drain()
    for by, seen in ((command, {HERE[:9], OTHER_TOWN[:9]}), (health, {HERE[:9]})):
        rows = queued.ask("GET", f"/dry-runs/{job}", by).json["transitions"]
        assert {row["town"] for row in rows if row["samples"]} == seen
        assert all(set(row["samples"]) <= set(population) and len(row["samples"]) <= 5 for row in rows)


def test_who_cannot_be_read_is_counted_apart(queued, command, population):
    queued.spoil(population[0])
    job = started(queued, command)
    queue.drain()
    run = queued.ask("GET", f"/dry-runs/{job}", command).json
    assert (run["unreadable"], run["passes"]) == (1, len(population) - 2)


def test_every_fault_of_a_candidate_is_named_with_its_place_in_the_request(queued, command):
    wrong = candidate(fever_c=12.0, more=1)
    del wrong["version"]
    answer = queued.ask("POST", "/dry-runs", command, body={"policy": wrong})
    assert (answer.status, answer.code) == (422, "policy.invalid")
    assert sorted(answer.faults) == [
        ("/policy/fever_c", "policy.range"),
        ("/policy/more", "policy.unknown-field"),
        ("/policy/version", "policy.required"),
    ]
    assert queue.waiting() == []


def test_the_same_request_twice_is_one_run(queued, command):
    first, again = (
        queued.ask("POST", "/dry-runs", command, body={"policy": candidate()}, once="k" * 16) for _ in range(2)
    )
    assert first.body == again.body
    assert len(queue.waiting()) == 8


def test_one_run_at_a_time(queued, command, population):
    started(queued, command)
    other = queued.officer(Role.HEALTH_AUTHORITY, DISTRICT)
    for by in (command, other):
        refused = queued.ask("POST", "/dry-runs", by, body={"policy": candidate()})
        assert (refused.status, refused.code) == (409, "passes.dry-run-running")
    assert len(queue.waiting()) == 8
    queue.drain()
    started(queued, other)


def test_of_two_that_begin_at_the_same_moment_one_is_refused(queued, command, monkeypatch):
    monkeypatch.setattr(jobs, "latest", lambda kind: None)
    started(queued, command)
    assert queued.ask("POST", "/dry-runs", command, body={"policy": candidate()}).code == "passes.dry-run-running"


def test_a_run_that_never_finished_holds_nobody_up_for_long(queued, command):
    started(queued, command)
    queued.now += dryruns.RUNS_S_MAX
    started(queued, queued.officer(Role.HEALTH_AUTHORITY, DISTRICT))


def test_a_member_of_staff_begins_so_many_runs_a_day(queued, command, monkeypatch):
    monkeypatch.setattr(dryruns, "PER_MEMBER", replace(dryruns.PER_MEMBER, times=2))
    monkeypatch.setattr(dryruns, "RUNS_S_MAX", 0)
    for _ in range(2):
        started(queued, command)
    refused = queued.ask("POST", "/dry-runs", command, body={"policy": candidate()})
    assert (refused.status, refused.code) == (429, "identity.too-many")
    started(queued, queued.officer(Role.HEALTH_AUTHORITY, DISTRICT))


def test_messages_name_job_and_segment_and_nothing_else(queued, command):
    job = started(queued, command)
    bodies = sorted(message["Body"] for message in queue.waiting())
    assert bodies == [f'{{"job_id":"{job}","segment":{number}}}' for number in range(8)]


def test_asking_for_a_run_is_in_the_audit(queued, command):
    job = started(queued, command)
    assert queued.audited("dryrun.write") == [(job, "asked")]


@pytest.mark.parametrize("job", ["0", "x" * 26])
def test_a_run_that_never_was_is_absent(queued, command, job):
    assert queued.ask("GET", f"/dry-runs/{job}", command).code == "absent"


def test_a_sweep_is_no_dry_run(queued, command):
    assert queued.ask("GET", f"/dry-runs/{segments.sweep(queued.here, 'test')}", command).code == "absent"


def test_without_a_queue_nothing_is_begun(queued, command, monkeypatch):
    url = queued.here.settings.sweep_queue_url
    boto3.client("sqs").delete_queue(QueueUrl=url)
    answer = queued.ask("POST", "/dry-runs", command, body={"policy": candidate()})
    assert (answer.status, answer.code) == (503, "sweep.queue-unavailable")
