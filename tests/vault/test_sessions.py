"""Access tokens: good for fifteen minutes, for this platform, signed by its key, and in no other way."""

from __future__ import annotations

import base64
import json

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st
from nanhai.vault.ring import new_ring, public_of
from nanhai.vault.sessions import ACCESS_S, ALGORITHM, TYPE, Claims, ExpiredToken, InvalidToken, check, issue

NOW = 1_583_000_000
RING = new_ring(NOW, "test")
WHO = {"subject": "0000000000001", "kind": "citizen", "session": "s1", "role": "citizen"}
TOKEN = issue(RING, **WHO, now=NOW)
PAYLOAD = jwt.decode(TOKEN, options={"verify_signature": False})
KEY = Ed25519PrivateKey.from_private_bytes(RING.session)
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def signed(payload=PAYLOAD, *, key=KEY, algorithm=ALGORITHM, typ: str | None = TYPE) -> str:
    return jwt.encode(payload, key, algorithm=algorithm, headers={"typ": typ})


def encoded(text: bytes) -> str:
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


@pytest.mark.parametrize("subject", ["0000000000001", ""])
def test_what_was_issued_is_read_back(subject):
    token = issue(RING, **WHO | {"subject": subject}, now=NOW)
    assert check(RING, token, NOW) == Claims(subject, "citizen", "s1", "citizen", NOW + ACCESS_S)


@pytest.mark.parametrize("after_s", [0, 1, ACCESS_S - 1, -30])
def test_it_is_good_until_its_last_second(after_s):
    assert check(RING, TOKEN, NOW + after_s).session == "s1"


@pytest.mark.parametrize("after_s", [ACCESS_S, ACCESS_S + 1, 10**9])
def test_at_its_end_it_has_ended(after_s):
    with pytest.raises(ExpiredToken):
        check(RING, TOKEN, NOW + after_s)


def test_the_clock_is_the_callers():
    """In 2020 it is good, whatever the machine's clock says."""
    assert check(RING, issue(RING, **WHO, now=10**10), 10**10)


CONFUSED = public_of(RING.session)
FORGED = {
    "another key": signed(key=Ed25519PrivateKey.generate()),
    "a gate's key": signed(key=Ed25519PrivateKey.from_private_bytes(RING.gates[0].seed())),
    "the root key": signed(key=Ed25519PrivateKey.from_private_bytes(RING.root)),
    "no signature": jwt.encode(PAYLOAD, None, algorithm="none", headers={"typ": TYPE}),
    "the public key as a password": jwt.encode(PAYLOAD, CONFUSED, algorithm="HS256", headers={"typ": TYPE}),
    "another audience": signed(PAYLOAD | {"aud": "nanhai-pass/v2"}),
    "another issuer": signed(PAYLOAD | {"iss": "somebody"}),
    "a plain JWT": signed(typ="JWT"),
    "no type": signed(typ=None),
    "another type": signed(typ="at+JWT2"),
    **{f"no {name}": signed({k: v for k, v in PAYLOAD.items() if k != name}) for name in PAYLOAD},
    "an end in words": signed(PAYLOAD | {"exp": "tomorrow"}),
    "an endless end": signed(PAYLOAD | {"exp": float("inf")}),
    "a subject of another type": signed(PAYLOAD | {"sub": 7}),
    "critical extension": jwt.encode(PAYLOAD, KEY, algorithm=ALGORITHM, headers={"typ": TYPE, "crit": ["x"], "x": 1}),
    "nothing": "",
    "dots": "..",
    "two parts": TOKEN.rpartition(".")[0],
    "four parts": TOKEN + ".x",
    "without its signature": TOKEN.rpartition(".")[0] + ".",
    "no JSON": f"{encoded(b'x')}.{encoded(b'{}')}.{encoded(b'x' * 64)}",
    "a number for a header": f"{encoded(b'5')}.{encoded(b'{}')}.{encoded(b'x' * 64)}",
    "a very deep header": f"{encoded(b'[' * 100_000)}.{encoded(b'{}')}.{encoded(b'x' * 64)}",
    "a header with a list for alg": f"{encoded(json.dumps({'alg': [ALGORITHM]}).encode())}.{encoded(b'{}')}.x",
    "no ASCII": "é.é.é",
    "no text": "\ud800",
    "padding": TOKEN + "=",
}


@pytest.mark.parametrize("token", FORGED.values(), ids=FORGED)
def test_everything_else_is_refused(token):
    with pytest.raises(InvalidToken):
        check(RING, token, NOW)


def test_another_platforms_token_is_refused():
    with pytest.raises(InvalidToken):
        check(new_ring(NOW, "test"), TOKEN, NOW)


def test_a_forged_token_that_has_expired_is_forged_and_not_expired():
    with pytest.raises(InvalidToken):
        check(RING, signed(key=Ed25519PrivateKey.generate()), NOW + 10**6)


@settings(max_examples=500, deadline=None)
@given(st.integers(0, len(TOKEN) - 1), st.sampled_from(ALPHABET))
def test_no_character_of_it_can_be_changed(place, letter):
    changed = TOKEN[:place] + letter + TOKEN[place + 1 :]
    if changed == TOKEN:
        return
    with pytest.raises(InvalidToken):
        check(RING, changed, NOW)


@settings(max_examples=500, deadline=None)
@given(st.text() | st.text(ALPHABET + ".="))
def test_no_text_whatever_raises_anything_else(text):
    with pytest.raises(InvalidToken):
        check(RING, text, NOW)


def test_any_library_reads_it_as_an_access_token():
    """RFC 9068: PyJWT, which made what is forged above, verifies what is issued here."""
    told = jwt.decode_complete(
        TOKEN, KEY.public_key(), algorithms=["EdDSA"], audience="nanhai-pass/v1", options={"verify_exp": False}
    )
    assert (told["header"], told["payload"]) == ({"alg": "EdDSA", "typ": "at+jwt"}, PAYLOAD)
