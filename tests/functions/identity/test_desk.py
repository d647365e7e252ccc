"""An officer finds a person by ID card: within scope, masked, written down before it is shown, told to the person."""

from __future__ import annotations

import pytest
from nanhai.domain.actors import Role
from nanhai.domain.days import HOUR_S
from nanhai.domain.identifiers import RecordId
from nanhai.domain.records import Application, Holder, Record, Source, Symptoms
from nanhai.services.identity import desk
from nanhai.services.identity.limits import Limit
from nanhai.store import audit, people
from nanhai.store.writes import StoreUnavailable, send

from tests.functions.identity.world import ADDRESS, COMMUNITY, HE, HUANG, NEIGHBOUR, id_number

WHY = "purpose=desk-help"


@pytest.fixture
def phone(world):
    return world.registered(HUANG)


@pytest.fixture
def officer(world):
    return world.on_duty()


def write(world, person: str, *facts) -> None:
    now = world.now
    records = [
        Record(RecordId(world.platform.new_ulid(now)), person, now, now, Source.CITIZEN, person, "self", "law", fact)
        for fact in facts
    ]
    send(people.add_records(person, records, now))


def seen(phone) -> list[dict]:
    return phone.ask("GET", "/me/access-log").json["entries"]


def audited(world, operation: str) -> list[tuple[str, str, str]]:
    rows = (row for row in world.rows("audit") if row["operation"]["S"] == operation)
    return [(row["actor"]["S"], row["subject"]["S"], row["outcome"]["S"]) for row in rows]


def test_a_person_is_found_by_the_card_and_shown_masked(phone, officer):
    given = officer.look_up(HUANG.number)
    assert (given.status, given.json) == (
        200,
        {"person_id": phone.tokens["person_id"], "name_masked": "黄＊", "community": COMMUNITY, "colour": "none"},
    )


def test_the_colour_is_the_one_of_now_with_every_job_stopped(world, phone, officer):
    person = phone.tokens["person_id"]
    write(world, person, Application(Holder.PERSON))
    assert officer.look_up(HUANG.number).json["colour"] == "green"
    write(world, person, Symptoms(37.6, ("fever",)))
    assert officer.look_up(HUANG.number).json["colour"] == "yellow"
    assert officer.ask("GET", f"/persons/{person}?{WHY}").json["colour"] == "yellow"


def test_the_person_sees_who_looked_when_and_what_for(world, phone, officer):
    officer.look_up(HUANG.number)
    (entry,) = seen(phone)
    at = entry.pop("at")
    assert at.startswith("2020-06-24T10:0")
    assert entry == {
        "staff_id": officer.staff_id,
        "role": "community-officer",
        "organisation": "office-1",
        "purpose": "desk-help",
    }


def test_the_auditor_sees_purpose_and_case_too(world, phone, officer):
    person = phone.tokens["person_id"]
    case_id = world.case(person)
    assert officer.look_up(HUANG.number, purpose="home-visit", case=case_id).status == 200
    assert audited(world, "person.find") == [(officer.staff_id, person, f"home-visit {case_id}")]


@pytest.mark.parametrize("look", ["look-up", "person"])
def test_a_case_is_one_about_the_person_in_ones_scope(world, phone, officer, look):
    """Every other one is refused and written down; the person's data were not looked at."""
    person = phone.tokens["person_id"]
    others = ["desk-1", world.case(world.registered(HE).tokens["person_id"]), world.case(person, community=NEIGHBOUR)]
    for case_id in others:
        why = {"purpose": "home-visit", "case": case_id}
        refused = (
            officer.look_up(HUANG.number, **why)
            if look == "look-up"
            else officer.ask("GET", f"/persons/{person}?purpose=home-visit&case={case_id}")
        )
        assert (refused.status, refused.faults) == (422, [("/case", "casework.case-unknown")])
    assert seen(phone) == []
    operation = "person.find" if look == "look-up" else "person.read"
    assert audited(world, operation) == [(officer.staff_id, person, "casework.case-unknown")] * 3


def test_whose_case_is_open_here_is_found_here(world, phone):
    person = phone.tokens["person_id"]
    neighbour = world.on_duty(scope=NEIGHBOUR)
    assert neighbour.look_up(HUANG.number).status == 404
    case_id = world.case(person, community=NEIGHBOUR)
    assert neighbour.look_up(HUANG.number, purpose="home-visit", case=case_id).status == 200
    assert neighbour.ask("GET", f"/persons/{person}?purpose=home-visit&case={case_id}").status == 200


