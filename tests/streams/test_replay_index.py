"""The index made anew: what the stream never told is found, what is right is left, and whoever is killed goes on."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from nanhai.services.trajectories import replaying
from nanhai.store import people

import infra.trajectories_index
from infra.cli import main
from tests.streams.feed import Feed
from tests.streams.sighted import WUHAN_CELL, Signalling, at_home, away, candidates, phone_of, stays

PHONES = [phone_of(number) for number in range(12)]


@pytest.fixture
def told(world, durable, monkeypatch) -> Signalling:
    """Twelve people who were away three days ago, of which the stream was never read."""
    monkeypatch.setattr(infra.trajectories_index, "become", lambda *_: None)
    monkeypatch.setattr(replaying, "SEGMENTS", 3)
    monkeypatch.setattr(replaying, "PERSON_DAYS_PER_STEP", 2)
    return Signalling(world, Feed(durable.streams["sightings"]))


@pytest.fixture
def persons(told) -> list:
    found = [told.world.person() for _ in PHONES]
    for phone, person in zip(PHONES, found, strict=True):
        told.link(phone, person)
    told.load(*(away(phone, told.today - 3) for phone in PHONES), *(at_home(phone, told.today - 2) for phone in PHONES))
    return found


def replay(*options):
    return CliRunner().invoke(main, ["trajectories", "index", *options])


def test_stays_are_recorded_that_the_stream_never_told(told, persons):
    result = replay()
    assert (result.exit_code, result.stdout.splitlines()[-1]) == (0, "24 person-days")
    assert [len(stays(person)) for person in persons] == [1] * len(persons)
    assert candidates(told.today - 3, WUHAN_CELL, told.world.now) == set()


def test_postings_too_when_they_are_asked_for(told, persons):
    assert replay("--postings").exit_code == 0
    assert {phone for phone, *_ in candidates(told.today - 3, WUHAN_CELL, told.world.now)} == set(PHONES)


def test_again_it_writes_nothing_about_anybody(told, persons):
    replay()
    versions = [people.head(person).version for person in persons]
    told.world.now += 60
    assert replay().stdout.splitlines()[-1] == "24 person-days"
    assert [people.head(person).version for person in persons] == versions


def test_killed_anywhere_it_goes_on_where_it_was(told, persons, monkeypatch):
    original, steps = replaying.step, iter(range(5))

    def dying(here, walk, **how):
        if next(steps, None) is None:
            raise KeyboardInterrupt
        return original(here, walk, **how)

    with monkeypatch.context() as patched:
        patched.setattr(replaying, "step", dying)
        assert replay().exit_code != 0
    begun = replaying.begun(told.world.here, with_postings=False)
    assert 0 < sum(walk.done for walk in begun) < 24
    assert replay().exit_code == 0
    assert [len(stays(person)) for person in persons] == [1] * len(persons)


def test_what_could_not_be_written_is_told_and_the_rest_is_done(told, persons):
    told.world.spoil(persons[0])
    result = replay()
    assert (result.exit_code, result.stderr.splitlines()[-1]) == (1, "1 × Poison")
    told.world.learn()
    assert replay().exit_code == 0
    assert [len(stays(person)) for person in persons] == [1] * len(persons)


def test_days_that_are_over_are_left_alone(told, persons):
    told.world.now += 15 * 86_400
    assert replay().exit_code == 0
    assert [stays(person) for person in persons] == [[]] * len(persons)
