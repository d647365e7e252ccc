"""Base45 is RFC 9285, and no text but what it wrote is read."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nanhai.domain.base45 import ALPHABET, decode, encode

LAW = settings(max_examples=1_000, deadline=None)
VECTORS = [(b"AB", "BB8"), (b"Hello!!", "%69 VD92EX0"), (b"base-45", "UJCLQE7W581"), (b"ietf!", "QED8WEX0"), (b"", "")]


@pytest.mark.parametrize(("data", "text"), VECTORS)
def test_the_examples_of_the_rfc(data, text):
    assert (encode(data), decode(text)) == (text, data)


@LAW
@given(st.binary(max_size=200))
def test_what_was_written_reads_back_the_same(data):
    assert decode(encode(data)) == data


def test_every_byte_and_every_pair_of_bytes_has_a_text_of_its_own_that_reads_back():
    pairs = [n.to_bytes(2, "big") for n in range(0x1_0000)]
    texts = [encode(pair) for pair in pairs]
    assert len(set(texts)) == len(pairs)
    assert [decode(text) for text in texts] == pairs
    assert [decode(encode(bytes((n,)))) for n in range(256)] == [bytes((n,)) for n in range(256)]


def test_of_all_texts_of_one_to_three_characters_only_those_are_read_that_a_byte_or_two_write():
    written = {encode(bytes((n,))) for n in range(256)} | {encode(n.to_bytes(2, "big")) for n in range(0x1_0000)}
    texts = [*ALPHABET, *(a + b for a in ALPHABET for b in ALPHABET)]
    texts += [pair + c for pair in texts[45:] for c in ALPHABET]
    assert {text for text in texts if is_read(text)} == written


@LAW
@given(st.text(max_size=12) | st.text(ALPHABET, max_size=12))
def test_any_other_text_is_a_value_error_and_nothing_else(text):
    if is_read(text):
        assert encode(decode(text)) == text


@pytest.mark.parametrize(
    "text", ["A", "BB8B", "GGW", ":::", "::", "bb8", "B_8", "BB8\n", "汉汉汉", "\ud800BB", "ＢＢ８", "٣٣٣"]
)
def test_these_are_not_base45(text):
    with pytest.raises(ValueError, match="no base45"):
        decode(text)


def is_read(text):
    try:
        decode(text)
    except ValueError:
        return False
    return True
