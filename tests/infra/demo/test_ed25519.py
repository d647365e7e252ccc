"""The demo's own signature check agrees with RFC 8032 and with the library that signs."""

from __future__ import annotations

import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from infra.demo.ed25519 import ORDER, verify

RFC_8032 = [  # section 7.1: public key, message, signature
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
]
KEY = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"gate").digest())
PUBLIC = KEY.public_key().public_bytes_raw()
MESSAGE = b"nhpass/v1/gate\0 a token"
SIGNATURE = KEY.sign(MESSAGE)


@pytest.mark.parametrize(("public", "message", "signature"), RFC_8032)
def test_it_accepts_the_vectors_of_the_standard(public, message, signature):
    assert verify(bytes.fromhex(public), bytes.fromhex(signature), bytes.fromhex(message))


def test_it_accepts_what_the_library_signs():
    assert verify(PUBLIC, SIGNATURE, MESSAGE)


@pytest.mark.parametrize("place", range(0, 512, 37))
def test_a_single_changed_bit_is_refused(place):
    changed = bytearray(SIGNATURE)
    changed[place // 8] ^= 1 << place % 8
    assert not verify(PUBLIC, bytes(changed), MESSAGE)
    assert not verify(PUBLIC, SIGNATURE, MESSAGE + b"!")


def test_the_second_form_of_a_signature_is_refused():
    scalar = int.from_bytes(SIGNATURE[32:], "little") + ORDER
    assert not verify(PUBLIC, SIGNATURE[:32] + scalar.to_bytes(32, "little"), MESSAGE)


@pytest.mark.parametrize("public", [b"", b"\xff" * 32, b"\x00" * 31, (2).to_bytes(32, "little")])
def test_nonsense_for_a_key_is_refused_and_raises_nothing(public):
    assert not verify(public, SIGNATURE, MESSAGE)
