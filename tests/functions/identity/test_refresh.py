"""A refresh token is good once, on one device; whatever else is shown closes the session."""

from __future__ import annotations

import base64

import pytest
from nanhai.domain.actors import Role
from nanhai.store import staff
from nanhai.store.writes import send

ENDED = (401, "identity.session-ended")


def told(given) -> tuple[int, str]:
    return given.status, given.code


def forged(token: str) -> str:
    """Of the same session, with other secret bytes."""
    return base64.urlsafe_b64encode(base64.urlsafe_b64decode(token)[:16] + bytes(32)).decode()


def test_a_refresh_gives_fresh_tokens_of_the_same_person(world):
    phone = world.registered()
    world.pass_time(900)
    first = dict(phone.tokens)
    given = phone.refresh()
    assert (given.status, given.json["expires_in"]) == (200, 900)
    assert not {first["access_token"], first["refresh_token"]} & set(map(str, given.json.values()))
    assert world.ask("GET", "/me", token=given.json["access_token"]).json["person_id"] == first["person_id"]
    phone.tokens |= given.json
    assert phone.refresh().status == 200


def test_a_used_refresh_token_closes_the_whole_session(world):
    phone = world.signed_in()
    fresh = phone.refresh().json
    assert told(phone.refresh()) == ENDED
    phone.tokens = fresh
    assert told(phone.refresh()) == ENDED


@pytest.mark.parametrize("other", ["device", "secret"])
def test_a_token_on_another_device_or_a_forged_one_closes_the_session(world, other):
    phone = world.signed_in()
    shown = {"device": "e" * 16} if other == "device" else {"refresh_token": forged(phone.tokens["refresh_token"])}
    assert told(phone.refresh(**shown)) == ENDED
    assert told(phone.refresh()) == ENDED


def test_what_is_no_refresh_token_harms_no_session(world):
    phone = world.signed_in()
    for token in ("", "x", "é" * 64, "A" * 64, "=" * 64, "A" * 63 + "=", "A" * 200):
        assert told(phone.refresh(refresh_token=token)) == ENDED, token
    assert phone.refresh().status == 200


def test_whose_answer_was_lost_signs_in_again(world):
    phone = world.registered()
    phone.refresh()  # never arrived
    assert told(phone.refresh()) == ENDED
    assert phone.sign_in()["registered"]
    assert phone.refresh().status == 200


def test_who_signs_out_has_nothing_to_refresh(world):
    phone = world.signed_in()
    given = phone.ask("DELETE", "/sessions/current")
    assert (given.status, given.body) == (204, b"")
    assert told(phone.refresh()) == ENDED
    assert phone.ask("DELETE", "/sessions/current").status == 204


def test_signing_out_leaves_other_devices_alone(world):
    phone = world.signed_in()
    other = world.signed_in(phone.number)
    phone.ask("DELETE", "/sessions/current")
    assert other.refresh().status == 200


def test_a_session_ends_after_thirty_days_however_often_it_was_refreshed(world):
    phone = world.signed_in()
    for _ in range(3):
        world.pass_time(10 * 86_400 - 10)
        phone.tokens |= phone.refresh().json
    world.pass_time(30)
    assert told(phone.refresh()) == ENDED


def test_a_session_of_the_staff_ends_after_a_shift(world):
    officer = world.on_duty()
    world.pass_time(12 * 3_600 - 10)
    officer.tokens |= officer.refresh().json
    assert officer.ask("GET", "/counters").status == 200
    world.pass_time(10)
    assert told(officer.refresh()) == ENDED


@pytest.mark.parametrize("change", [staff.dismiss, staff.unbind])
def test_who_is_dismissed_or_lost_the_device_refreshes_nothing(world, change):
    officer = world.on_duty(Role.AUDITOR)
    send([change(officer.staff_id)])
    assert told(officer.refresh()) == ENDED


def test_no_token_is_stored(world, capsys):
    phone, officer = world.registered(), world.on_duty()
    phone.refresh()
    written = world.everything() + capsys.readouterr().out
    for tokens in (phone.tokens, officer.tokens):
        assert tokens["refresh_token"][22:] not in written
        assert tokens["access_token"].rsplit(".", 1)[1] not in written
