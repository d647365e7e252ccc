"""A synthetic district is there whole however often it is written, and shows every colour."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from argon2 import PasswordHasher
from nanhai.domain import uscc
from nanhai.domain.actors import Role
from nanhai.domain.decide import decide
from nanhai.domain.resident_id import RESIDENT
from nanhai.services.identity import passwords, persons, totp
from nanhai.store import clinics, gates, lookups, people, staff
from nanhai.store.clinics import Clinics
from nanhai.store.writes import send

from infra.local import cast, seed, synthetic
from infra.local.folder import Folder

COMMUNITIES = 307


@pytest.fixture
def folder(durable, platform, monkeypatch) -> Folder:
    """Passwords are hashed as always, but for the work."""
    monkeypatch.setattr(passwords, "hashed", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash)
    made = Folder(durable.folder)
    made.make()
    return made


def found(platform, number):
    who = synthetic.person(1, number, COMMUNITIES)
    return lookups.find(persons.id_index(platform, RESIDENT, who.id_number), persons.PERSON)


def colour(platform, number):
    head = people.head(found(platform, number))
    now = platform.now()
    return decide(people.facts_of(head), platform.policies.in_force(now), now).at(now).colour.value


def test_the_first_ten_people_show_every_colour(folder, platform):
    seed.district(folder, 12)
    colours = Counter(colour(platform, number) for number in range(10))
    assert colours == {"green": 4, "blue": 2, "yellow": 3, "red": 1}


def test_writing_it_again_adds_nobody_and_changes_nobody(folder, platform):
    seed.district(folder, 6)
    before = [people.head(found(platform, number)) for number in range(6)]
    assert "0 of them new" in seed.district(folder, 6)
    assert [people.head(found(platform, number)) for number in range(6)] == before


def test_more_people_join_those_who_are_there(folder, platform):
    seed.district(folder, 3)
    assert "5 people (2 of them new)" in seed.district(folder, 5)


def test_whoever_was_half_written_when_it_was_interrupted_is_finished(folder, platform, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(people, "add_records", interrupted)
        with pytest.raises(KeyboardInterrupt):
            seed.district(folder, 3)
    seed.district(folder, 3)
    assert [people.head(found(platform, number)).version for number in range(3)] == [2, 2, 2]


def test_staff_of_every_role_can_sign_in_with_what_was_written_down(folder, platform):
    seed.district(folder, 1)
    written = cast.read(folder)["staff"]
    assert set(written) == {role.value for role in Role} - {"anonymous", "citizen", "enterprise"}
    for role, members in written.items():
        for member in members:
            record = staff.get(member["staff_id"])
            assert (record.role.value, record.scope, record.gate or "") == (role, member["scope"], member["gate"])
            assert passwords.matches(record.password_hash, member["password"])
            assert totp.opened(platform, record.staff_id, record.totp_sealed) == member["totp_secret"]


def test_the_cast_finds_two_gates_of_one_community_and_two_organisations(folder):
    seed.district(folder, 1)
    told = cast.read(folder)
    first, second = told["staff"]["guard"][:2]
    assert gates.get(first["gate"]).community == gates.get(second["gate"]).community == told["community"]
    maker, checker = told["staff"]["community-officer"][0], told["staff"]["health-authority"][0]
    assert maker["organisation"] != checker["organisation"]
    assert maker["scope"] == told["community"]


def test_the_register_proves_those_who_are_not_registered_yet(folder, platform):
    seed.district(folder, 1)
    for identity in cast.read(folder)["identities"]:
        assert platform.register.verify(identity["name"], identity["id_type"], identity["id_number"]) is not None
        assert lookups.find(persons.id_index(platform, RESIDENT, identity["id_number"]), persons.PERSON) is None


def test_credentials_are_their_owners_alone_and_can_be_read_by_people(folder):
    seed.district(folder, 10)
    assert folder.credentials.stat().st_mode & 0o777 == 0o600
    told = cast.told(cast.read(folder))
    assert all(part in told for part in ("guard-1", "auditor-1", "yellow", "red", "not registered yet"))


def test_a_one_time_code_is_that_of_the_platforms_clock(folder):
    seed.district(folder, 1)
    secret = cast.read(folder)["staff"]["guard"][0]["totp_secret"]
    folder.clock.write_text(str(90 * 86_400), "ascii")
    code = cast.one_time_code(folder, "guard-1")
    assert pyotp.TOTP(secret).verify(code, valid_window=1, for_time=datetime.now(UTC) + timedelta(days=90))


def test_samples_of_what_an_operator_would_load_say_that_they_are_samples(folder, platform):
    seed.district(folder, 0)
    known = clinics.of("440605").clinics
    assert len(known) == 7
    assert all(clinic.sample and clinic.name.startswith("【示例】") for clinic in known)
    registered = json.loads(folder.legal_register.read_text("utf-8"))
    assert len(registered) == 14
    assert not [fault for code in registered for fault in uscc.check(code)]
    assert all(row["name"].startswith("【示例】") for row in registered.values())


def test_samples_replace_nothing_that_an_operator_loaded(folder, platform):
    send([clinics.put("440605", Clinics("2020-03-03", "region", ()))])
    folder.legal_register.write_text('{"91350100M000100Y43": {}}')
    seed.district(folder, 0)
    assert clinics.of("440605").clinics == ()
    assert json.loads(folder.legal_register.read_text("utf-8"))["91350100M000100Y43"] == {}
