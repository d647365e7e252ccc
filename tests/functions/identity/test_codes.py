"""Codes by SMS: one answer for every number, few for each, and nothing to read in what is stored."""

from __future__ import annotations

import re

import pytest
from botocore.exceptions import EndpointConnectionError
from nanhai.domain.days import DAY_S, HOUR_S
from nanhai.services import ports
from nanhai.services.identity import codes
from nanhai.services.identity.limits import Limit

from tests.functions.identity.world import BEGIN
from tests.listening import listen


@pytest.fixture
def requests(world, monkeypatch):
    """What the platform asks of its database."""
    return listen(monkeypatch)


def test_a_known_and_an_unknown_number_get_one_answer_for_the_same_work(world, requests):
    known, unknown = world.registered(), world.phone()
    answers, work = [], []
    for phone in (known, unknown):
        requests.clear()
        answers.append(phone.ask_for_code())
        work.append([(operation, asked.get("TableName")) for operation, asked in requests])
    one, other = answers
    assert (one.status, len(one.body), one.headers) == (other.status, len(other.body), other.headers)
    assert one.json.keys() == other.json.keys()
    assert work[0] == work[1]
    assert {table.removeprefix(world.stage.prefix) for _, table in work[0] if table} <= {"sessions", "idempotency"}


@pytest.mark.parametrize(
    ("language", "words"), [("zh-CN", "【南海通】验证码 {}，5 分钟内有效"), ("en", "code: {}, valid for 5 minutes")]
)
def test_the_code_has_six_digits_and_comes_in_the_readers_language(world, language, words):
    phone = world.phone()
    world.ask(
        "POST", "/codes", body={"phone": phone.number, "purpose": "sign-in"}, headers={"Accept-Language": language}
    )
    (message,) = world.messages(phone.number)
    (code,) = re.findall(r"\d{6}", message)
    assert words.format(code) in message


NO_MOBILES = (
    "",
    "13800138000",
    "+8613800138",
    "+86138001380000",
    "+8612345678901",
    "+85261234567",
    "+8613８00138000",
    "+8613800138000\n",
)


def test_codes_go_to_mobile_numbers_of_the_mainland_only(world):
    refused = {number: world.phone("+8613800138000").ask_for_code(phone=number) for number in NO_MOBILES}
    assert {number: (given.status, given.faults) for number, given in refused.items()} == dict.fromkeys(
        NO_MOBILES, (422, [("/phone", "identity.phone")])
    )


def test_a_phone_gets_five_codes_a_day(world):
    phone = world.phone()
    assert [phone.ask_for_code().status for _ in range(6)] == [202] * 5 + [429]
    refused = phone.ask_for_code()
    assert refused.code == "identity.too-many"
    midnight = BEGIN - BEGIN % DAY_S + DAY_S
    assert abs(int(refused.headers["retry-after"]) - (midnight - world.now)) <= 1
    world.pass_time(midnight - world.now)
    assert phone.ask_for_code().status == 202


def test_a_device_gets_ten_codes_a_day_whatever_the_phone(world):
    device = "d" * 16
    assert [world.phone().ask_for_code(device=device).status for _ in range(11)] == [202] * 10 + [429]
    assert world.phone().ask_for_code(device="e" * 16).status == 202


@pytest.mark.parametrize(("name", "window_s"), [("PER_ADDRESS", HOUR_S), ("PER_DAY", DAY_S)])
def test_an_address_and_the_budget_have_limits_over_all_phones(world, monkeypatch, name, window_s):
    standing = getattr(codes, name)
    assert standing.window_s == window_s
    monkeypatch.setattr(codes, name, Limit(standing.name, 3, window_s))
    assert [world.phone().ask_for_code().status for _ in range(4)] == [202] * 3 + [429]


def test_an_address_that_asked_too_often_makes_no_phone_a_code_poorer(world, monkeypatch):
    monkeypatch.setattr(codes, "PER_ADDRESS", Limit("code-address", 1, HOUR_S))
    phone = world.phone()
    ask = {"phone": phone.number, "purpose": "sign-in"}
    assert [world.ask("POST", "/codes", body=ask).status for _ in range(9)] == [202] + [429] * 8
    elsewhere = [world.ask("POST", "/codes", body=ask, address=f"192.0.2.{n}").status for n in range(10, 15)]
    assert elsewhere == [202] * 4 + [429]


def test_no_code_is_promised_that_was_not_taken_for_delivery(world, monkeypatch):
    class Down:
        def publish(self, **_):
            raise EndpointConnectionError(endpoint_url="https://sns.invalid")

    monkeypatch.setattr(ports, "_sns", Down)
    given = world.phone().ask_for_code()
    assert (given.status, given.code, given.headers["retry-after"]) == (503, "sms.unavailable", "30")
    assert not [row for row in world.rows("sessions") if row["id"]["S"].startswith("challenge#")]


def test_neither_code_nor_number_is_stored_or_logged(world, capsys):
    phone = world.phone()
    code = phone.challenge()["code"]
    written = world.everything() + capsys.readouterr().out
    assert "challenge#" in written
    assert phone.number[3:] not in written
    assert not re.search(rf"(?<!\d){code}(?!\d)", written)
