"""A blind index finds what it was made of, and tells nothing to whoever has not its key."""

from __future__ import annotations

import hashlib
import hmac
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st
from nanhai.vault.indexes import BlindIndex

LAW = settings(max_examples=1_000, deadline=None)
ROOT = bytes(range(32))
INDEX = BlindIndex(ROOT)
PHONE = "13800138000"
values = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@LAW
@given(values, values)
def test_equal_values_and_only_those_have_equal_indexes(one, other):
    assert (INDEX.of("phone", "sign-in", one) == INDEX.of("phone", "sign-in", other)) == (one == other)


def test_it_has_128_bits():
    assert len(bytes.fromhex(INDEX.of("phone", "sign-in", PHONE))) == 16


def test_every_kind_of_value_and_every_purpose_has_a_key_of_its_own():
    """Two tables that hold the same phone cannot be joined by it."""
    named = product(["phone", "id-card", "device", ""], ["sign-in", "claim", "limit", ""])
    assert len({INDEX.of(what, purpose, PHONE) for what, purpose in named}) == 16


def test_another_root_gives_another_index():
    assert BlindIndex(bytes(32)).of("phone", "sign-in", PHONE) != INDEX.of("phone", "sign-in", PHONE)


def test_it_is_no_plain_hash_and_no_hash_under_the_bare_root():
    """All phones of a city are hashed in a second; without the key that must be of no use."""
    made = INDEX.of("phone", "sign-in", PHONE)
    for named in (PHONE, f"phone{PHONE}", f"phone\0sign-in\0{PHONE}"):
        hashes = [hashlib.new(name, named.encode()).hexdigest() for name in ("sha256", "sha1", "md5", "sha512")]
        hashes.append(hmac.digest(ROOT, named.encode(), "sha256").hex())
        assert not any(made in hashed for hashed in hashes)


def test_the_key_is_not_shown():
    assert ROOT.hex() not in repr(INDEX)
    assert repr(ROOT) not in repr(INDEX)


def test_what_was_stored_in_the_past_is_still_found():
    """Rows of `lookups` are keyed by it: another derivation would lose everybody."""
    assert INDEX.of("phone", "sign-in", PHONE) == "7acdcf901737615b7dcee1e1dd0ef87b"
