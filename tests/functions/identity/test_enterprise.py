"""Enterprises sign in by their code and their registered contact's phone; an asker learns of neither."""

from __future__ import annotations

import re
import secrets

import pytest
from botocore.exceptions import EndpointConnectionError
from nanhai.domain.days import DAY_S
from nanhai.services import ports
from nanhai.services.identity import breaker, codes, enterprise_codes
from nanhai.services.identity.limits import Limit
from nanhai.vault import sessions

from tests.functions.identity.company import (
    COLLECTIVE,
    COLLECTIVE_PHONE,
    FOUNDRY,
    FOUNDRY_PHONE,
    REGISTERED,
    STRANGER,
    Company,
    row,
    teach,
    uscc,
)
from tests.listening import listen


class Watch:
    """A stopwatch that a wait moves, and that says until when it was waited."""

    def __init__(self) -> None:
        self.at_s, self.waited_until = 0.0, []

    def monotonic(self) -> float:
        self.at_s += 0.05
        return self.at_s

    def sleep(self, seconds: float) -> None:
        self.at_s += seconds
        self.waited_until.append(round(self.at_s, 6))


@pytest.fixture(autouse=True)
def watch(monkeypatch) -> Watch:
    watch = Watch()
    monkeypatch.setattr(enterprise_codes, "time", watch)
    return watch


@pytest.fixture
def office(world) -> Company:
    teach(world, REGISTERED)
    return Company(world)


@pytest.fixture
def requests(world, monkeypatch):
    """What the platform asks of its database."""
    return listen(monkeypatch)


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


def test_the_contact_of_the_register_signs_in_and_the_session_is_the_enterprises(world, office):
    opened = office.sign_in()
    assert (opened["uscc"], opened["name"], opened["expires_in"]) == (FOUNDRY, "南海某某铸造有限公司", 900)
    claims = sessions.check(world.platform.ring, opened["access_token"], world.now)
    assert (claims.subject, claims.kind, claims.role) == (FOUNDRY, "enterprise", "enterprise")


def test_a_village_collective_signs_in_and_may_type_as_people_type(world, office):
    collective = Company(world, COLLECTIVE, COLLECTIVE_PHONE)
    body = collective.challenge() | {"uscc": f" {COLLECTIVE.lower()} "}
    given = collective.open_session(body)
    assert (given.status, given.json["uscc"]) == (201, COLLECTIVE)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh-CN", "【南海通】您正在登录“南海某某铸造有限公司”，验证码 {}，5 分钟内有效"),
        ("en", "signing in for 南海某某铸造有限公司. Code: {}, valid for 5 minutes"),
    ],
)
def test_the_message_says_for_whom_it_is(world, office, language, words):
    office.ask_for_code(headers={"Accept-Language": language})
    (message,) = world.messages(FOUNDRY_PHONE)
    assert words.format(re.findall(r"\d{6}", message)[0]) in message


UNKNOWN = {
    "not in the register": {},
    "of another district": {STRANGER: row("某公司", "+8613900001003", "440604001001")},
    "with a contact without a mobile": {STRANGER: row("某公司", "+8675786230000")},
    "without a contact": {STRANGER: row("某公司", "")},
}


@pytest.mark.parametrize("rows", UNKNOWN.values(), ids=UNKNOWN)
def test_a_known_and_an_unknown_one_get_one_answer_for_the_same_work_at_the_same_time(
    world, office, requests, watch, rows
):
    teach(world, REGISTERED | rows)
    answers, work = [], []
    for company in (office, Company(world, STRANGER)):
        watch.at_s = 0.0
        requests.clear()
        answers.append(company.ask_for_code())
        work.append([(operation, asked.get("TableName")) for operation, asked in requests])
    one, other = answers
    assert one.status == 202
    assert (one.status, len(one.body), one.headers) == (other.status, len(other.body), other.headers)
    assert one.json.keys() == other.json.keys()
    assert work[0] == work[1]
    assert {table.removeprefix(world.stage.prefix) for _, table in work[0] if table} <= {"sessions", "idempotency"}
    assert len(set(watch.waited_until)) == 1
    assert [len(world.messages(phone)) for phone in (FOUNDRY_PHONE, "+8613900001003", "+8675786230000")] == [1, 0, 0]


def test_nobody_is_signed_in_for_an_unknown_one_whatever_the_code(world, office):
    stranger = Company(world, STRANGER)
    sent = stranger.ask_for_code().json
    body = {"challenge_id": sent["challenge_id"], "uscc": STRANGER, "code": "000000", "device": stranger.device}
    given = [stranger.open_session(body | {"code": f"{guess:06d}"}) for guess in range(5)]
    assert {(answer.status, answer.code) for answer in given} == {(422, "identity.code-wrong")}
    assert stranger.open_session(body).code == "identity.code-expired"


WRONG_CODES = {
    "o": {"identity.uscc-length", "identity.uscc-alphabet"},
    FOUNDRY[:-1] + ("0" if FOUNDRY[-1] != "0" else "1"): {"identity.uscc-check"},
}


@pytest.mark.parametrize(("told", "faults"), WRONG_CODES.items())
def test_a_code_with_a_slip_is_refused_with_every_fault_and_costs_nothing(world, office, requests, told, faults):
    requests.clear()
    given = office.ask_for_code(uscc=told)
    assert (given.status, {code for _, code in given.faults}) == (422, faults)
    assert {pointer for pointer, _ in given.faults} == {"/uscc"}
    body = {"challenge_id": "0" * 32, "uscc": told, "code": "000000", "device": office.device}
    assert {code for _, code in office.open_session(body).faults} == faults
    assert requests == []


