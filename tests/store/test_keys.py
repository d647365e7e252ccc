"""Wrapped data keys, the ring, and blind look-ups."""

from __future__ import annotations

import pytest
from nanhai.store import keys, lookups
from nanhai.store.keys import StoredRing
from nanhai.store.writes import ConditionFailed, commit

from tests.store.builders import OTHER, PERSON, refusal


def test_a_person_has_one_data_key_until_it_is_shredded(aws):
    assert [refusal(keys.put_wrapped(PERSON, wrapped)) for wrapped in (b"one", b"two")] == [(), ("key",)]
    assert (keys.wrapped(PERSON), keys.wrapped(OTHER)) == (b"one", None)
    keys.shred(PERSON)
    keys.shred(PERSON)
    assert keys.wrapped(PERSON) is None


def test_the_ring_is_saved_once_and_then_replaced_version_by_version(aws):
    assert (keys.ring(), keys.ring_entries()) == (None, {})
    keys.save_ring({"core": b"1", "gate#7": b"2"})
    first = keys.ring()
    assert first == StoredRing(1, {"core": b"1", "gate#7": b"2"})
    with pytest.raises(ConditionFailed, match="ring"):
        keys.save_ring({"core": b"other"})
    keys.replace_ring(first, {"core": b"1"})
    assert (keys.ring(), keys.ring_entries()) == (StoredRing(2, {"core": b"1"}), {"core": b"1"})
    with pytest.raises(ConditionFailed, match="ring"):
        keys.replace_ring(first, {"core": b"late"})
    with pytest.raises(ConditionFailed, match="ring"):
        keys.replace_ring(StoredRing(3, {}), {"core": b"early"})
    assert keys.ring().entries == {"core": b"1"}


def test_the_ring_is_nobodys_data_key(aws):
    keys.save_ring({"core": b"1"})
    assert refusal(keys.put_wrapped("ring", b"mine")) == ("key",)


def test_an_index_is_claimed_once_and_leads_to_whose_it_is(aws):
    claims = [lookups.claim("i1", PERSON, "id-card"), lookups.claim("i1", OTHER, "id-card")]
    assert [refusal(claim) for claim in claims] == [(), ("claim",)]
    assert lookups.find("i1", "id-card") == PERSON
    assert (lookups.find("i1", "phone"), lookups.find("i2", "id-card")) == (None, None)


def test_two_claims_in_one_piece_are_both_taken_or_neither(aws):
    commit([lookups.claim("i1", PERSON, "id-card")])
    assert refusal(lookups.claim("i2", OTHER, "phone"), lookups.claim("i1", OTHER, "id-card")) == ("claim",)
    assert lookups.find("i2", "phone") is None
