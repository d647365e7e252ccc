"""The day pseudonym: one for one within a day, unlinkable from day to day but by the server."""

from __future__ import annotations

from datetime import date, datetime
from itertools import pairwise
from statistics import mean

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nanhai.domain.days import DAY_S, local_day
from nanhai.domain.identifiers import PersonId, person_id
from nanhai.domain.pseudonym import PSEUDONYM_BYTES, day_key, person_of, pseudonym

LAW = settings(max_examples=1_000, deadline=None)
ROOT = bytes(range(32))
KEY = day_key(ROOT, 18_322)
people = st.integers(0, 2**64 - 1).map(person_id)
keys = st.binary(min_size=32, max_size=32)


def differing(one: bytes, other: bytes) -> int:
    return (int.from_bytes(one, "big") ^ int.from_bytes(other, "big")).bit_count()


@LAW
@given(keys, people)
def test_the_server_turns_it_back(key, person):
    seen = pseudonym(key, person)
    assert (len(seen), person_of(key, seen)) == (PSEUDONYM_BYTES, person)


@LAW
@given(keys, st.binary(min_size=8, max_size=8))
def test_every_eight_bytes_are_the_pseudonym_of_exactly_one_person(key, seen):
    assert pseudonym(key, person_of(key, seen)) == seen


@LAW
@given(keys, people, people)
def test_two_people_share_none(key, one, other):
    assert (pseudonym(key, one) == pseudonym(key, other)) == (one == other)


def test_no_two_of_many_neighbouring_ids_share_one():
    assert len({pseudonym(KEY, person_id(n)) for n in range(20_000)}) == 20_000


@LAW
@given(people, st.integers(0, 60_000), st.integers(1, 400))
def test_another_day_shows_another_value(person, day, later):
    assert pseudonym(day_key(ROOT, day), person) != pseudonym(day_key(ROOT, day + later), person)


def test_one_bit_of_the_person_changes_about_half_of_the_pseudonym():
    changed = [
        differing(pseudonym(KEY, person_id(n)), pseudonym(KEY, person_id(n ^ 1 << bit)))
        for n in range(16)
        for bit in range(64)
    ]
    assert 31 < mean(changed) < 33
    assert min(changed) > 8


def test_one_day_changes_about_half_of_the_pseudonym():
    days = [[pseudonym(day_key(ROOT, day), person_id(n)) for n in range(64)] for day in range(17)]
    changed = [differing(*both) for today in pairwise(days) for both in zip(*today, strict=True)]
    assert 31 < mean(changed) < 33


def test_every_bit_is_set_in_about_half_of_all_pseudonyms():
    seen = [int.from_bytes(pseudonym(KEY, person_id(n)), "big") for n in range(2_000)]
    assert all(850 < sum(value >> bit & 1 for value in seen) < 1_150 for bit in range(64))


def test_day_keys_are_of_full_length_and_all_differ():
    made = {day_key(ROOT, day) for day in range(1_000)} | {day_key(bytes(32), day) for day in range(1_000)}
    assert len(made) == 2_000
    assert {len(key) for key in made} == {32}


@pytest.mark.parametrize(
    ("at", "day"),
    [
        ("2020-02-29T23:59:59+08:00", "2020-02-29"),
        ("2020-03-01T00:00:00+08:00", "2020-03-01"),  # 16:00 of the day before in UTC
        ("2020-03-01T08:00:00+08:00", "2020-03-01"),
        ("2020-03-01T23:59:59+08:00", "2020-03-01"),
        ("2020-03-01T16:00:00+00:00", "2020-03-02"),
    ],
)
def test_the_day_changes_at_midnight_where_the_holder_lives(at, day):
    since_1970 = date.fromisoformat(day) - date(1970, 1, 1)
    assert local_day(int(datetime.fromisoformat(at).timestamp())) == since_1970.days


@LAW
@given(st.integers(0, 2**33))
def test_a_local_day_has_86400_seconds(at):
    assert local_day(at + DAY_S) == local_day(at) + 1


@pytest.mark.parametrize(
    "person", ["", "0" * 12, "0" * 14, "O000000000000", "G000000000000", "ZZZZZZZZZZZZZ", "张" * 13]
)
def test_what_is_no_person_id_has_none(person):
    with pytest.raises(ValueError, match=r"person id|Crockford"):
        pseudonym(KEY, PersonId(person))


def test_what_was_stored_under_a_key_of_the_past_is_still_understood():
    """Rows of `scans` and `denylist` carry pseudonyms: another cipher would orphan them."""
    assert pseudonym(KEY, PersonId("0000000000001")).hex() == "21893099e7ce6395"
