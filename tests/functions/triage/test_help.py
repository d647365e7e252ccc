"""Asking for help: a case for each wish, one chain, one transaction, and every step told to its person."""

from __future__ import annotations

import re
import secrets

import pytest
from nanhai.domain.days import DAY_S
from nanhai.domain.records import Source, Symptoms
from nanhai.services import casetexts
from nanhai.store import casefiles, people
from nanhai.store.connection import client
from nanhai.store.writes import send

from tests.functions.checkpoints.stand import HERE, NEXT_DOOR
from tests.functions.triage.phones import FEVERISH, ask_for_help, helps, resident, token

WISHES = ("home-visit", "disinfection", "hospital-referral", "counselling")


def facts(person) -> list:
    return [record for record in people.records(person) if isinstance(record.fact, Symptoms)]


def test_each_wish_becomes_a_case_of_the_community_all_in_one_chain(stand):
    person, phone = resident(stand)
    given = ask_for_help(stand, phone, WISHES, **FEVERISH)
    assert given.status == 201, given.body
    told = given.json
    assert (told["community"], told["phone_masked"]) == (HERE, "138****8000")
    assert [case["wish"] for case in told["cases"]] == list(WISHES)
    found = [casefiles.get(case["case_id"], stand.now) for case in told["cases"]]
    assert {case.chain for case in found} == {told["cases"][0]["case_id"]}
    assert {(case.community, case.person, case.origin) for case in found} == {(HERE, person, f"help:{told['help_id']}")}
    assert [case.kind.value for case in found] == list(WISHES)
    assert told["advice"]["rule"] == "exposed-with-fever"


def test_what_is_felt_becomes_one_record_of_the_citizen(stand):
    person, phone = resident(stand)
    told = ask_for_help(stand, phone, **FEVERISH).json
    (record,) = facts(person)
    assert record.fact == Symptoms(38.2, ("cough",))
    assert (record.source, record.evidence) == (Source.CITIZEN, f"help:{told['help_id']}")


def test_who_tells_nothing_of_how_they_feel_declares_nothing(stand):
    """An empty declaration would say: I am well."""
    person, phone = resident(stand)
    assert ask_for_help(stand, phone, ["counselling"], distress=True, exposures=["cluster"]).status == 201
    assert facts(person) == []


def test_the_community_reads_the_check_the_address_and_the_note(stand):
    _, phone = resident(stand)
    told = ask_for_help(stand, phone, **FEVERISH, risks=["age-65"], address="桂澜路 1 号", community=HERE, note="有狗")
    case = casefiles.get(told.json["cases"][0]["case_id"], stand.now)
    summary, _ = casetexts.opened(stand.here, case)
    for words in (
        "请到发热门诊就诊",
        "exposed-with-fever",
        "38.2 °C",
        "咳嗽",
        "疫情重点地区",
        "年满 65 岁",
        "桂澜路 1 号",
        "有狗",
    ):
        assert words in summary


def test_the_registered_home_is_where_nothing_else_is_told(stand):
    _, phone = resident(stand)
    case = casefiles.get(ask_for_help(stand, phone).json["cases"][0]["case_id"], stand.now)
    assert casetexts.opened(stand.here, case)[0].endswith("地址：1。说明：未填写")


def test_an_address_that_tells_its_community_needs_no_choice(stand):
    _, phone = resident(stand)
    assert ask_for_help(stand, phone, address="桂城街道叠二社区居委会旁").json["community"] == NEXT_DOOR


def test_where_the_address_does_not_tell_the_choices_stand_beside_the_fault(stand):
    _, phone = resident(stand)
    given = ask_for_help(stand, phone, address="桂城街道某处")
    first, *choices = given.json["errors"]
    assert (given.status, first["pointer"], first["code"]) == (422, "/address", "triage.address-unsure")
    assert {(choice["pointer"], choice["code"]) for choice in choices} == {("/community", "triage.community-choice")}
    chosen = re.search(r"\d{12}", choices[0]["detail"])[0]
    assert ask_for_help(stand, phone, address="桂城街道某处", community=chosen).json["community"] == chosen


def test_every_fault_is_named_at_once(stand):
    _, phone = resident(stand)
    given = ask_for_help(stand, phone, temperature_c=20.0, symptoms=["x"], community="440604001001")
    assert given.faults == [
        ("/temperature_c", "triage.temperature"),
        ("/symptoms/0", "triage.choice"),
        ("/community", "triage.community"),
    ]