def test_a_code_works_once_within_its_time_and_its_five_tries(world, office):
    used = office.challenge()
    assert [office.open_session(used).status for _ in range(2)] == [201, 422]
    tried = office.challenge()
    for _ in range(5):
        assert office.open_session(tried | {"code": wrong(tried["code"])}).code == "identity.code-wrong"
    assert office.open_session(tried).code == "identity.code-expired"
    late = office.challenge()
    world.pass_time(codes.CODE_TTL_S)
    assert office.open_session(late).code == "identity.code-expired"


def test_a_code_is_bound_to_its_organisation_its_contact_and_its_purpose(world, office):
    mine = office.challenge()
    assert office.open_session(mine | {"uscc": COLLECTIVE}).code == "identity.code-wrong"
    as_citizen = {name: mine[name] for name in ("challenge_id", "code", "device")} | {"phone": FOUNDRY_PHONE}
    assert world.ask("POST", "/sessions", body=as_citizen).code == "identity.code-wrong"
    teach(world, {FOUNDRY: row("南海某某铸造有限公司", "+8613900001009")})
    assert office.open_session(mine).code == "identity.code-wrong"
    teach(world, REGISTERED)
    assert office.open_session(mine).status == 201


def test_a_citizens_code_opens_no_enterprise(world, office):
    phone = world.phone(FOUNDRY_PHONE)
    body = phone.challenge()
    given = office.open_session({**{n: body[n] for n in ("challenge_id", "code", "device")}, "uscc": FOUNDRY})
    assert given.code == "identity.code-wrong"


def test_an_organisation_gets_five_codes_a_day_known_or_not(world, office):
    for company in (office, Company(world, STRANGER)):
        assert [company.ask_for_code(device=secrets.token_hex(16)).status for _ in range(6)] == [202] * 5 + [429]


def test_a_contacts_own_limit_is_kept_in_silence(world, office):
    """Or whoever fills the limit of a phone would learn for whom it is the contact."""
    phone = world.phone(FOUNDRY_PHONE)
    assert [phone.ask_for_code().status for _ in range(6)] == [202] * 5 + [429]
    assert office.ask_for_code().status == 202
    assert len(world.messages(FOUNDRY_PHONE)) == 5
    world.pass_time(DAY_S)
    office.sign_in()


def test_a_device_and_the_budget_have_their_limits_here_too(world, office, monkeypatch):
    codes_of = [uscc(n) for n in range(10, 21)]
    assert [office.ask_for_code(uscc=code).status for code in codes_of] == [202] * 10 + [429]
    monkeypatch.setattr(codes, "PER_DAY", Limit("code-spend", 11, DAY_S))
    assert [Company(world).ask_for_code().status for _ in range(2)] == [202, 429]


def test_an_address_has_its_limit_here_too(world, office, monkeypatch):
    monkeypatch.setattr(codes, "PER_ADDRESS", Limit("code-address", 1, 3_600))
    assert [office.ask_for_code(address="192.0.2.9").status for _ in range(2)] == [202, 429]


def test_wrong_codes_count_for_the_one_breaker(world, office, monkeypatch):
    monkeypatch.setattr(breaker, "FAILURES_MAX", 2)
    body = office.challenge()
    for _ in range(2):
        office.open_session(body | {"code": wrong(body["code"])})
    assert office.open_session(body).code == "identity.paused"


def test_an_sms_that_was_not_taken_is_an_alarm_and_not_an_answer(world, office, monkeypatch, capsys):
    class Down:
        def publish(self, **_):
            raise EndpointConnectionError(endpoint_url="https://sns.invalid")

    monkeypatch.setattr(ports, "_sns", Down)
    assert office.ask_for_code().status == Company(world, STRANGER).ask_for_code().status == 202
    assert capsys.readouterr().out.count('"event":"code-not-sent","code":"sms.unavailable"') == 1


def test_without_the_register_nobody_is_sent_anything(world, office):
    world.stage.folder.joinpath("legal.json").write_text("{")
    for company in (office, Company(world, STRANGER)):
        given = company.ask_for_code()
        assert (given.status, given.code) == (503, "legal-register.unavailable")
    assert world.messages(FOUNDRY_PHONE) == []


def test_an_enterprise_refreshes_on_its_device_for_a_shift(world, office):
    office.sign_in()
    world.pass_time(12 * 3_600 - 10)
    given = office.refresh()
    claims = sessions.check(world.platform.ring, given.json["access_token"], world.now)
    assert (given.status, claims.subject, claims.role) == (200, FOUNDRY, "enterprise")
    office.tokens |= given.json
    world.pass_time(10)
    assert office.refresh().code == "identity.session-ended"


def test_an_enterprise_is_no_citizen_and_can_sign_out(world, office):
    token = office.sign_in()["access_token"]
    given = world.ask("GET", "/me", token=token)
    assert (given.status, given.code) == (403, "edge.forbidden")
    assert world.ask("DELETE", "/sessions/current", token=token).status == 204
    assert office.refresh().code == "identity.session-ended"


def test_neither_code_nor_contact_is_stored_or_logged(world, office, capsys):
    code = office.challenge()["code"]
    written = world.everything() + capsys.readouterr().out
    assert "challenge#" in written
    assert FOUNDRY_PHONE[3:] not in written
    assert FOUNDRY not in written
    assert not re.search(rf"(?<!\d){code}(?!\d)", written)
