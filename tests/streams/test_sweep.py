"""Work over everybody: in segments, through a queue, killed and told twice as it may be."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from nanhai.services.sweep import dryrun, quarantine, segments
from nanhai.services.sweep.segments import Message, Overtaken
from nanhai.store import jobs, passes
from nanhai.store.writes import ConditionFailed, StoreUnavailable, send
from nanhai.streams import redrive, sweep

from tests.functions.passes.test_dry_runs import candidate, counted
from tests.functions.passes.world import FEVER
from tests.streams.queue import deliver, drain, hurried, waiting


@pytest.fixture(autouse=True)
def small_pages(monkeypatch):
    monkeypatch.setattr(passes, "SEGMENT_ROWS_MAX", 9)  # of people's rows, three a person


@pytest.fixture
def population(queued) -> list:
    return [queued.person(FEVER) if n % 4 == 0 else queued.person() for n in range(24)]


def colours(persons) -> list:
    return [passes.one(person)[1].colour_told.value for person in persons]


def progress(world, job) -> tuple:
    """Done, changed, failed, and whether all of it is finished."""
    _, parts = jobs.get(job, world.now)
    sums = [sum(getattr(part, name) for part in parts) for name in ("done", "changed", "failed")]
    return (*sums, all(part.finished for part in parts))


def dry_run(world, policy=None) -> str:
    job = segments.new_job(world.here, segments.DRY_RUN, "test", json.dumps(policy or candidate()))
    segments.announce(world.here, job.job_id, range(job.segments))
    send(jobs.create(job))
    return job.job_id


def matrix(world, job) -> dict:
    _, parts = jobs.get(job, world.now)
    return {(town, a.value, b.value): n for (town, a, b), n in dryrun.total(parts).counts.items()}


def test_a_sweep_brings_everybody_up_to_date_once(queued, population):
    job = segments.sweep(queued.here, "test")
    drain()
    assert colours(population) == ["yellow", "green", "green", "green"] * 6
    assert progress(queued, job) == (24, 24, 0, True)


def test_a_second_sweep_finds_nothing_to_change(queued, population):
    queued.project(*population)
    before = [passes.one(person) for person in population]
    job = segments.sweep(queued.here, "test")
    drain()
    assert progress(queued, job) == (24, 0, 0, True)
    assert [passes.one(person) for person in population] == before


def test_it_makes_up_for_a_trimmed_stream_and_mends_what_is_garbled(queued, population):
    queued.project(*population)
    queued.now += 60
    queued.add(population[1], FEVER)
    queued.garble(population[2])
    segments.sweep(queued.here, "test")
    drain()
    assert colours(population[:4]) == ["yellow", "yellow", "green", "green"]


def test_when_time_is_short_the_rest_is_asked_for_again(queued, population):
    job = segments.sweep(queued.here, "test")
    deliveries = 0
    while told := waiting():
        assert deliver(told[0], hurried(1))
        deliveries += 1
        assert deliveries < 200
    assert progress(queued, job) == (24, 24, 0, True)
    assert deliveries > segments.SEGMENTS


@pytest.mark.parametrize("late", [True, False])
def test_a_killed_worker_counts_nothing_twice_and_misses_nobody(queued, population, monkeypatch, late):
    job = dry_run(queued)
    original, lives = jobs.advance, iter(range(1_000))

    def advance(*arguments):
        if next(lives) % 2:
            if late:
                send([original(*arguments)])
            raise KeyboardInterrupt
        return original(*arguments)

    with monkeypatch.context() as patched:
        patched.setattr(jobs, "advance", advance)
        for _ in range(60):
            for message in waiting()[:1]:
                try:
                    deliver(message, hurried(2))
                except KeyboardInterrupt:
                    continue
    drain()
    assert progress(queued, job)[::3] == (24, True)
    assert matrix(queued, job) == counted(queued, population, candidate())


def test_a_message_told_twice_counts_nothing_twice(queued, population):
    job = dry_run(queued)
    told = waiting()
    for message in told + told:
        deliver(message)
    drain()
    assert progress(queued, job)[::3] == (24, True)
    assert matrix(queued, job) == counted(queued, population, candidate())


def test_who_is_overtaken_stops_and_is_asked_again_later(queued, population, monkeypatch):
    job = segments.sweep(queued.here, "test")
    original = jobs.advance

    def overtaken(job_id, was, after, at):
        send([original(job_id, was, replace(was, version=was.version + 1), at)])
        return original(job_id, was, after, at)

    (message, *_) = waiting()
    with monkeypatch.context() as patched:
        patched.setattr(jobs, "advance", overtaken)
        assert not deliver(message)
    drain()
    assert progress(queued, job)[::3] == (24, True)


def test_ones_own_write_whose_answer_was_lost_is_no_overtaking(queued, population, monkeypatch):
    job = segments.sweep(queued.here, "test")

    def send_twice(writes):
        send(writes)
        raise ConditionFailed(["segment"])

    monkeypatch.setattr(segments, "send", send_twice)
    drain()
    assert progress(queued, job)[::3] == (24, True)


def test_what_may_yet_work_is_not_counted_and_comes_again(queued, population, monkeypatch):
    job = segments.sweep(queued.here, "test")

    def down(new, old):
        raise StoreUnavailable(retry_after_s=1)

    with monkeypatch.context() as patched:
        patched.setattr(passes, "put_pass", down)
        outcomes = [deliver(message) for message in waiting()]
    assert not all(outcomes)
    drain()
    assert progress(queued, job) == (24, 24, 0, True)


def test_who_cannot_be_read_is_grey_counted_and_set_aside_without_a_name(queued, population):
    queued.project(*population)
    queued.spoil(population[0])
    job = segments.sweep(queued.here, "test")
    drain()
    assert progress(queued, job) == (24, 1, 1, True)
    assert colours(population[:1]) == ["none"]
    (kept,) = quarantine.listed("people", 10, 0)[0]
    assert population[0] not in repr(kept) + str(kept.payload)
    queued.learn()
    assert redrive.redrive(queued.here, "people", 10) == (1, 0)
    assert colours(population[:1]) == ["yellow"]


def test_a_message_before_its_job_waits_and_one_without_a_job_is_dropped(queued):
    segments.announce(queued.here, "0" * 26, [0])
    outcomes = []
    while told := waiting():
        outcomes.append(deliver(told[0]))
    assert outcomes[-1]
    with pytest.raises(sweep.NoJob):
        sweep.work(queued.here, Message("0" * 26, 0), lambda: 300.0)


@pytest.mark.parametrize(
    "body", ["", "{", '{"job_id": 1, "segment": 0}', '{"job_id": "x"}', '{"job_id":"x","segment":0,"person":1}']
)
def test_a_message_that_is_none_comes_again_until_its_queue_gives_it_up(queued, body, capsys):
    record = {"messageId": "m1", "body": body, "attributes": {"ApproximateReceiveCount": "9"}}
    answer = sweep.handle({"Records": [record]}, lambda: 300.0)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "m1"}]}
    assert '"event":"sweep-failed"' in capsys.readouterr().out


def test_a_segment_that_is_finished_is_done(queued):
    job = segments.sweep(queued.here, "test")
    drain()
    before = jobs.get(job, queued.now)
    assert all(sweep.work(queued.here, Message(job, number), lambda: 0.0) for number in range(segments.SEGMENTS))
    assert jobs.get(job, queued.now) == before


def test_segments_worked_on_at_once_by_two_never_count_twice(queued, population):
    """Both have read the same page; only one of them moves the segment on."""
    job_id = dry_run(queued)
    job, parts = jobs.get(job_id, queued.now)
    work = sweep.work_of(queued.here, job)
    peopled = next(part for part in parts if passes.scan_people(part.number, job.segments, None)[0])
    segments.advance(queued.here, job, peopled, work)
    with pytest.raises(Overtaken):
        segments.advance(queued.here, job, peopled, lambda persons, result: segments.Worked(0, 0, "[]"))
    drain()
    assert matrix(queued, job_id) == counted(queued, population, candidate())


def test_nothing_but_job_and_segment_is_in_a_message_and_no_person_in_a_log(queued, population, capsys):
    segments.sweep(queued.here, "test")
    bodies = "".join(message["Body"] for message in waiting())
    drain()
    said = capsys.readouterr().out
    assert not any(person in bodies + said for person in population)
