"""Certificates of a lookup: what was signed is read again, nothing else ever, for a day, and of its own days only."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nanhai.domain import base45, tokens
from nanhai.domain.certificates import (
    BYTES_MAX,
    CHARACTERS_MAX,
    CITIES_PER_DAY_MAX,
    CONTEXT,
    DAYS,
    HEAD,
    PREFIX,
    VERSION,
    Certificate,
    Refused,
    certified,
    check,
    make,
)
from nanhai.domain.cities import CityDay
from nanhai.domain.days import DAY_S, day_begins, local_day
from nanhai.domain.tokens import ORDER_L, SIGNATURE_BYTES, SKEW_S

from tests.domain import issuing
from tests.domain.issuing import FOSHAN, HERE, KID, NOW, NOWHERE, TRUST, attested, private

AT_HOME = (("4406",),) * DAYS
CERTIFICATE = Certificate(KID, HERE, NOW, "138****1234", AT_HOME)
MIDNIGHT = day_begins(local_day(NOW) + 1)
cities = st.integers(0, 9_999).map(lambda code: f"{code:04}")
days = st.lists(cities, max_size=CITIES_PER_DAY_MAX).map(tuple)
phones = st.integers(0, 10**7 - 1).map(lambda digits: f"{digits:07}").map(lambda d: f"{d[:3]}****{d[3:]}")
certificates = st.builds(
    Certificate,
    st.just(KID),
    st.just(HERE),
    st.integers(NOW - DAY_S, NOW),
    phones,
    st.tuples(*[days] * DAYS),
)


def signed(key: str = "today", **changes) -> str:
    return make(replace(CERTIFICATE, **changes), private(key).sign)


def data_of(text: str) -> bytes:
    return base45.decode(text.removeprefix(PREFIX))


def text_of(data: bytes) -> str:
    return PREFIX + base45.encode(data)


def body(days: bytes = b"\x01\x11\x36" * DAYS, **changes: int) -> bytes:
    """What is signed of CERTIFICATE, with these numbers in place of its own."""
    own = {"version": VERSION, "kid": KID, "issuer": HERE, "issued_at": NOW, "digits": 1_381_234}
    return HEAD.pack(*(own | changes).values()) + days


@given(certificates)
def test_what_was_certified_is_what_is_read(certificate):
    text = make(certificate, private("today").sign)
    assert check(text, TRUST, certificate.issued_at) == certificate
    assert len(text) <= CHARACTERS_MAX


def test_the_fullest_one_fills_the_bound():
    fullest = signed(cities=(("6328",) * CITIES_PER_DAY_MAX,) * DAYS)
    assert (len(data_of(fullest)), len(fullest)) == (BYTES_MAX, CHARACTERS_MAX)


@given(certificates, st.data())
def test_one_flipped_bit_is_never_valid(certificate, data):
    signed_bytes = bytearray(data_of(make(certificate, private("today").sign)))
    bit = data.draw(st.integers(0, 8 * len(signed_bytes) - 1))
    signed_bytes[bit // 8] ^= 1 << bit % 8
    assert isinstance(check(text_of(signed_bytes), TRUST, certificate.issued_at), Refused)


@given(st.data())
def test_one_other_character_is_never_valid(data):
    text = signed()
    at = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.sampled_from(sorted({*base45.ALPHABET, "a", "汉", "\n"} - {text[at]})))
    assert isinstance(check(text[:at] + other + text[at + 1 :], TRUST, NOW), Refused)


@given(st.text(max_size=CHARACTERS_MAX + 3) | st.text(base45.ALPHABET).map(lambda text: PREFIX + text))
def test_any_other_text_is_refused_without_an_error(text):
    assert isinstance(check(text, TRUST, NOW), Refused)


@given(st.data())
def test_a_part_of_one_or_more_than_one_is_refused(data):
    text = signed()
    cut = data.draw(st.integers(0, len(text) - 1))
    more = data.draw(st.text(base45.ALPHABET, min_size=1, max_size=len(text)))
    assert isinstance(check(text[:cut], TRUST, NOW), Refused)
    assert isinstance(check(text + more, TRUST, NOW), Refused)


@pytest.mark.parametrize(
    ("later_s", "expected"),
    [
        (-SKEW_S - 1, Refused.EARLY),
        (-SKEW_S, CERTIFICATE),
        (0, CERTIFICATE),
        (MIDNIGHT - NOW - 1, CERTIFICATE),
        (MIDNIGHT - NOW, Refused.EXPIRED),
        (40 * DAY_S, Refused.EXPIRED),
    ],
)
def test_it_is_good_from_its_second_to_midnight_when_its_first_day_may_not_be_told_any_more(later_s, expected):
    assert check(signed(), TRUST, NOW + later_s) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (signed(issued_at=NOW + DAY_S), Refused.KEY_EXPIRED),
        (signed(issued_at=NOW - DAY_S - 1), Refused.KEY_EXPIRED),
        (signed("tomorrow"), Refused.SIGNATURE),
        (signed("tomorrow", kid=KID + 1), replace(CERTIFICATE, kid=KID + 1)),
        (signed("foshan", issuer=FOSHAN), replace(CERTIFICATE, issuer=FOSHAN)),
        (signed("foshan"), Refused.SIGNATURE),
        (signed(kid=99), Refused.REMOVED_KEY),
        (signed(kid=98), Refused.UNKNOWN_KEY),
        (signed(issuer=NOWHERE), Refused.UNKNOWN_KEY),
    ],
)
def test_only_the_issuers_key_of_its_day_signs_it(text, expected):
    assert check(text, TRUST, NOW) == expected


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (body(version=2), Refused.VERSION),
        (body(digits=10**7), Refused.FORM),
        (body(b"\x01\x27\x10" + b"\0" * (DAYS - 1)), Refused.FORM),  # a city of five digits
        (body(b"\0" * (DAYS - 1)), Refused.FORM),
        (body(b"\0" * (DAYS + 1)), Refused.FORM),
        (body(b"\0" * (DAYS - 1) + b"\x01\x11"), Refused.FORM),
        (body(), CERTIFICATE),
    ],
)
def test_what_is_signed_and_says_what_cannot_be_is_refused(content, expected):
    assert check(text_of(attested(content, context=CONTEXT)), TRUST, NOW) == expected


@pytest.mark.parametrize("context", [b"", tokens.CONTEXT, CONTEXT[:-1], CONTEXT * 2])
def test_what_was_signed_for_another_purpose_is_no_certificate(context):
    assert check(text_of(attested(body(), context=context)), TRUST, NOW) == Refused.SIGNATURE


def test_no_pass_is_a_certificate_and_no_certificate_a_pass():
    assert check(issuing.signed(), TRUST, NOW) == Refused.FORM
    assert check(PREFIX + issuing.signed(), TRUST, NOW) == Refused.FORM
    assert isinstance(tokens.check(signed(), TRUST, HERE, NOW), tokens.Refused)
    as_a_pass = signed(cities=((),) * DAYS).removeprefix(PREFIX)[: tokens.TOKEN_CHARACTERS]
    assert isinstance(tokens.check(as_a_pass, TRUST, HERE, NOW), tokens.Refused)


def test_nobody_makes_a_second_signature_of_a_valid_one():
    data = data_of(signed())
    s = int.from_bytes(data[-32:], "little") + ORDER_L
    assert check(text_of(data[:-32] + s.to_bytes(32, "little")), TRUST, NOW) == Refused.SIGNATURE


@given(st.lists(st.builds(CityDay, st.integers(-40, 40), cities, st.integers(1, DAY_S)), max_size=40))
def test_no_day_is_told_but_the_fourteen_up_to_yesterday(found):
    today = local_day(NOW)
    told = certified([replace(day, day=today + day.day) for day in found], NOW)
    assert len(told) == DAYS
    for days_ago, of_day in zip(range(DAYS, 0, -1), told, strict=True):
        assert list(of_day) == [day.city for day in found if day.day == -days_ago]


def test_its_first_day_is_fourteen_local_days_before():
    assert CERTIFICATE.first_day == local_day(NOW) - DAYS


@pytest.mark.parametrize(
    "changes",
    [
        {"phone": "13812341234"},
        {"phone": ""},
        {"phone": "１３８****1234"},
        {"cities": AT_HOME[:-1]},
        {"cities": (*AT_HOME, ("4406",))},
        {"cities": (("4406",) * (CITIES_PER_DAY_MAX + 1), *AT_HOME[1:])},
    ],
)
def test_nothing_else_is_ever_signed(changes):
    with pytest.raises(ValueError, match=r"masked number|days|cities"):
        signed(**changes)


def test_a_signature_has_the_length_that_is_read():
    assert len(data_of(signed())) == len(body()) + SIGNATURE_BYTES
