"""Every minute: whose told segment has ended is told anew; a new policy is swept."""

from __future__ import annotations

from dataclasses import replace

import pytest
from nanhai.domain.policy import PolicyBook
from nanhai.services.sweep import segments
from nanhai.store import jobs, passes
from nanhai.streams import follow, review

from tests.functions.passes.world import FEVER
from tests.streams import queue
from tests.streams.feed import Feed
from tests.streams.test_follow import inbox

PLENTY = lambda: 300.0  # noqa: E731 - seconds that an invocation has left
DAY_S = 86_400


def told(person) -> str:
    return passes.one(person)[1].colour_told.value


def test_a_segment_that_ended_is_told_and_counted_by_the_next_review(world, durable):
    order = world.order(lasts_s=3_600)
    person = world.person(order)
    world.project(person)
    feed = Feed(durable.streams["passes"])
    world.now = order.until - 1
    assert review.told_anew(world.here, PLENTY) == 0
    assert told(person) == "red"
    world.now += 1
    assert review.told_anew(world.here, PLENTY) == 1
    assert told(person) == "green"
    follow.handle({"Records": feed.news()})
    assert inbox(world, person) == ["green", "red"]
    assert passes.past(person, 1)[0][0].segment.since == order.until


def test_each_further_segment_is_told_in_its_turn(world):
    order = world.order(starts_s=100, lasts_s=100)
    person = world.person(order)
    world.project(person)
    seen = []
    for at in (order.since, order.until):
        world.now = at
        review.told_anew(world.here, PLENTY)
        seen.append(told(person))
    assert seen == ["red", "green"]


def test_a_missed_segment_is_not_told_any_more(world):
    order = world.order(starts_s=100, lasts_s=100)
    person = world.person(FEVER, order)
    world.project(person)
    world.now = order.until + 1
    review.told_anew(world.here, PLENTY)
    assert told(person) == "yellow"
    assert review.told_anew(world.here, PLENTY) == 0


def test_a_review_that_runs_twice_changes_nothing_more(world):
    person = world.person(world.order(lasts_s=60))
    world.project(person)
    world.now += 60
    review.told_anew(world.here, PLENTY)
    before = passes.one(person), passes.past(person, 10)
    review.told_anew(world.here, PLENTY)
    assert (passes.one(person), passes.past(person, 10)) == before


def test_when_time_is_short_it_stops_and_the_next_run_goes_on(world, monkeypatch):
    monkeypatch.setattr(review, "PEOPLE_PER_REQUEST", 3)
    persons = [world.person(world.order(lasts_s=60)) for _ in range(40)]
    world.project(*persons)
    world.now += 60
    runs = 0
    while not all(told(person) == "green" for person in persons):
        assert review.told_anew(world.here, lambda: 0.0) <= 3
        world.now += 60
        runs += 1
        assert runs < 200
    assert runs > 13


def test_a_run_is_bounded(world, monkeypatch):
    monkeypatch.setattr(review, "REVIEWED_MAX", 5)
    monkeypatch.setattr(review, "PEOPLE_PER_REQUEST", 2)
    persons = [world.person(world.order(lasts_s=60)) for _ in range(30)]
    world.project(*persons)
    world.now += 60
    assert 5 <= review.told_anew(world.here, PLENTY) <= 6


def test_who_cannot_be_read_leaves_the_review(world, capsys):
    person = world.person(world.order(lasts_s=60))
    world.project(person)
    world.spoil(person)
    world.now += 60
    assert review.told_anew(world.here, PLENTY) == 1
    assert told(person) == "none"
    assert review.told_anew(world.here, PLENTY) == 0
    assert '"event":"review-failed"' in capsys.readouterr().out


@pytest.fixture
def tomorrow(queued):
    """From tomorrow on a household in Hunan is green too."""
    older, newer = queued.here.policies.policies
    strange = replace(newer, version="tomorrow", valid_from=queued.now + DAY_S, green_regions=("4406", "43"))
    return replace(queued.here, policies=PolicyBook.of([older, newer, strange]))


def test_a_policy_that_came_into_force_is_swept_once(queued, tomorrow, monkeypatch):
    person = queued.person(region="430102")
    queued.project(person)
    review.sweep_new_policy(tomorrow)
    assert queue.waiting() == []
    queued.now += DAY_S
    review.sweep_new_policy(tomorrow)
    review.sweep_new_policy(tomorrow)
    assert len(queue.waiting()) == segments.SEGMENTS
    monkeypatch.setattr("nanhai.streams.sweep.platform", lambda: tomorrow)
    queue.drain()
    stored = passes.one(person)[1]
    assert (stored.policy_version, stored.colour_told.value) == ("tomorrow", "green")


def test_a_policy_that_was_deployed_late_or_taken_back_is_swept_too(queued, tomorrow):
    queued.now += 2 * DAY_S
    started = []
    for here in (queued.here, tomorrow, queued.here):
        before = len(queue.waiting())
        review.sweep_new_policy(here)
        started.append(len(queue.waiting()) - before)
    assert started == [0, segments.SEGMENTS, segments.SEGMENTS]


def test_what_began_before_a_crash_is_begun_again_and_never_forgotten(queued, tomorrow, monkeypatch):
    review.sweep_new_policy(tomorrow)
    queued.now += DAY_S
    with monkeypatch.context() as patched:
        patched.setattr(review, "send", lambda writes: (_ for _ in ()).throw(RuntimeError))
        with pytest.raises(RuntimeError):
            review.sweep_new_policy(tomorrow)
    review.sweep_new_policy(tomorrow)
    assert len(queue.waiting()) == 2 * segments.SEGMENTS
    assert jobs.last_run(review.SCHEDULE) == queued.now
