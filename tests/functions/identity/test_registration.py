"""Real-name registration: proved, once for each number and phone, all faults at once, nothing half-written."""

from __future__ import annotations

import json

from nanhai.services.identity import proof
from nanhai.services.identity.limits import Limit
from nanhai.store import people

from tests.functions.identity.world import ADDRESS, COMMUNITY, HE, HUANG, NEIGHBOUR, Identity, id_number

KEY = "k" * 16
STORES = ("people", "lookups", "keys")


def held(world) -> dict[str, list]:
    """Everything that is about people."""
    return {table: sorted(world.rows(table), key=_in_order) for table in STORES}


def _in_order(row) -> str:
    return json.dumps(row, sort_keys=True, default=repr)


def test_whoever_has_registered_is_someone_at_once(world):
    phone = world.signed_in()
    given = phone.register(HUANG)
    assert (given.status, given.json["expires_in"]) == (201, 900)
    assert phone.ask("GET", "/me").json == {
        "person_id": given.json["person_id"],
        "name_masked": "黄＊",
        "phone_masked": f"{phone.number[3:6]}****{phone.number[-4:]}",
        "community": COMMUNITY,
        "dependants": [],
    }


def test_the_session_goes_on_as_the_persons(world):
    phone = world.registered()
    phone.tokens |= phone.refresh().json
    assert phone.ask("GET", "/me").status == 200


def test_what_is_recorded_is_what_the_register_says(world):
    phone = world.signed_in()
    phone.register(HE, household_region="440605", permit=True)
    head = people.head(phone.tokens["person_id"])
    residence, link = (record.fact for record in people.facts_of(head))
    assert (residence.region, residence.permit, link.region) == ("420106", False, "420106")
    assert (head.version, head.community) == (1, COMMUNITY)


def test_name_and_number_may_be_typed_with_blanks_and_small_letters(world):
    with_x = Identity("欧阳·海", next(n for n in map(id_number, range(100)) if n.endswith("X")))
    world.knows(with_x)
    typed = {"name": f" {with_x.name} ", "id_number": f" {with_x.number.lower()} "}
    assert world.signed_in().register(with_x, **typed).status == 201


def test_every_fault_is_told_at_once_and_at_its_place(world):
    wrong = {
        "name": "1",
        "id_number": HUANG.number[:-1] + ("0" if HUANG.number[-1] != "0" else "1"),
        "household_region": "Foshan",
        "community": "440605999999",
        "address": "  ",
    }
    given = world.signed_in().register(HUANG, **wrong)
    assert (given.status, given.code) == (422, "invalid")
    assert given.faults == [
        ("/name", "identity.name"),
        ("/id_number", "identity.id-number-check"),
        ("/household_region", "identity.region"),
        ("/community", "identity.community"),
        ("/address", "identity.address"),
    ]


WORDS = {
    "zh-CN": ("有内容需要更正。", "请选择证件类型。"),
    "en-GB": ("Some entries need to be corrected.", "Choose one of the document types."),
}


def test_faults_are_told_in_the_readers_language(world):
    phone = world.signed_in()
    body = HUANG.body | {"id_type": "11", "community": COMMUNITY, "address": ADDRESS}
    for language, words in WORDS.items():
        given = phone.ask("POST", "/persons", body=body, once=KEY, headers={"Accept-Language": language})
        assert (given.json["title"], given.json["errors"][0]["detail"]) == words


def test_whom_the_register_does_not_confirm_is_nobody(world):
    before = held(world)
    phone = world.signed_in()
    for other in ({"name": "黄大月"}, {"id_number": id_number(900)}, {"id_type": "20", "id_number": "E12345678"}):
        given = phone.register(HUANG, **other)
        assert (given.status, given.code) == (422, "identity.unproven")
    assert held(world) == before


def test_while_the_register_does_not_answer_nobody_is_registered(world):
    phone = world.signed_in()
    world.stage.register.write_text("{")
    given = phone.register(HUANG, once=KEY)
    assert (given.status, given.code) == (503, "register.unavailable")
    world.knows(HUANG)
    assert phone.register(HUANG, once=KEY).status == 201


def test_numbers_cannot_be_tried_out(world, monkeypatch):
    assert Limit("proof", 20, 86_400) == proof.ATTEMPTS
    monkeypatch.setattr(proof, "ATTEMPTS", Limit("proof", 2, 86_400))
    phone = world.signed_in()
    tried = [phone.register(HUANG, name=name) for name in ("黄一", "黄二", HUANG.name)]
    assert [given.status for given in tried] == [422, 422, 429]