@pytest.mark.parametrize("place", ["audit", "access log"])
def test_what_cannot_be_written_down_is_not_shown(world, phone, officer, monkeypatch, place):
    def down(*_):
        raise StoreUnavailable(retry_after_s=1)

    monkeypatch.setattr(*((audit, "append") if place == "audit" else ("nanhai.services.casework.accesses.send",)), down)
    given = officer.look_up(HUANG.number)
    assert (given.status, given.code) == (503, "store.unavailable")
    assert "黄".encode() not in given.body


def test_out_of_scope_and_unknown_are_one_answer(world, phone):
    neighbour = world.on_duty(scope=NEIGHBOUR)
    outside, nobody = neighbour.look_up(HUANG.number), neighbour.look_up(id_number(900))
    assert (outside.status, outside.body, outside.headers) == (404, nobody.body, nobody.headers)
    assert seen(phone) == []
    assert [outcome for *_, outcome in audited(world, "person.find")] == ["absent", "absent"]


LOOKING = {
    Role.TOWN_OFFICER: 200,
    Role.DISTRICT_COMMAND: 200,
    Role.HEALTH_AUTHORITY: 200,
    Role.GUARD: 403,
    Role.HOSPITAL: 403,
    Role.AUDITOR: 403,
}


def test_who_may_look_up(world, phone):
    assert {role: world.on_duty(role, gate="G1").look_up(HUANG.number).status for role in LOOKING} == LOOKING


def test_a_purpose_of_the_list_and_a_case_are_needed(phone, officer):
    for other in ({"purpose": "curiosity"}, {"case": ""}, {"case": "黄"}):
        assert officer.look_up(HUANG.number, **other).status == 400
    missing = officer.look_up(HUANG.number, purpose="home-visit")
    assert (missing.status, missing.faults) == (422, [("/case", "casework.purpose-and-case")])


def test_a_slip_of_the_pen_is_told_from_nobody(officer):
    slipped = HUANG.number[:-1] + ("0" if HUANG.number[-1] != "0" else "1")
    assert officer.look_up(slipped).faults == [("/id_number", "identity.id-number-check")]


def test_nobody_goes_through_a_whole_register(phone, officer, monkeypatch):
    assert Limit("desk-officer", 300, HOUR_S) == desk.PER_OFFICER
    monkeypatch.setattr(desk, "PER_OFFICER", Limit("desk-officer", 2, HOUR_S))
    assert [officer.look_up(HUANG.number).status for _ in range(3)] == [200, 200, 429]


def test_a_person_who_is_known_is_shown_masked(phone, officer):
    person = phone.tokens["person_id"]
    given = officer.ask("GET", f"/persons/{person}?{WHY}")
    assert given.json == {
        "person_id": person,
        "name_masked": "黄＊",
        "phone_masked": f"{phone.number[3:6]}****{phone.number[-4:]}",
        "community": COMMUNITY,
        "colour": "none",
    }
    assert [entry["purpose"] for entry in seen(phone)] == ["desk-help"]


def test_neither_full_number_nor_phone_nor_address_ever_leaves(phone, officer):
    shown = officer.look_up(HUANG.number).body + officer.ask("GET", f"/persons/{phone.tokens['person_id']}?{WHY}").body
    for hidden in (HUANG.name, HUANG.number, phone.number[3:], ADDRESS):
        assert hidden.encode() not in shown


def test_reading_a_person_out_of_scope_and_nobody_are_one_answer(world, phone):
    neighbour = world.on_duty(scope=NEIGHBOUR)
    outside, nobody = (
        neighbour.ask("GET", f"/persons/{person}?{WHY}") for person in (phone.tokens["person_id"], "0" * 13)
    )
    assert (outside.status, outside.body) == (404, nobody.body)
    assert {outcome for *_, outcome in audited(world, "person.read")} == {"absent"}


def test_reading_takes_a_purpose_and_a_case(phone, officer):
    for query, status in (("", 400), ("purpose=appeal", 422), (WHY + "&full=1", 400), (WHY, 200)):
        assert officer.ask("GET", f"/persons/{phone.tokens['person_id']}?{query}").status == status, query


def test_the_access_log_goes_on_page_by_page_newest_first(world, phone, officer):
    purposes = ["verify-yellow", "home-visit", "isolation", "appeal", "desk-help"]
    case_id = world.case(phone.tokens["person_id"])
    for purpose in purposes:
        officer.look_up(HUANG.number, purpose=purpose, case=case_id)
        world.pass_time(1)
    pages, cursor = [], ""
    for _ in range(3):
        page = phone.ask("GET", f"/me/access-log?limit=2{cursor}").json
        pages.append([entry["purpose"] for entry in page["entries"]])
        cursor = f"&cursor={page['next']}"
    assert pages == [purposes[:2:-1], purposes[2:0:-1], purposes[:1]]
    assert page["next"] is None


def test_nobody_sees_who_looked_at_another(world, phone, officer):
    officer.look_up(HUANG.number)
    assert seen(world.registered(HE)) == []
