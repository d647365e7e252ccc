"""An operator appoints, dismisses and unbinds the staff of a platform, local or deployed."""

from __future__ import annotations

import pyotp
import pytest
from argon2 import PasswordHasher
from click.testing import CliRunner
from nanhai.domain.actors import Actor, Role
from nanhai.edge import authentication
from nanhai.edge.authority import MATRIX, authorise
from nanhai.services.identity import appointments, passwords, persons
from nanhai.store import audit, gates, staff
from nanhai.store.gates import Gate
from nanhai.store.writes import send

import infra.staff
from infra.cli import main
from tests.functions.identity.world import COMMUNITY, DISTRICT, HUANG, NEIGHBOUR, TOWN, World

CLERK = ("--role", "community-officer", "--scope", COMMUNITY, "--organisation", "community-1", "--id-number", "")


@pytest.fixture
def world(aws, platform, monkeypatch) -> World:
    """Passwords are hashed as always, but for the work; the platform is the one of this process."""
    monkeypatch.setattr(passwords, "hashed", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash)
    monkeypatch.setattr(infra.staff, "become", lambda *_: None)
    authentication.forget_staff()
    return World(aws, platform)


def nanhai(*arguments, **more):
    return CliRunner().invoke(main, ["staff", *arguments], **more)


def appointed(*told):
    result = nanhai("appoint", *told)
    assert result.exit_code == 0, result.output
    return {line.rsplit(" ", 1)[0].strip(): line.rsplit(" ", 1)[1] for line in result.stdout.splitlines()}


def signs_in(world, staff_id, told, device="d" * 16) -> int:
    code = pyotp.TOTP(told["one-time secret"]).at(world.now)
    body = {"staff_id": staff_id, "password": told["password"], "totp": code, "device": device}
    return world.ask("POST", "/staff/sessions", body=body).status


def test_whoever_is_appointed_signs_in_with_what_was_printed(world):
    told = appointed("clerk-1", *CLERK)
    assert signs_in(world, "clerk-1", told) == 201
    record = staff.get("clerk-1")
    assert (record.role, record.scope, record.organisation, record.gate) == (
        Role.COMMUNITY_OFFICER,
        COMMUNITY,
        "community-1",
        None,
    )


def test_the_dismissed_sign_in_no_more_and_stay_in_the_list(world):
    told = appointed("clerk-1", *CLERK)
    assert nanhai("dismiss", "clerk-1").exit_code == 0
    assert signs_in(world, "clerk-1", told) == 401
    assert "dismissed" in nanhai("list").stdout


def test_an_unbound_account_signs_in_on_another_device(world):
    told = appointed("clerk-1", *CLERK)
    assert signs_in(world, "clerk-1", told) == 201
    world.pass_time(30)
    assert signs_in(world, "clerk-1", told, "e" * 16) == 403
    assert nanhai("unbind", "clerk-1").exit_code == 0
    world.pass_time(30)
    assert signs_in(world, "clerk-1", told, "e" * 16) == 201


