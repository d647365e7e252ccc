"""A code opens one session, for its own phone, within its time, in a few tries."""

from __future__ import annotations

import pytest
from nanhai.services.identity import breaker, codes
from nanhai.services.identity.codes import CodeWrong
from nanhai.services.identity.limits import Limit
from nanhai.store import sessions
from nanhai.store.writes import send

from infra.functions import load
from tests.functions.identity.world import HUANG

DEVICE = "d" * 16


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


def test_who_is_not_registered_yet_has_a_session_without_a_person(world):
    opened = world.phone().sign_in()
    assert (opened["registered"], opened["person_id"], opened["expires_in"]) == (False, None, 900)
    given = world.ask("GET", "/me", token=opened["access_token"])
    assert (given.status, given.code) == (403, "edge.not-registered")


def test_who_is_registered_is_known_by_the_phone_again(world):
    phone = world.registered(HUANG)
    person = phone.tokens["person_id"]
    opened = world.phone(phone.number).sign_in()
    assert (opened["registered"], opened["person_id"]) == (True, person)
    assert world.ask("GET", "/me", token=opened["access_token"]).json["person_id"] == person


def test_a_code_works_once(world):
    phone = world.phone()
    body = phone.challenge()
    assert [phone.open_session(body).status for _ in range(2)] == [201, 422]
    assert phone.open_session(body).code == "identity.code-expired"


@pytest.mark.parametrize(("failures", "then"), [(4, (201, None)), (5, (422, "identity.code-expired"))])
def test_a_challenge_bears_five_tries(world, failures, then):
    phone = world.phone()
    body = phone.challenge()
    for _ in range(failures):
        given = phone.open_session(body | {"code": wrong(body["code"])})
        assert (given.status, given.code) == (422, "identity.code-wrong")
    given = phone.open_session(body)
    assert (given.status, given.json.get("code")) == then


@pytest.mark.parametrize(("later_s", "status"), [(290, 201), (300, 422)])
def test_a_code_lasts_five_minutes(world, later_s, status):
    phone = world.phone()
    body = phone.challenge()
    world.pass_time(later_s)
    assert phone.open_session(body).status == status


def test_a_code_is_bound_to_its_phone_and_to_its_challenge(world):
    one, other = world.phone(), world.phone()
    mine, theirs = one.challenge(), other.challenge()
    assert one.open_session(mine | {"phone": other.number}).code == "identity.code-wrong"
    if mine["code"] != theirs["code"]:
        assert one.open_session(mine | {"challenge_id": theirs["challenge_id"]}).code == "identity.code-wrong"
    assert one.open_session(mine | {"challenge_id": "0" * 32}).code == "identity.code-expired"


def test_a_code_is_bound_to_its_purpose(world):
    phone = world.phone()
    body = phone.challenge()
    with pytest.raises(CodeWrong):
        codes.check(
            world.platform,
            body["challenge_id"],
            phone.number,
            "trajectory",
            body["code"],
            address="192.0.2.7",
            now=world.now,
        )


def guesses(world, number: int, *, per_address: int = 1):
    """So many phones with a challenge each, and one guess on each of them."""
    for index in range(number):
        challenge, phone = f"{index:032x}", f"+86139{index:08d}"
        digest = world.platform.blind("code", "sign-in", f"{challenge} {phone} 123456")
        send([sessions.put_challenge(challenge, digest, world.now + 300)])
        body = {"challenge_id": challenge, "phone": phone, "code": "654321", "device": DEVICE}
        address = f"2001:db8:{index // per_address:x}:7::1"
        yield world.ask("POST", "/sessions", body=body, address=address)


def test_one_guess_on_each_of_many_phones_stops_all_checking(world, monkeypatch):
    monkeypatch.setattr(breaker, "FAILURES_MAX", 12)
    assert [given.status for given in guesses(world, 13)] == [422] * 12 + [429]
    phone = world.phone()
    body = phone.challenge()
    refused = phone.open_session(body)
    assert (refused.status, refused.code) == (429, "identity.paused")
    assert 890 <= int(refused.headers["retry-after"]) <= 900
    world.pass_time(900)
    phone.sign_in()


def test_one_address_cannot_stop_everybody(world, monkeypatch):
    """Its own guesses end first, and those of all other addresses go on."""
    monkeypatch.setattr(codes, "WRONG_PER_ADDRESS", Limit("code-wrong", 3, breaker.WINDOW_S))
    monkeypatch.setattr(breaker, "FAILURES_MAX", 6)
    given = list(guesses(world, 9, per_address=9))
    assert [answer.status for answer in given] == [422] * 3 + [429] * 6
    assert given[-1].code == "identity.too-many"
    world.phone().sign_in()


def test_an_ipv6_network_is_one_address(world, monkeypatch):
    monkeypatch.setattr(codes, "WRONG_PER_ADDRESS", Limit("code-wrong", 1, breaker.WINDOW_S))
    body = {"challenge_id": "f" * 32, "phone": "+8613800138000", "code": "1", "device": DEVICE}
    list(guesses(world, 1))
    for address, code in (("2001:db8:0:7:ffff::2", "too-many"), ("2001:db8:0:8::1", "code-expired")):
        assert world.ask("POST", "/sessions", body=body, address=address).code == f"identity.{code}"


def test_no_address_uses_up_more_than_a_tenth_of_what_opens_the_breaker():
    assert codes.WRONG_PER_ADDRESS.window_s == breaker.WINDOW_S
    assert codes.WRONG_PER_ADDRESS.times * 10 <= breaker.FAILURES_MAX


def test_with_every_process_guessing_at_once_fewer_than_500_guesses_get_through():
    (identity,) = (function for function in load() if function.name == "identity")
    assert breaker.FAILURES_MAX + identity.http.concurrency < 500


@pytest.mark.nightly
def test_the_breaker_as_it_stands_trips_before_500_failures(world):
    statuses = [given.status for given in guesses(world, 500)]
    assert statuses.count(422) == breaker.FAILURES_MAX
    assert set(statuses[breaker.FAILURES_MAX :]) == {429}


def test_an_access_token_lasts_15_minutes(world):
    phone = world.registered()
    world.pass_time(890)
    assert phone.ask("GET", "/me").status == 200
    world.pass_time(10)
    given = phone.ask("GET", "/me", headers={"Accept-Language": "en"})
    assert (given.status, given.code) == (401, "edge.expired-token")
    assert given.json["title"] == "This sign-in has run out. Please refresh it or sign in again."


MALFORMED = (
    {"device": "short"},
    {"device": "x" * 65},
    {"device": "d" * 15 + "!"},
    {"code": 123456},
    {"more": 1},
    {"phone": None},
)


def test_a_body_without_the_agreed_form_uses_up_no_try(world):
    phone = world.phone()
    body = phone.challenge()
    assert [phone.open_session(body | other).status for other in MALFORMED] == [400] * 6
    assert phone.open_session(body).status == 201
