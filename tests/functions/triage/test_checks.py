"""The self-check: an instant answer for anybody, of which nothing remains."""

from __future__ import annotations

import pytest
from botocore.exceptions import EndpointConnectionError
from nanhai.policies import triage
from nanhai.store import clinics

from tests.functions.checkpoints.stand import HERE
from tests.functions.triage.phones import FEVERISH, WELL, check
from tests.listening import listen

PHONES = [("emergency", "120"), ("health", "12320"), ("government", "12345")]


@pytest.fixture
def requests(stand, monkeypatch):
    """What the platform asks of its database."""
    return listen(monkeypatch)


def test_the_answer_names_table_rule_outcome_and_what_to_do_now(stand):
    given = check(stand, FEVERISH, headers={"Accept-Language": "en"})
    told = given.json
    assert given.status == 200
    assert (told["table"], told["rule"], told["outcome"]) == (
        "nanhai-2020-03-03",
        "exposed-with-fever",
        "fever-clinic",
    )
    assert told["now"] == "Go to a fever clinic near you today, and let a doctor look at it."
    assert [phrase["code"] for phrase in told["advice"]][:2] == ["clinic-today", "no-public-transport"]
    assert [(phone["code"], phone["number"]) for phone in told["phones"]] == PHONES
    assert told["clinics"] == told["counselling"] == []


def test_it_answers_in_chinese_first(stand):
    told = check(stand, {"temperature_c": 36.5, "distress": True}).json
    assert (told["word"], told["outcome"]) == ("目前无须就诊", "no-indication")
    assert [phrase["code"] for phrase in told["counselling"]] == ["counselling"]
    assert "心理疏导" in told["counselling"][0]["text"]


def test_nothing_is_asked_twice_and_nothing_must_be_told(stand):
    assert check(stand, {}).json["rule"] == "nothing"


def test_nothing_is_stored_counted_or_logged(stand, requests, capsys):
    requests.clear()
    check(stand, WELL)
    check(stand, FEVERISH | {"division": HERE})
    assert {operation for operation, _ in requests} <= {"GetItem"}
    logged = capsys.readouterr().out
    assert '"operation":"triage.check"' in logged
    for told in ("38.2", "cough", "area-stay", HERE):
        assert told not in logged


FAULTS = [
    ({"temperature_c": 34.9}, [("/temperature_c", "triage.temperature")]),
    ({"temperature_c": 42.1}, [("/temperature_c", "triage.temperature")]),
    ({"symptoms": ["cough", "hiccups"]}, [("/symptoms/1", "triage.choice")]),
    ({"exposures": ["metro"]}, [("/exposures/0", "triage.choice")]),
    ({"risks": ["age-64"]}, [("/risks/0", "triage.choice")]),
    ({"division": "440604001"}, [("/division", "triage.division")]),
    (
        {"temperature_c": 50, "symptoms": ["x"], "risks": ["y"], "division": "440604001"},
        [
            ("/temperature_c", "triage.temperature"),
            ("/symptoms/0", "triage.choice"),
            ("/risks/0", "triage.choice"),
            ("/division", "triage.division"),
        ],
    ),
]


@pytest.mark.parametrize(("body", "faults"), FAULTS)
def test_every_fault_is_named_at_once(stand, body, faults):
    given = check(stand, body)
    assert (given.status, given.faults) == (422, faults)


@pytest.mark.parametrize(
    "body", [{"temperature_c": "38"}, {"symptoms": "cough"}, {"age": 70}, {"division": "44"}, {"symptoms": ["x"] * 33}]
)
def test_a_body_of_another_form_is_refused(stand, body):
    assert check(stand, body).status == 400


def test_the_table_is_public_with_its_rules_and_its_words(stand):
    told = stand.ask("triage", "GET", "/table", headers={"Accept-Language": "en"}).json
    assert told["rules"] == triage.document("nanhai-2020-03-03")["rules"]
    assert told["symptoms"][0] == {"code": "fever", "text": "Fever, or feeling hot or shivery"}
    assert [len(told[name]) for name in ("symptoms", "exposures", "risks")] == [11, 4, 3]
    assert told["temperature"] == {"lowest_c": 35.0, "highest_c": 42.0, "fever_c": 37.3}


def test_somebody_who_must_call_120_is_told_so_while_the_database_is_down(stand, monkeypatch):
    def down(*_):
        raise EndpointConnectionError(endpoint_url="https://dynamodb.invalid")

    monkeypatch.setattr(clinics, "of", down)
    given = check(stand, {"symptoms": ["chest-pain"]})
    assert (given.status, given.json["outcome"], given.json["clinics"]) == (200, "emergency", [])
