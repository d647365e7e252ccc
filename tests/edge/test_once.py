"""The same key with the same request is one request."""

from __future__ import annotations

import json

import pytest
from nanhai.domain.actors import Role
from nanhai.edge.api import Api, Call
from nanhai.store.writes import ONCE_S, Once

from tests.edge.gateway import ask
from tests.edge.here import NOW
from tests.edge.sample import Tell, Told

KEY = "0123456789abcdef"


@pytest.fixture
def token(here) -> str:
    return here.token(Role.CITIZEN, "P1")


@pytest.fixture
def app(here):
    """An app whose one handler counts, and stores its answer as a transaction would."""
    api = Api("counting")
    given: list[str] = []

    @api.route("POST", "/{who}/counted", operation="pass.apply", summary="Counted", returns=Told, status=202, once=True)
    def count(call: Call, body: Tell) -> Told:
        given.append(body.name)
        told = Told(f"{body.name} {len(given)}")
        here.remember(call.once, json.dumps({"name": told.name, "address": ""}).encode())
        return told

    return api.app


def test_a_repeated_request_gets_the_first_answer_and_no_second_effect(app, token):
    first, second = (ask(app, "POST", "/me/counted", body={"name": "黄"}, token=token, once=KEY) for _ in range(2))
    assert (first.status, first.json, first.headers) == (second.status, second.json, second.headers)
    assert second.json["name"] == "黄 1"


@pytest.mark.parametrize(("url", "name"), [("/me/counted", "何"), ("/P2/counted", "黄")])
def test_the_key_of_another_request_is_refused(app, token, url, name):
    ask(app, "POST", "/me/counted", body={"name": "黄"}, token=token, once=KEY)
    given = ask(app, "POST", url, body={"name": name}, token=token, once=KEY)
    assert (given.status, given.code) == (422, "edge.idempotency-key-reused")


def test_two_people_may_choose_the_same_key(app, here):
    one, other = (
        ask(app, "POST", "/me/counted", body={"name": "黄"}, token=here.token(Role.CITIZEN, who), once=KEY)
        for who in ("P1", "P2")
    )
    assert (one.json["name"], other.json["name"]) == ("黄 1", "黄 2")


def test_without_a_key_nothing_is_written(app, token, here):
    given = ask(app, "POST", "/me/counted", body={"name": "黄"}, token=token)
    assert (given.status, given.code, here.stored) == (400, "edge.idempotency-key-required", {})


@pytest.mark.parametrize("key", ["short", "x" * 65, "with space 123456", "钥匙" * 10])
def test_a_key_has_16_to_64_plain_characters(app, token, key):
    assert ask(app, "POST", "/me/counted", body={"name": "黄"}, token=token, once=key).code == "edge.idempotency-key"


def test_the_stored_answer_is_not_in_the_clear_and_opens_for_nobody_else(app, token, here):
    from nanhai.services import answers
    from nanhai.vault.sealing import Tampered

    ask(app, "POST", "/me/counted", body={"name": "黄大年"}, token=token, once=KEY)
    ((fingerprint, sealed),) = here.stored.values()
    assert "黄大年".encode() not in sealed
    mine = Once("P1", KEY, fingerprint, NOW + ONCE_S)
    assert json.loads(answers.open_(here.ring, mine, sealed))["name"] == "黄大年 1"
    with pytest.raises(Tampered):
        answers.open_(here.ring, Once("P2", KEY, fingerprint, NOW + ONCE_S), sealed)


def test_before_registration_the_session_owns_the_key(here):
    from nanhai.domain.actors import Actor
    from nanhai.edge.once import NOBODY, once_of

    from tests.edge.test_incoming import came

    owners = [
        once_of(here.ring, came({"idempotency-key": KEY}), actor, NOW).owner
        for actor in (Actor(Role.CITIZEN, "P1", session="s"), Actor(Role.CITIZEN, session="s"), Actor(Role.ANONYMOUS))
    ]
    assert owners == ["P1", "s", NOBODY]


def test_what_is_kept_of_a_request_is_no_hash_that_anybody_could_try(here):
    """A body may be a name and an ID number, of which there are few."""
    from nanhai.edge.once import fingerprint
    from nanhai.vault.ring import new_ring

    from tests.edge.test_incoming import came

    asked = came({"idempotency-key": KEY})
    first, again, elsewhere = (fingerprint(ring, asked) for ring in (here.ring, here.ring, new_ring(NOW, "test")))
    assert first == again != elsewhere
