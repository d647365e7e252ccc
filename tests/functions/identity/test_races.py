"""Many at once, on the durable engine: a number, a code, a refresh token and a one-time code are each good for one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from nanhai.domain.actors import Role
from nanhai.edge import authentication
from nanhai.services.identity import sessions as opening
from nanhai.services.identity import tokens
from nanhai.store import sessions
from nanhai.store.writes import send

from tests.functions.identity.world import CHILD, HUANG, PARENT, Identity, Phone, World, id_number

AT_ONCE = 8
OLD = Identity("何老年", id_number(6, born="19380501"))


@pytest.fixture
def world(durable, platform) -> World:
    authentication.forget_staff()
    return World(durable, platform)


def session(world) -> Phone:
    """A phone that has signed in, as its code would have let it: no SMS here."""
    phone = world.phone()
    here, now = world.platform, world.now
    opened, refresh_token = opening.new(here, opening.CITIZEN, "", Role.CITIZEN, phone.device, now, phone=phone.number)
    send([sessions.open_session(opened)])
    phone.tokens = {"access_token": tokens.access(here, opened, "", now), "refresh_token": refresh_token}
    return phone


def at_once(*asks) -> list[int]:
    """The statuses of what so many threads are answered, sorted."""
    with ThreadPoolExecutor(len(asks)) as threads:
        return sorted(future.result().status for future in [threads.submit(ask) for ask in asks])


def test_one_number_is_one_person_whoever_asks_at_once(world):
    phones = [session(world) for _ in range(AT_ONCE)]
    statuses = at_once(*[lambda phone=phone: phone.register(HUANG) for phone in phones])
    assert statuses == [201] + [409] * (AT_ONCE - 1)
    assert len([row for row in world.rows("people") if row["sk"]["S"] == "head"]) == 1
    assert len(world.rows("lookups")) == 2
    assert len([row for row in world.rows("keys") if row["holder"]["S"] != "ring"]) == 1


def test_one_request_sent_many_times_at_once_registers_once_and_gets_one_answer(world):
    phone = session(world)
    body = HUANG.body | {"community": "440605011001", "address": "x"}
    answers = []

    def register():
        answers.append(world.ask("POST", "/persons", body=body, token=phone.token, once="k" * 16))
        return answers[-1]

    assert at_once(*[register] * AT_ONCE) == [201] * AT_ONCE
    assert len({given.body for given in answers}) == 1


def test_a_guardians_requests_at_once_take_different_places(world):
    guardian = session(world)
    assert guardian.register(HUANG).status == 201
    world.knows(CHILD, PARENT, OLD)
    statuses = at_once(*[lambda who=who: guardian.add(who) for who in (CHILD, PARENT, OLD)])
    assert set(statuses) <= {201, 409}
    linked = [row for row in world.rows("people") if row["sk"]["S"].startswith("link#")]
    assert len(linked) == statuses.count(201) >= 1


def test_of_many_guardians_at_once_one_acts_for_whom_nobody_acts_for_any_more(world):
    first, *others = [session(world) for _ in range(4)]
    adults = [Identity("何某人", id_number(serial)) for serial in range(20, 24)]
    world.knows(CHILD, *adults)
    assert [phone.register(who).status for phone, who in zip((first, *others), adults, strict=True)] == [201] * 4
    first.add(CHILD, until="2020-06-24T10:05:00Z")
    world.pass_time(300)
    assert at_once(*[lambda phone=phone: phone.add(CHILD) for phone in others]) == [201, 409, 409]


def test_one_code_opens_one_session(world):
    phone, challenge = world.phone(), "c" * 32
    digest = world.platform.blind("code", "sign-in", f"{challenge} {phone.number} 123456")
    send([sessions.put_challenge(challenge, digest, world.now + 300)])
    body = {"challenge_id": challenge, "phone": phone.number, "code": "123456", "device": phone.device}
    statuses = at_once(*[lambda: phone.open_session(body)] * AT_ONCE)
    assert statuses == [201] + [422] * (AT_ONCE - 1)


def test_one_refresh_token_is_good_for_one_at_most_and_its_session_ends(world):
    phone = session(world)
    statuses = at_once(*[phone.refresh] * AT_ONCE)
    assert statuses.count(200) <= 1
    assert set(statuses) <= {200, 401}
    assert phone.refresh().status == 401


def test_one_one_time_code_signs_in_once(world):
    officer = world.officer()
    body = officer.credentials
    statuses = at_once(*[lambda: world.ask("POST", "/staff/sessions", body=body)] * AT_ONCE)
    assert statuses == [201] + [401] * (AT_ONCE - 1)
