"""People who registered before trajectories were kept: their phones are linked once, and the stream does the rest."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from nanhai.services.identity import persons
from nanhai.services.profile import Profile
from nanhai.services.trajectories import linking
from nanhai.services.trajectories.phones import pseudonym
from nanhai.store import lookups, passes, people, sightings
from nanhai.store.writes import send

import infra.trajectories_link
from infra.cli import main
from tests.streams.feed import Feed
from tests.streams.sighted import Signalling, away, stays

NUMBERS = [f"+86138000000{number:02}" for number in range(8)]
NOBODYS, ANOTHERS = "+8613900000001", "+8613900000002"
PROFILE = Profile("name", "resident-id", "number", "", "440605", False, "440605001001", "address")


@pytest.fixture
def told(world, durable, monkeypatch) -> Signalling:
    monkeypatch.setattr(infra.trajectories_link, "become", lambda *_: None)
    monkeypatch.setattr(linking, "SEGMENTS", 3)
    monkeypatch.setattr(passes, "SEGMENT_ROWS_MAX", 4)
    return Signalling(world, Feed(durable.streams["sightings"]))


def registered(told, phone, *, claimed=True):
    """Somebody of an earlier release: a profile and a phone, and no link."""
    here, person = told.world.here, told.world.person()
    claim = [lookups.claim(persons.phone_index(here, phone), person, persons.PERSON)] if claimed else []
    send([*here.new_profile_writes(person, profile_of(phone)), *claim])
    return person


def profile_of(phone) -> Profile:
    return Profile(*(phone if name == "phone" else getattr(PROFILE, name) for name in Profile.__struct_fields__))


def linked(told) -> dict:
    names = {pseudonym(told.world.here, number): number for number in (*NUMBERS, NOBODYS, ANOTHERS)}
    return {names[phone]: found.person for phone, found in sightings.links(names).items()}


def run():
    return CliRunner().invoke(main, ["trajectories", "link"])


def test_who_registered_earlier_is_linked_and_has_the_stays_by_the_stream(told):
    person = registered(told, NUMBERS[0])
    told.load(away(pseudonym(told.world.here, NUMBERS[0]), told.today - 3))
    told.indexed()
    assert stays(person) == []
    result = run()
    assert (result.exit_code, result.stdout.splitlines()[-1]) == (0, "1 people, 1 phones linked")
    told.indexed()
    assert len(stays(person)) == 1


def test_only_a_phone_that_is_still_theirs_is_linked_and_whoever_is_linked_is_left_alone(told):
    registered(told, NOBODYS, claimed=False)
    registered(told, "", claimed=False)
    told.world.person()  # without a profile
    person = registered(told, ANOTHERS)
    holder = told.world.person()
    told.link(pseudonym(told.world.here, ANOTHERS), holder)
    assert run().stdout.splitlines()[-1] == "5 people, 0 phones linked"
    assert linked(told) == {ANOTHERS: holder}
    assert person != holder


def test_killed_anywhere_it_goes_on_where_it_was_and_again_it_writes_nothing(told, monkeypatch):
    expected = {number: registered(told, number) for number in NUMBERS}
    original, steps = linking.step, iter(range(3))

    def dying(*asked):
        if next(steps, None) is None:
            raise KeyboardInterrupt
        return original(*asked)

    with monkeypatch.context() as patched:
        patched.setattr(linking, "step", dying)
        assert run().exit_code != 0
    assert sum(walk.done for walk in linking.begun(told.world.here)) < len(NUMBERS)
    assert run().exit_code == 0
    assert linked(told) == expected
    before = sightings.links([pseudonym(told.world.here, number) for number in NUMBERS])
    told.world.now += 60
    assert run().stdout.splitlines()[-1] == "8 people, 0 phones linked"
    assert sightings.links(before) == before


def test_who_cannot_be_read_is_told_without_a_name_and_the_others_are_linked(told):
    spoiled, other = registered(told, NUMBERS[0]), registered(told, NUMBERS[1])
    send([people.put_profile(spoiled, b"garbled")])
    result = run()
    assert (result.exit_code, result.stderr.splitlines()[-1]) == (1, "1 × Tampered")
    assert spoiled not in result.output
    assert linked(told) == {NUMBERS[1]: other}
