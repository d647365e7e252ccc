"""Five minutes of tokens: what a phone shows without a network."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise

import pytest
from nanhai.domain import tokens
from nanhai.domain.colour import Colour
from nanhai.domain.days import DAY_S, LOCAL_OFFSET_S, local_day
from nanhai.domain.pseudonym import day_key, person_of
from nanhai.domain.records import Holder
from nanhai.domain.tokens import Refused
from nanhai.services.passes import reading
from nanhai.services.passes.tokens import pieces
from nanhai.vault import trusting
from nanhai.vault.ring import NoSigningKey

from tests.functions.passes.world import rfc3339


def asked(world, person, who="me"):
    answer = world.ask("GET", f"/{who}/tokens", person)
    assert answer.status == 200, answer.body
    return answer.json


def checked(world, slot, at=None):
    """What a gate makes of the slot's token; by default at the slot's own beginning."""
    settings = world.here.settings
    trust = trusting.trusted(trusting.trust_list(world.here.ring, settings.district, settings.audience, world.now))
    return tokens.check(slot["token"], trust, settings.audience, instant(slot["since"]) if at is None else at)


def instant(text) -> int:
    return int(datetime.fromisoformat(text).timestamp())


def test_ten_slots_of_thirty_seconds_from_the_present_one_on(world):
    person = world.person()
    world.now += 17
    given = asked(world, person)
    begins = world.now - 17
    assert [(slot["since"], slot["until"]) for slot in given["slots"]] == [
        (rfc3339(begins + n * 30), rfc3339(begins + n * 30 + 30)) for n in range(10)
    ]
    assert (given["server_time"], given["renew_at"]) == (rfc3339(world.now), rfc3339(world.now + 150))


def test_every_token_verifies_in_its_slot_and_dies_with_it(world):
    person = world.person()
    for slot in asked(world, person)["slots"]:
        since = instant(slot["since"])
        token = checked(world, slot)
        assert (token.colour, token.holder, token.issued_at, token.ttl) == (Colour.GREEN, Holder.PERSON, since, 60)
        assert person_of(day_key(world.here.ring.days, local_day(since)), token.pseudonym) == person
        assert checked(world, slot, since + 90) == token
        assert checked(world, slot, since + 91) is Refused.EXPIRED
        assert checked(world, slot, since - 31) is Refused.EARLY


@pytest.mark.parametrize("after_s", [60, 67])
def test_slots_beyond_a_change_carry_the_new_colour_from_that_second_on(world, after_s):
    order = world.order(lasts_s=after_s)
    given = asked(world, world.person(order))["slots"]
    colours = {(instant(slot["since"]) - world.now, slot["colour"]) for slot in given}
    assert (after_s, "green") in colours
    assert all(colour == ("red" if at < after_s else "green") for at, colour in colours)
    assert all(one["until"] == other["since"] for one, other in pairwise(given))
    assert all(checked(world, slot).colour.value == slot["colour"] for slot in given)


def test_the_first_slot_shows_the_colour_of_now(world):
    order = world.order(lasts_s=7)
    person = world.person(order)
    seen = []
    for at in (order.until - 1, order.until):
        world.now = at
        seen.append(checked(world, asked(world, person)["slots"][0]).colour)
    assert seen == [Colour.RED, Colour.GREEN]


def test_at_midnight_key_and_pseudonym_change(world):
    person = world.person()
    midnight = (local_day(world.now) + 1) * DAY_S - LOCAL_OFFSET_S
    world.now = midnight - 60
    read = [checked(world, slot) for slot in asked(world, person)["slots"]]
    assert len({token.kid for token in read}) == len({token.pseudonym for token in read}) == 2
    assert [token.kid == read[0].kid for token in read] == [True] * 2 + [False] * 8


def test_a_dependants_token_says_so(world):
    guardian, child = world.person(), world.person(applied=False)
    world.guards(guardian, child)
    world.ask("POST", f"/{child}", guardian, body={"holder": "dependant"})
    assert checked(world, asked(world, guardian, child)["slots"][0]).holder is Holder.DEPENDANT


def test_a_grey_pass_has_slots_without_tokens(world):
    given = asked(world, world.person(proven=False))["slots"]
    assert {(slot["colour"], slot["token"]) for slot in given} == {("none", None)}
    assert len(given) == 10


def test_without_an_application_there_are_none(world):
    assert world.ask("GET", "/me/tokens", world.person(applied=False)).code == "passes.not-applied"


def test_without_a_key_for_the_day_nothing_is_signed_and_nothing_breaks(world, monkeypatch):
    def none(ring, at):
        raise NoSigningKey(at)

    monkeypatch.setattr("nanhai.vault.ring.Ring.gate_key", none)
    answer = world.ask("GET", "/me/tokens", world.person())
    assert (answer.status, answer.code) == (503, "passes.no-signing-key")


def test_pieces_fill_five_minutes_without_a_gap_whatever_the_second(world):
    timeline = reading.held(world.here, world.person(world.order(lasts_s=100)), world.now).timeline
    for now in range(world.now, world.now + 130):
        parts = list(pieces(timeline, now))
        assert parts[0][0] <= now < parts[0][1]
        assert [part[1] for part in parts[:-1]] == [part[0] for part in parts[1:]]
        assert parts[-1][1] == now - now % 30 + 300
        assert all(timeline.at(at) == segment for since, until, segment in parts for at in range(since, until))