@pytest.mark.parametrize("body", [{"wishes": []}, {"wishes": ["a-mask"]}, {"phone": "1"}, {"note": "x" * 501}])
def test_a_body_of_another_form_is_refused(stand, body):
    _, phone = resident(stand)
    assert ask_for_help(stand, phone, **{"wishes": ["home-visit"]} | body).status == 400


def test_the_same_request_twice_asks_once(stand):
    person, phone = resident(stand)
    once = secrets.token_hex(16)
    one, other = (ask_for_help(stand, phone, WISHES, once=once, **FEVERISH) for _ in range(2))
    assert one.body == other.body
    assert len(facts(person)) == 1
    assert len(helps(stand, phone).json["helps"]) == 1
    assert ask_for_help(stand, phone, once=once).code == "edge.idempotency-key-reused"


def test_five_a_day_and_then_the_number_to_call(stand):
    person, phone = resident(stand)
    assert [ask_for_help(stand, phone).status for _ in range(6)] == [201] * 5 + [429]
    refused = ask_for_help(stand, phone, headers={"Accept-Language": "en"})
    assert (refused.code, "call 120" in refused.json["title"]) == ("triage.too-many-helps", True)
    stand.now += DAY_S
    assert ask_for_help(stand, token(stand, person)).status == 201


def test_the_person_sees_each_step_and_its_time(stand):
    _, phone = resident(stand)
    asked = ask_for_help(stand, phone, ["disinfection", "counselling"]).json
    stand.now += 60
    later = ask_for_help(stand, phone).json
    seen = helps(stand, phone).json["helps"]
    assert [one["help_id"] for one in seen] == [later["help_id"], asked["help_id"]]
    cases = {case["wish"]: case for case in seen[1]["cases"]}
    assert {wish: case["case_id"] for wish, case in cases.items()} == {c["wish"]: c["case_id"] for c in asked["cases"]}
    for case in cases.values():
        assert (case["state"], [step["code"] for step in case["steps"]]) == ("open", ["opened"])
        assert case["due_at"] > case["steps"][0]["at"]
        assert case["text"] != "无法办理。" != case["steps"][0]["text"]


def test_a_page_at_a_time(stand):
    _, phone = resident(stand)
    asked = []
    for _minute in range(3):
        stand.now += 60
        asked.append(ask_for_help(stand, phone).json["help_id"])
    first = helps(stand, phone, "?limit=2").json
    rest = helps(stand, phone, f"?limit=2&cursor={first['next']}").json
    assert [one["help_id"] for one in first["helps"] + rest["helps"]] == asked[::-1]
    assert rest["next"] is None


def test_one_asks_for_a_dependant_and_for_nobody_else(stand):
    person, phone = resident(stand)
    child = stand.person(name="何小凝")
    stranger, _ = resident(stand)
    send([people.link(person, child, "child", stand.now + DAY_S)])
    told = ask_for_help(stand, phone, who=child, **FEVERISH)
    assert (told.status, len(facts(child)), len(facts(person))) == (201, 1, 0)
    assert [one["help_id"] for one in helps(stand, phone, f"?who={child}").json["helps"]] == [told.json["help_id"]]
    assert helps(stand, phone).json["helps"] == []
    for who in (stranger, "NOBODY0000000"):
        assert ask_for_help(stand, phone, who=who).status == helps(stand, phone, f"?who={who}").status == 404


def everything(stage) -> str:
    """A dump of all tables."""
    return repr([client().scan(TableName=stage.prefix + table)["Items"] for table in stage.streams])


def test_nothing_of_a_request_is_stored_in_the_clear_or_logged(aws, stand, capsys):
    _, phone = resident(stand)
    ask_for_help(stand, phone, address="桂澜路 7777 号", community=HERE, note="门口有恶犬 4321", **FEVERISH)
    written = everything(aws) + capsys.readouterr().out
    assert "hospital-referral" not in written
    assert "home-visit" in written
    for told in ("7777", "4321", "恶犬", "桂澜路"):
        assert told not in written


def test_nobody_without_a_registration_asks(stand):
    assert ask_for_help(stand, token(stand, "")).code == "edge.not-registered"
    assert ask_for_help(stand, None).code == "edge.unauthenticated"
