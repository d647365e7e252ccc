"""The 14-day lookup: one's own number, a fresh code, one query, and nothing but the fourteen days up to yesterday."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nanhai.domain import certificates
from nanhai.domain.days import DAY_S, HOUR_S, day_begins, local_day
from nanhai.domain.sightings import Visit
from nanhai.policies.trajectories import rule
from nanhai.services.identity import codes
from nanhai.services.trajectories import lookup
from nanhai.store.connection import client, table_name

from tests.functions.trajectories.lookups import FOSHAN, GUANGZHOU, WUHAN, Phone
from tests.listening import listen

READ_UNIT_BYTES = 4_096
SECOND = 1 / HOUR_S


def test_the_holder_sees_every_city_of_every_day(phone):
    phone.told(
        *(phone.was(FOSHAN, days_ago, hour=0, hours=24) for days_ago in range(14, 5, -1)),
        phone.was(WUHAN, 5),
        phone.was(FOSHAN, 3, hour=0, hours=8),
        phone.was(GUANGZHOU, 3, hour=9, hours=5),
    )
    answer = phone.look_up(headers={"Accept-Language": "en"})
    assert answer.status == 200
    told = answer.json
    days = {date.fromisoformat(day["day"]): [city["name"] for city in day["cities"]] for day in told["days"]}
    today = date(1970, 1, 1) + timedelta(days=phone.today)
    assert list(days) == [today - timedelta(days=ago) for ago in range(14, 0, -1)]
    assert list(days.values()) == [["Foshan"]] * 9 + [["Wuhan"], [], ["Guangzhou", "Foshan"], [], []]
    assert [city["code"] for city in told["cities"]] == ["4406", "4201", "4401"]
    assert told["phone_masked"] == f"{phone.number[3:6]}****{phone.number[-4:]}"
    assert "more than 4 hours" in told["rule"]
    assert "nothing that counts is known" in told["unknown"]


def test_it_is_told_in_chinese(phone):
    phone.told(phone.was(WUHAN, 1))
    told = phone.look_up(headers={"Accept-Language": "zh-CN"}).json
    assert told["days"][-1]["cities"] == [{"code": "4201", "name": "武汉市"}]
    assert "超过 4 小时" in told["rule"]


@pytest.mark.parametrize(("hours", "seen"), [(4, []), (4 + SECOND, [(2, "4201")])])
def test_a_city_counts_from_the_first_second_after_four_hours(phone, hours, seen):
    phone.told(phone.was(WUHAN, 2, hours=hours))
    assert phone.seen() == seen


@pytest.mark.parametrize(("days_ago", "seen"), [(0, []), (1, [(1, "4201")]), (14, [(14, "4201")])])
def test_neither_today_nor_the_fifteenth_day_is_ever_told(phone, days_ago, seen):
    phone.told(phone.was(WUHAN, days_ago, hour=0, hours=9))
    assert phone.seen() == seen


def test_the_day_that_was_the_fourteenth_is_gone_at_midnight(phone):
    phone.told(phone.was(WUHAN, 14))
    phone.stand.now = day_begins(phone.today + 1) - 1
    challenge = phone.challenge()
    assert phone.look_up(challenge).json["days"][0]["cities"] != []
    phone.stand.now += 1
    assert phone.seen() == []


def test_a_corrected_day_is_told_and_not_the_one_before(phone):
    phone.told(phone.was(WUHAN, 2), revision=101)
    phone.told(phone.was(GUANGZHOU, 2), revision=201)
    assert phone.seen() == [(2, "4401")]


def test_of_a_number_that_no_operator_knows_nothing_is_known(phone):
    assert phone.seen() == []


def test_nobody_sees_another_number(phone):
    other = Phone(phone.stand)
    other.told(phone.was(WUHAN, 2))
    stolen = phone.challenge() | {"phone": other.number}
    refused = phone.look_up(stolen)
    assert (refused.status, refused.code) == (422, "identity.code-wrong")
    assert phone.seen() == []
    assert other.seen() == [(2, "4201")]


def test_a_code_is_good_once(phone):
    challenge = phone.challenge()
    assert phone.look_up(challenge).status == 200
    again = phone.look_up(challenge)
    assert (again.status, again.code) == (422, "identity.code-expired")


def test_a_code_for_signing_in_opens_no_lookup_and_the_other_way_round(phone):
    body = {"phone": phone.number, "purpose": "sign-in"}
    sent = phone.stand.ask("identity", "POST", "/codes", body=body, once=None).json
    code = phone.messages()[-1].split("，")[0][-6:]
    refused = phone.look_up({"challenge_id": sent["challenge_id"], "phone": phone.number, "code": code})
    assert refused.code == "identity.code-wrong"
    body = phone.challenge() | {"device": "d" * 32}
    assert phone.stand.ask("identity", "POST", "/sessions", body=body, once=None).code == "identity.code-wrong"


def test_the_message_says_what_the_code_is_for(phone):
    phone.code_sent()
    (message,) = phone.messages()
    assert "行程" in message


def test_a_phone_has_as_many_codes_as_for_signing_in(phone):
    assert [phone.code_sent().status for _ in range(6)] == [202] * 5 + [429]


def test_a_code_ends_after_five_minutes(phone):
    challenge = phone.challenge()
    phone.stand.now += codes.CODE_TTL_S
    assert phone.look_up(challenge).code == "identity.code-expired"


def test_a_lookup_is_one_query_of_one_read_unit(phone, monkeypatch):
    """Nine visits a day, a day packed into 127 bytes: what the simulated district has on average, and more."""
    phone.told(
        *(
            phone.was(FOSHAN, ago, hour=2 * visit, hours=2, cell=1 + visit % 3)
            for ago in range(14, 0, -1)
            for visit in range(9)
        )
    )
    challenge = phone.challenge()
    heard = listen(monkeypatch)
    assert phone.look_up(challenge).status == 200
    tables = [(operation, params.get("TableName")) for operation, params in heard]
    assert [operation for operation, table in tables if table == table_name("sightings")] == ["Query"]
    assert [operation for operation, _ in tables].count("Query") == 1
    stored = client().scan(TableName=table_name("sightings"))["Items"]
    assert len(stored) == 14
    assert sum(map(_bytes_of, stored)) <= READ_UNIT_BYTES


def test_nothing_is_kept_of_an_answer(phone):
    phone.told(phone.was(WUHAN, 2))
    challenge = phone.challenge()
    assert phone.look_up(challenge).status == 200
    attempts = client().scan(TableName=table_name("idempotency"))["Items"]
    assert {bytes(row["answer"]["B"]) for row in attempts} == {b""}
    left = client().scan(TableName=table_name("sessions"))["Items"]
    assert all(row["id"]["S"].startswith("limit#") for row in left)


def test_a_store_that_does_not_answer_costs_nobody_a_code(phone, monkeypatch):
    challenge = phone.challenge()
    with monkeypatch.context() as broken:
        broken.setattr(lookup.sightings, "days", _silent)
        assert phone.look_up(challenge).status == 503
    assert phone.look_up(challenge).status == 200


NOW = 18_320 * DAY_S
moments = st.integers(-17 * DAY_S, 2 * DAY_S)


@given(
    st.lists(st.tuples(moments, st.integers(1, 2 * DAY_S), st.sampled_from((FOSHAN, WUHAN))), max_size=12),
    st.integers(0, DAY_S - 1),
)
def test_whatever_is_known_the_certificate_tells_of_its_fourteen_days_only(rows, second):
    now = NOW + second
    seen = [Visit(NOW + since, NOW + since + length, 1, region) for since, length, region in rows]
    told = certificates.certified(lookup.city_days(seen, rule().cities, local_day(now)), now)
    first, last = local_day(now) - 14, local_day(now) - 1
    inside = {
        day
        for visit in seen
        for day in range(local_day(visit.since), local_day(visit.until - 1) + 1)
        if first <= day <= last
    }
    assert len(told) == 14
    assert {first + at for at, cities in enumerate(told) if cities} <= inside


def _silent(*_):
    from botocore.exceptions import EndpointConnectionError

    raise EndpointConnectionError(endpoint_url="-")


def _bytes_of(stored) -> int:
    """As DynamoDB counts an item: names and values, a number as half its digits and one."""
    sizes = {"S": lambda text: len(text.encode()), "B": len, "N": lambda digits: len(digits) // 2 + 2}
    return sum(len(name) + sizes[kind](value) for name, told in stored.items() for kind, value in told.items())