def test_what_an_operator_does_is_audited_without_what_was_printed(world):
    told = appointed("clerk-1", *CLERK)
    nanhai("unbind", "clerk-1")
    nanhai("dismiss", "clerk-1")
    entries = [c.entry for chain in audit.chains(world.now // 86_400) for c in audit.page(chain, 100)[0]]
    done = sorted((entry.actor, entry.operation, entry.subject) for entry in entries)
    assert done == [("operator", f"staff.{what}", "clerk-1") for what in ("appoint", "dismiss", "unbind")]
    assert told["password"] not in world.everything()
    assert told["one-time secret"] not in world.everything()


def test_a_guard_is_appointed_to_a_gate_within_the_scope(world):
    for gate, community in (("G1", COMMUNITY), ("G2", NEIGHBOUR)):
        send([gates.create(Gate(gate, "north", community, shows_name=True, made_at=world.now))])
    post = ("--role", "guard", "--scope", COMMUNITY, "--organisation", "community-1", "--id-number", "")
    refused = [nanhai("appoint", "guard-1", *post, "--gate", gate) for gate in ("", "G2", "G3")]
    assert {result.stderr for result in refused} == {
        "nanhai: gate: A guard needs a gate that exists within the scope.\n"
    }
    appointed("guard-1", *post, "--gate", "G1")
    assert staff.get("guard-1").gate == "G1"


WRONG = (
    ({"--scope": "440605"}, "scope"),  # wider than the role may see
    ({"--scope": "440605999999"}, "scope"),
    ({"--scope": "440606001001"}, "scope"),  # of another district
    ({"--organisation": ""}, "organisation"),
    ({"--organisation": "a b"}, "organisation"),
    ({"--gate": "G1"}, "gate"),
    ({"--id-number": "440605198603140010"}, "id-number"),
    ({"--id-type": "77", "--id-number": "1"}, "id-type"),
)


@pytest.mark.parametrize(("wrong", "at"), WRONG)
def test_a_post_that_cannot_be_is_refused_in_one_line(world, wrong, at):
    told = dict(zip(CLERK[::2], CLERK[1::2], strict=True)) | wrong
    result = nanhai("appoint", "clerk-1", *(word for pair in told.items() for word in pair))
    assert result.exit_code == 1
    assert result.stderr.startswith(f"nanhai: {at}: ")
    assert result.stderr.count("\n") == 1
    assert staff.get("clerk-1") is None


def test_nobody_is_dismissed_or_unbound_who_is_not_there(world):
    for what in ("dismiss", "unbind"):
        result = nanhai(what, "nobody")
        assert (result.exit_code, result.stderr.count("\n")) == (1, 1)


def test_an_id_is_taken_once(world):
    appointed("clerk-1", *CLERK)
    before = staff.get("clerk-1")
    assert nanhai("appoint", "clerk-1", *CLERK).exit_code == 1
    assert staff.get("clerk-1") == before


def test_one_human_being_has_one_account_until_dismissed_from_it(world):
    """Or maker and checker of an isolation could be the same hand."""
    clerk, number = CLERK[:-2], ("--id-number", HUANG.number)
    doctor = ("--role", "health-authority", "--scope", DISTRICT, "--organisation", "health-1", *number)
    appointed("clerk-1", *clerk, *number)
    assert nanhai("appoint", "doctor-1", *doctor).exit_code == 1
    assert staff.get("doctor-1") is None
    nanhai("dismiss", "clerk-1")
    nanhai("dismiss", "clerk-1")
    appointed("doctor-1", *doctor)


def test_the_id_number_is_asked_for_and_stored_as_a_blind_index(world):
    result = nanhai("appoint", "clerk-1", *CLERK[:-2], input=f"{HUANG.number}\n")
    assert result.exit_code == 0, result.output
    assert staff.get("clerk-1").id_index == persons.id_index(world.platform, "10", HUANG.number)
    assert HUANG.number not in world.everything()


def test_whoever_told_no_id_number_is_warned_of(world):
    assert "no ID number" in nanhai("appoint", "clerk-1", *CLERK).stderr


def test_the_widest_scope_of_each_role_sees_what_the_role_may():
    widest = {6: DISTRICT, 9: TOWN, 12: COMMUNITY}
    for role, digits in appointments.SCOPE_DIGITS_MIN.items():
        operations = [name for name, rules in MATRIX.items() if role in rules]
        for operation in operations:
            authorise(Actor(role, "staff-1", widest[digits], gate="G1"), operation)


def test_the_roles_that_can_be_told_are_those_that_can_be_appointed():
    assert set(infra.staff.ROLES) == set(appointments.SCOPE_DIGITS_MIN)


def test_a_stage_that_is_not_described_is_said_in_one_line():
    told = nanhai("list", "--stage", "nope", "--region", "ap-east-1")
    assert (told.exit_code, told.output.startswith("nanhai: "), len(told.output.splitlines())) == (2, True, 1)
