"""Staff: a password and a one-time code that is used once, on one device; nobody is told which of them was wrong."""

from __future__ import annotations

import pyotp
import pytest
from nanhai.domain.actors import Role
from nanhai.domain.days import HOUR_S
from nanhai.domain.identifiers import StaffId
from nanhai.edge.authentication import identify
from nanhai.services.identity import passwords, persons, staff_sign_in, totp
from nanhai.services.identity.limits import Limit
from nanhai.store import staff
from nanhai.store.writes import send
from nanhai.vault.sealing import Tampered

from tests.functions.identity.world import COMMUNITY, HUANG, PASSWORD


def audited(world) -> list[tuple[str, str, str]]:
    rows = (row for row in world.rows("audit") if row["operation"]["S"] == "staff.session.open")
    return [(row["actor"]["S"], row["role"]["S"], row["outcome"]["S"]) for row in rows]


def test_the_answer_says_role_scope_and_gate_as_the_server_has_them(world):
    given = world.officer(Role.GUARD, gate="G1").sign_in()
    assert given.status == 201
    assert {name: given.json[name] for name in ("role", "scope", "gate", "expires_in")} == {
        "role": "guard",
        "scope": COMMUNITY,
        "gate": "G1",
        "expires_in": 900,
    }


def test_a_token_of_the_staff_acts_with_its_role(world):
    assert world.on_duty().ask("GET", "/counters").status == 200
    assert world.on_duty(Role.GUARD, gate="G1").ask("GET", "/counters").status == 403


WRONG = {
    "an unknown number": lambda o: {"staff_id": "nobody-1"},
    "a wrong password": lambda o: {"password": PASSWORD + "x"},
    "an empty password": lambda o: {"password": ""},
    "a wrong code": lambda o: {"totp": f"{(int(o.credentials['totp']) + 1) % 10**6:06d}"},
    "an old code": lambda o: {"totp": pyotp.TOTP(o.secret).at(o.world.now - 120)},
    "a code in other digits": lambda o: {"totp": "１２３４５６"},
}


def test_whatever_is_wrong_the_answer_and_the_work_are_the_same(world, monkeypatch):
    verified = []
    matches = passwords.matches
    monkeypatch.setattr(passwords, "matches", lambda *given: verified.append(1) or matches(*given))
    monkeypatch.setattr(totp, "step", lambda *given, step=totp.step: verified.append(2) or step(*given))
    officer = world.officer()
    answers = []
    for what, change in WRONG.items():
        verified.clear()
        answers.append(officer.sign_in(**change(officer)))
        assert sorted(verified) == [1, 2], what
    assert (answers[0].status, answers[0].code) == (401, "identity.credentials")
    assert answers[0].json["title"] == "工号、密码或动态口令不正确。"
    assert answers == answers[:1] * len(WRONG)
    assert audited(world) == []


def test_who_was_dismissed_is_nobody(world):
    officer = world.officer()
    send([staff.dismiss(officer.staff_id)])
    assert officer.sign_in().code == "identity.credentials"


def test_a_code_is_used_once_and_so_are_those_before_it(world):
    officer = world.officer()
    older = pyotp.TOTP(officer.secret).at(world.now - 30)
    body = officer.credentials
    assert officer.sign_in(**body).status == 201
    assert officer.sign_in(**body).code == "identity.credentials"
    assert officer.sign_in(totp=older).code == "identity.credentials"
    world.pass_time(30)
    assert officer.sign_in().status == 201


def test_an_account_stays_on_the_device_of_its_first_sign_in(world):
    officer = world.on_duty()
    world.pass_time(30)
    given = officer.sign_in(device="e" * 16)
    assert (given.status, given.code) == (403, "identity.other-device")
    assert (officer.staff_id, "community-officer", "identity.other-device") in audited(world)
    assert officer.sign_in().status == 201


def test_an_office_can_let_an_account_move_to_a_new_device(world):
    officer = world.on_duty()
    send([staff.unbind(officer.staff_id)])
    world.pass_time(30)
    officer.device = "e" * 16
    assert officer.sign_in().status == 201


def test_the_binding_is_told_to_nobody_without_the_credentials(world):
    officer = world.on_duty()
    assert officer.sign_in(device="e" * 16, password="guess").code == "identity.credentials"


