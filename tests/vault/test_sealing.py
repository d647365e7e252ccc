"""What was sealed opens in its own place, with its own key, whole; everywhere else it is tampered with."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from nanhai.vault.sealing import NONCE_BYTES, Tampered, new_data_key, open_, seal, unwrap_key, wrap_key

LAW = settings(max_examples=1_000, deadline=None)
KEY, KEK = new_data_key(), new_data_key()
PLACE = {"table": "people", "holder": "0000000000001", "field": "profile"}
PLAIN = "黄大年 440605199001011234".encode()
TAG_BYTES = 16
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
places = st.fixed_dictionaries({"table": texts, "holder": texts, "field": texts})


def opens(key: bytes, sealed: bytes, place: dict[str, str]) -> bool:
    try:
        open_(key, sealed, **place)
    except Tampered:
        return False
    return True


@LAW
@given(st.binary(max_size=200), places)
def test_what_was_sealed_opens_the_same(plain, place):
    assert open_(KEY, seal(KEY, plain, **place), **place) == plain


@LAW
@given(places, places)
def test_it_opens_in_its_own_place_only(sealed_for, asked_for):
    assert opens(KEY, seal(KEY, PLAIN, **sealed_for), asked_for) == (sealed_for == asked_for)


@pytest.mark.parametrize(
    "other",
    [
        {"table": "passes"},
        {"holder": "0000000000002"},
        {"field": "phone"},
        {"holder": "0000000000001\0profile", "field": ""},
        {"table": "people\x000000000000001", "holder": "profile", "field": ""},
    ],
)
def test_another_table_holder_or_field_does_not_open_it(other):
    assert not opens(KEY, seal(KEY, PLAIN, **PLACE), PLACE | other)


def test_another_key_does_not_open_it():
    with pytest.raises(Tampered, match=r"people\.profile"):
        open_(new_data_key(), seal(KEY, PLAIN, **PLACE), **PLACE)


def test_no_part_of_it_opens():
    sealed = seal(KEY, PLAIN, **PLACE)
    assert len(sealed) == NONCE_BYTES + len(PLAIN) + TAG_BYTES
    assert not any(opens(KEY, sealed[:length], PLACE) for length in range(len(sealed)))
    assert not opens(KEY, sealed + b"\0", PLACE)


def test_not_one_bit_of_it_can_be_changed():
    sealed = seal(KEY, PLAIN, **PLACE)
    for bit in range(8 * len(sealed)):
        changed = bytearray(sealed)
        changed[bit // 8] ^= 1 << bit % 8
        assert not opens(KEY, bytes(changed), PLACE), bit


def test_neither_the_error_nor_the_ciphertext_tells_what_was_sealed():
    sealed = seal(KEY, PLAIN, **PLACE)
    with pytest.raises(Tampered) as raised:
        open_(KEY, sealed, **PLACE | {"field": "phone"})
    assert PLACE["holder"] not in str(raised.value)
    assert raised.value.__cause__ is None
    assert PLAIN not in sealed


def test_the_same_is_sealed_differently_every_time():
    sealed = {seal(KEY, PLAIN, **PLACE) for _ in range(1_000)}
    assert len({one[:NONCE_BYTES] for one in sealed}) == len(sealed) == 1_000


@LAW
@given(texts, texts)
def test_a_data_key_is_unwrapped_for_its_own_person_only(person, other):
    assume(person != other)
    wrapped = wrap_key(KEK, KEY, person)
    assert unwrap_key(KEK, wrapped, person) == KEY
    with pytest.raises(Tampered):
        unwrap_key(KEK, wrapped, other)


def test_a_data_key_is_unwrapped_by_the_key_that_wrapped_it_only():
    with pytest.raises(Tampered):
        unwrap_key(new_data_key(), wrap_key(KEK, KEY, "p"), "p")


def test_data_keys_have_256_bits_and_never_repeat():
    made = {new_data_key() for _ in range(1_000)}
    assert {len(key) for key in made} == {32}
    assert len(made) == 1_000
