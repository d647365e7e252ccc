"""The ring: a key of its own for each day, weeks ahead, wrapped until somebody signs with it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nanhai.domain.days import DAY_S, LOCAL_OFFSET_S, local_day
from nanhai.domain.trust import TEST_KID_MIN
from nanhai.vault.ring import (
    AHEAD_DAYS,
    CORE,
    CORE_FIELDS,
    KEPT_DAYS,
    NoSigningKey,
    Ring,
    checker,
    is_spent,
    name_of,
    new_gate_keys,
    new_ring,
    public_of,
    ring_from_entries,
    ring_to_entries,
)
from nanhai.vault.sealing import Tampered
from nanhai.vault.stages import LOCAL_STAGES

NOW = 1_583_000_000
TODAY = local_day(NOW)
MESSAGE = b"message"


def beginning(day: int) -> int:
    return day * DAY_S - LOCAL_OFFSET_S


@pytest.fixture(scope="module")
def ring() -> Ring:
    return new_ring(NOW, "test")


def test_there_is_one_key_for_each_local_day_from_today_on_36_in_all(ring):
    assert [(key.not_before, key.not_after) for key in ring.gates] == [
        (beginning(day), beginning(day + 1)) for day in range(TODAY, TODAY + 36)
    ]
    assert AHEAD_DAYS == 35


def test_every_second_of_those_days_has_exactly_the_key_of_its_day(ring):
    for day, key in enumerate(ring.gates, TODAY):
        assert ring.gate_key(beginning(day)) is ring.gate_key(beginning(day + 1) - 1) is key


@pytest.mark.parametrize("day", [TODAY - 1, TODAY + 36])
def test_for_another_day_there_is_none(ring, day):
    with pytest.raises(NoSigningKey, match=str(day)):
        ring.gate_key(beginning(day))


def test_days_and_secrets_have_nothing_in_common(ring):
    secrets = [getattr(ring, name) for name in CORE_FIELDS] + [key.seed() for key in ring.gates]
    assert len(set(secrets)) == len(secrets) == 42
    assert {len(secret) for secret in secrets} == {32}


def test_what_a_day_signs_its_public_key_checks_and_no_other(ring):
    today, tomorrow = ring.gates[:2]
    signature = today.sign(MESSAGE)
    assert today.public == public_of(today.seed())
    assert checker(today.public)(signature, MESSAGE)
    assert not checker(tomorrow.public)(signature, MESSAGE)
    assert not checker(today.public)(signature, b"another")
    assert not checker(today.public)(b"short", MESSAGE)


@pytest.mark.parametrize("stage", [*sorted(LOCAL_STAGES), "prod", "staging", "dev"])
def test_test_kids_are_for_local_stages_and_never_elsewhere(stage):
    kids = [key.kid for key in new_ring(NOW, stage).gates]
    assert len(set(kids)) == len(kids)
    assert {kid >= TEST_KID_MIN for kid in kids} == {stage in LOCAL_STAGES}
    assert max(kids) < 256


@settings(max_examples=50, deadline=None)
@given(st.sets(st.integers(0, 191), max_size=192 - 36), st.integers(0, 40_000))
def test_a_removed_kid_is_never_given_again(removed, day):
    kids = {key.kid for key in new_gate_keys((), frozenset(removed), beginning(day), "prod")}
    assert len(kids) == 36
    assert not kids & removed


def test_when_every_kid_is_spoken_for_it_says_so():
    with pytest.raises(NoSigningKey, match="every kid"):
        new_gate_keys((), frozenset(range(157)), NOW, "prod")


def test_days_that_have_a_key_get_no_second_one(ring):
    assert new_gate_keys(iter(ring.gates), frozenset(), NOW, "test") == []
    fresh = new_gate_keys(iter(ring.gates), frozenset(), NOW + DAY_S, "test")
    assert [local_day(key.not_before) for key in fresh] == [TODAY + 36]
    assert fresh[0].kid not in {key.kid for key in ring.gates}


@pytest.mark.parametrize(("after_days", "spent"), [(0, False), (1, False), (8, False), (9, True), (40, True)])
def test_a_key_is_spent_when_the_last_paper_of_its_day_has_ended(ring, after_days, spent):
    key = ring.gates[0]
    assert is_spent(key, key.not_before + after_days * DAY_S) is spent
    assert not is_spent(key, key.not_after + KEPT_DAYS * DAY_S - 1)


def test_a_ring_survives_storage(ring, wrapper):
    entries = ring_to_entries(ring, wrapper)
    read = ring_from_entries(entries, wrapper, ring.version)
    assert read == ring
    assert [key.seed() for key in read.gates] == [key.seed() for key in ring.gates]
    assert len(entries) == 1 + 36


def test_its_removed_kids_survive_too(ring, wrapper):
    removed = Ring(
        **{name: getattr(ring, name) for name in CORE_FIELDS}, gates=(), removed=frozenset({3, 200}), version=9
    )
    assert ring_from_entries(ring_to_entries(removed, wrapper), wrapper, 9) == removed


def test_nothing_of_a_stored_ring_is_in_the_clear(ring, wrapper):
    stored = b"".join(ring_to_entries(ring, wrapper).values())
    for secret in [getattr(ring, name) for name in CORE_FIELDS] + [key.seed() for key in ring.gates]:
        assert secret not in stored
        assert secret.hex().encode() not in stored
        assert secret.hex() not in repr(ring)
        assert repr(secret) not in repr(ring)


def test_reading_unwraps_the_core_alone_and_a_day_at_its_first_signature(ring, wrapper):
    """No call of KMS per token, none for days that nobody signs on."""
    read = ring_from_entries(ring_to_entries(ring, wrapper), wrapper)
    assert wrapper.unwrapped == [CORE]
    key = read.gate_key(NOW)
    assert wrapper.unwrapped == [CORE]
    signatures = {key.sign(MESSAGE), key.sign(MESSAGE), read.gate_key(NOW + 1).sign(MESSAGE)}
    assert signatures == {ring.gate_key(NOW).sign(MESSAGE)}
    assert wrapper.unwrapped == [CORE, name_of(key)]


def test_a_day_that_was_renamed_does_not_sign(ring, wrapper):
    """Its kid, its times and its public key are bound to its seed."""
    entries = ring_to_entries(ring, wrapper)
    today, tomorrow = (name_of(key) for key in ring.gates[:2])
    longer = today.replace(str(beginning(TODAY + 1)), str(beginning(TODAY + 400)))
    for name, wrapped in ((longer, entries[today]), (tomorrow, entries[today])):
        read = ring_from_entries({CORE: entries[CORE], name: wrapped}, wrapper)
        with pytest.raises(Tampered):
            read.gates[0].sign(MESSAGE)


def test_a_core_of_another_key_does_not_open(ring, wrapper):
    entries = ring_to_entries(ring, wrapper)
    with pytest.raises(Tampered):
        ring_from_entries({CORE: entries[name_of(ring.gates[0])]}, wrapper)