def test_guessing_ends_soon_for_a_known_and_an_unknown_number_alike(world, monkeypatch):
    assert Limit("staff-member", 20, HOUR_S) == staff_sign_in.PER_MEMBER
    monkeypatch.setattr(staff_sign_in, "PER_MEMBER", Limit("staff-member", 2, HOUR_S))
    officer = world.officer()
    for staff_id in (officer.staff_id, "nobody-1"):
        tried = [officer.sign_in(staff_id=staff_id, password="guess") for _ in range(3)]
        assert [given.status for given in tried] == [401, 401, 429]
    world.pass_time(HOUR_S)
    assert officer.sign_in().status == 201


def test_no_stranger_locks_a_member_out(world, monkeypatch):
    monkeypatch.setattr(staff_sign_in, "PER_MEMBER", Limit("staff-member", 2, HOUR_S))
    officer = world.officer()
    guess = officer.credentials | {"password": "guess"}
    tried = [world.ask("POST", "/staff/sessions", body=guess, address="198.51.100.1") for _ in range(3)]
    assert [given.status for given in tried] == [401, 401, 429]
    assert officer.sign_in().status == 201


def test_guessing_ends_for_an_address_too(world, monkeypatch):
    assert Limit("staff-address", 600, HOUR_S) == staff_sign_in.PER_ADDRESS
    monkeypatch.setattr(staff_sign_in, "PER_ADDRESS", Limit("staff-address", 2, HOUR_S))
    officer = world.officer()
    tried = [officer.sign_in(staff_id=f"nobody-{number}") for number in range(3)]
    assert [given.status for given in tried] == [401, 401, 429]


def test_a_dismissal_is_felt_within_a_minute(world):
    officer = world.on_duty()
    assert officer.ask("GET", "/counters").status == 200
    send([staff.dismiss(officer.staff_id)])
    world.pass_time(60)
    given = officer.ask("GET", "/counters", headers={"Accept-Language": "en"})
    assert (given.status, given.code) == (401, "edge.dismissed")
    assert given.json["title"] == "This account is no longer on duty. Please contact your office."


def test_who_is_both_officer_and_holder_is_known_as_that_person_within_a_minute_of_registering(world):
    index = persons.id_index(world.platform, "10", HUANG.number)
    officer = world.on_duty(id_index=index)
    bearer = f"Bearer {officer.tokens['access_token']}"
    assert identify(bearer, world.platform, world.now).person == ""
    person = world.registered(HUANG).tokens["person_id"]
    world.pass_time(60)
    assert identify(bearer, world.platform, world.now).person == person
    assert HUANG.number not in repr(world.rows("staff"))


def test_who_told_no_id_number_is_no_holder(world):
    world.registered(HUANG)
    bearer = f"Bearer {world.on_duty().tokens['access_token']}"
    assert identify(bearer, world.platform, world.now).person == ""


def test_a_sign_in_is_audited_before_it_is_answered(world, monkeypatch):
    from nanhai.store import audit
    from nanhai.store.writes import StoreUnavailable

    def down(*_):
        raise StoreUnavailable(retry_after_s=1)

    officer = world.officer()
    with monkeypatch.context() as broken:
        broken.setattr(audit, "append", down)
        assert officer.sign_in().status == 503
    assert officer.sign_in().status == 201
    assert audited(world) == [(officer.staff_id, "community-officer", "asked")]


def test_a_secret_of_one_time_codes_opens_for_its_owner_only(world):
    officer = world.officer()
    stored = staff.get(StaffId(officer.staff_id)).totp_sealed
    assert officer.secret not in world.everything()
    assert totp.opened(world.platform, officer.staff_id, stored) == officer.secret
    with pytest.raises(Tampered):
        totp.opened(world.platform, StaffId("somebody-else"), stored)


def test_neither_role_nor_scope_is_taken_from_a_client(world):
    officer = world.officer()
    for other in ({"role": "auditor"}, {"scope": "44"}, {"staff_id": ""}, {"staff_id": "a b"}):
        assert officer.sign_in(**other).status == 400


def test_a_password_is_stored_as_argon2id_and_nobodys_costs_the_same(world):
    stored = passwords.hashed(PASSWORD)
    assert stored.rsplit("$", 2)[0] == passwords.NOBODYS_HASH.rsplit("$", 2)[0] == "$argon2id$v=19$m=65536,t=3,p=4"
    assert passwords.matches(stored, PASSWORD)
    assert not passwords.matches(stored, PASSWORD + "x")
    assert not passwords.matches(None, PASSWORD)
    assert not passwords.matches("not a hash", PASSWORD)