def test_one_number_is_one_person_and_nothing_is_half_written(world):
    world.registered(HUANG)
    other = world.signed_in()
    before = held(world)
    given = other.register(HUANG, NEIGHBOUR)
    assert (given.status, given.code) == (409, "identity.already-registered")
    assert held(world) == before
    assert other.register(HE).status == 201


def test_one_phone_is_one_person_on_whichever_device(world):
    phone = world.signed_in()
    other = world.signed_in(phone.number)
    assert phone.register(HUANG).status == 201
    before = held(world)
    assert other.register(HE).code == "identity.already-registered"
    assert held(world) == before


def test_who_is_registered_cannot_become_another(world):
    assert world.registered(HUANG).register(HE).status == 409


def test_the_refusal_does_not_tell_whose_it_is(world):
    person = world.registered(HUANG).tokens["person_id"]
    given = world.signed_in().register(HUANG)
    assert person.encode() not in given.body
    assert "errors" not in given.json


def test_the_same_request_again_gets_the_first_answer(world):
    phone = world.signed_in()
    token = phone.token
    body = HUANG.body | {"community": COMMUNITY, "address": ADDRESS}
    first, second = (world.ask("POST", "/persons", body=body, token=token, once=KEY) for _ in range(2))
    assert (second.status, second.body) == (first.status, first.body) == (201, first.body)
    other = world.ask("POST", "/persons", body=body | {"address": "佛平路 2 号"}, token=token, once=KEY)
    assert (other.status, other.code) == (422, "edge.idempotency-key-reused")


def test_a_twin_that_comes_while_the_first_is_under_way_gets_its_answer(world, monkeypatch):
    """The twin has found no answer yet, and writes after the first has been written."""
    phone = world.signed_in()
    token = phone.token
    body = HUANG.body | {"community": COMMUNITY, "address": ADDRESS}
    first = world.ask("POST", "/persons", body=body, token=token, once=KEY)
    monkeypatch.setattr("nanhai.edge.once.recall", lambda once: None)
    assert world.ask("POST", "/persons", body=body, token=token, once=KEY).body == first.body


def test_without_a_key_nothing_is_written(world):
    phone = world.signed_in()
    body = HUANG.body | {"community": COMMUNITY, "address": ADDRESS}
    assert phone.ask("POST", "/persons", body=body).code == "edge.idempotency-key-required"
    assert held(world) == {table: [row for row in held(world)[table] if "'ring'" in repr(row)] for table in STORES}


def test_a_session_that_was_closed_registers_nobody(world):
    phone = world.signed_in()
    phone.ask("DELETE", "/sessions/current")
    given = phone.register(HUANG)
    assert (given.status, given.code) == (401, "identity.session-ended")


def test_only_a_citizen_registers(world):
    tokens = {401: None, 403: world.on_duty().tokens["access_token"]}
    for status, token in tokens.items():
        assert world.ask("POST", "/persons", body={}, token=token, once=KEY).status == status


def test_a_registration_is_in_the_audit(world):
    person = world.registered().tokens["person_id"]
    entries = [row for row in world.rows("audit") if row["operation"]["S"] == "person.register"]
    assert [(row["subject"]["S"], row["outcome"]["S"]) for row in entries] == [(person, "asked")]


def test_nothing_personal_lies_in_the_clear_anywhere(world, capsys):
    phone = world.registered(HUANG)
    phone.ask("GET", "/me")
    phone.register(HE)
    written = world.everything() + capsys.readouterr().out
    for canary in (HUANG.name, HUANG.number, phone.number[3:], ADDRESS, HE.name, HE.number):
        assert canary not in written


def test_the_phone_leaves_the_session_once_it_is_in_the_profile(world):
    phone = world.signed_in()
    sealed = [row["phone"]["S"] for row in world.rows("sessions") if "phone" in row]
    assert len(sealed) == 1
    assert sealed[0]
    phone.register(HUANG)
    assert [row["phone"]["S"] for row in world.rows("sessions") if "phone" in row] == [""]


def test_who_was_shredded_is_gone(world):
    from nanhai.store import keys

    phone = world.registered()
    keys.shred(phone.tokens["person_id"])
    assert phone.ask("GET", "/me").status == 404
