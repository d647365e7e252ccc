"""Rotation keeps, adds and drops; removal is for good; of two at once one wins."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nanhai.domain.days import DAY_S, local_day
from nanhai.store import keys
from nanhai.store.writes import ConditionFailed
from nanhai.vault.ring import CORE, NoSigningKey, name_of, new_ring, ring_from_entries, ring_to_entries
from nanhai.vault.rotation import rotated, without
from nanhai.vault.wrapping import KeyFileWrapper

NOW = 1_583_000_000


@pytest.fixture
def entries(wrapper) -> dict[str, bytes]:
    made = ring_to_entries(new_ring(NOW, "test"), wrapper)
    wrapper.wrapped.clear()
    return made


def rotate(entries, wrapper, now=NOW, stage="test"):
    return rotated(ring_from_entries(entries, wrapper), entries, wrapper, now, stage)


def remove(entries, wrapper, kid):
    return without(ring_from_entries(entries, wrapper), entries, kid)


def days(entries, wrapper):
    return [local_day(key.not_before) - local_day(NOW) for key in ring_from_entries(entries, wrapper).gates]


def test_on_the_same_day_nothing_changes(entries, wrapper):
    assert rotate(entries, wrapper, NOW + 3_600) == entries
    assert wrapper.wrapped == []


@pytest.mark.parametrize(
    ("after_days", "kept"),
    [
        (1, range(37)),
        (8, range(44)),
        (9, range(1, 45)),
        (20, range(12, 56)),
        (44, range(36, 80)),
        (400, range(400, 436)),
    ],
)
def test_after_so_many_days_the_ring_reaches_from_what_may_still_be_valid_to_weeks_ahead(
    entries, wrapper, after_days, kept
):
    """After 44 days without rotation the last 8 days' keys are gone and 36 new ones there."""
    seen = days(rotate(entries, wrapper, NOW + after_days * DAY_S), wrapper)
    assert seen == [day for day in kept if day < 36 or day >= after_days]


def test_what_is_there_is_never_wrapped_anew_nor_unwrapped(entries, wrapper):
    after = rotate(entries, wrapper, NOW + DAY_S)
    assert {name: after[name] for name in entries} == entries
    assert wrapper.wrapped == [*set(after) - set(entries)]
    assert wrapper.unwrapped == [CORE]


def test_in_years_of_daily_rotation_there_is_always_a_key_and_never_one_kid_twice(wrapper):
    entries = ring_to_entries(new_ring(NOW, "prod"), wrapper)
    for day in range(1, 450):
        now = NOW + day * DAY_S
        entries = rotate(entries, wrapper, now, "prod")
        ring = ring_from_entries(entries, wrapper)
        assert ring.gate_key(now).not_before <= now
        assert ring.gate_key(now + 35 * DAY_S)
        assert len({key.kid for key in ring.gates}) == len(ring.gates) <= 45


def test_a_removed_kid_signs_no_more_and_the_next_rotation_gives_its_day_another(entries, wrapper):
    kid = ring_from_entries(entries, wrapper).gate_key(NOW).kid
    removed = remove(entries, wrapper, kid)
    ring = ring_from_entries(removed, wrapper)
    assert (ring.removed, len(ring.gates)) == ({kid}, 35)
    with pytest.raises(NoSigningKey):
        ring.gate_key(NOW)
    renewed = ring_from_entries(rotate(removed, wrapper), wrapper)
    assert renewed.gate_key(NOW).kid != kid
    assert (renewed.removed, len(renewed.gates)) == ({kid}, 36)


def test_removing_it_again_or_one_that_never_was_changes_no_key(entries, wrapper):
    gone = remove(entries, wrapper, 7)
    assert remove(gone, wrapper, 7) == gone
    assert days(gone, wrapper) == days(entries, wrapper)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 35)), max_size=40))
def test_whatever_is_rotated_and_removed_the_removed_never_return(tmp_path_factory, steps):
    wrapper = KeyFileWrapper.create(tmp_path_factory.mktemp("ring") / "key", "test")
    entries, now = ring_to_entries(new_ring(NOW, "prod"), wrapper), NOW
    removed: set[int] = set()
    for removes, number in steps:
        if removes:
            gates = ring_from_entries(entries, wrapper).gates
            kid = gates[number % len(gates)].kid
            entries, removed = remove(entries, wrapper, kid), removed | {kid}
        now += DAY_S
        entries = rotate(entries, wrapper, now, "prod")
        ring = ring_from_entries(entries, wrapper)
        assert ring.removed == removed
        assert not removed & {key.kid for key in ring.gates}
        assert ring.gate_key(now)


def test_of_many_rotations_at_once_one_wins_and_the_others_are_told(durable, wrapper):
    keys.save_ring(ring_to_entries(new_ring(NOW, "test"), wrapper))
    known = keys.ring()

    def rotate_once(_number):
        made = rotated(ring_from_entries(known.entries, wrapper), known.entries, wrapper, NOW + DAY_S, "test")
        try:
            keys.replace_ring(known, made)
        except ConditionFailed as lost:
            return lost.labels
        return made

    with ThreadPoolExecutor(8) as threads:
        outcomes = list(threads.map(rotate_once, range(8)))
    won = [made for made in outcomes if made != ("ring",)]
    stored = keys.ring()
    assert len(won) == 1
    assert (stored.version, stored.entries) == (2, won[0])


def test_names_tell_what_they_hold_and_no_secret(entries, wrapper):
    ring = ring_from_entries(entries, wrapper)
    assert set(entries) == {CORE, *map(name_of, ring.gates)}
    assert not any(key.seed().hex() in name for key in ring.gates for name in entries)
