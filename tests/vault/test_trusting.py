"""The trust list that follows from the ring is accepted by a verifier, and its tokens with it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from nanhai.domain import trust
from nanhai.domain.colour import Colour
from nanhai.domain.records import Holder
from nanhai.domain.tokens import Refused, Token, check, make
from nanhai.vault.ring import checker, new_ring, public_of
from nanhai.vault.trusting import signed, trust_list, trusted

NOW = 1_583_000_000
HERE = 44_060


@pytest.fixture(scope="module")
def ring():
    return replace(new_ring(NOW, "test"), removed=frozenset({3, 2}), version=7)


@pytest.fixture(scope="module")
def accepted(ring):
    payload, signature = signed(ring, trust_list(ring, "440605", HERE, NOW))
    return trust.accept(payload, signature, checker(public_of(ring.root)), None, NOW, test_stage=True)


def token(ring, at=NOW):
    key = ring.gate_key(at)
    made = Token(key.kid, Colour.GREEN, Holder.PERSON, bytes(8), at, 60, HERE)
    return made, make(made, key.sign)


def test_the_list_is_numbered_by_the_ring_and_lasts_two_days(ring, accepted):
    assert accepted == trust_list(ring, "440605", HERE, NOW)
    assert (accepted.sequence, accepted.expires_at - accepted.issued_at) == (7, 48 * 3_600)
    assert accepted.removed == ((HERE, 2), (HERE, 3))


def test_it_names_the_keys_of_all_days_so_that_tomorrows_passes_verify_without_a_new_list(ring, accepted):
    for at in (NOW, NOW + 86_400):
        made, text = token(ring, at)
        assert check(text, trusted(accepted), HERE, at) == made


def test_a_ring_removed_kid_is_refused(ring):
    made, text = token(ring)
    gone = replace(ring, removed=frozenset({made.kid}))
    assert check(text, trusted(trust_list(gone, "440605", HERE, NOW)), HERE, NOW) is Refused.REMOVED_KEY


def test_another_rings_list_is_not_accepted(ring):
    payload, signature = signed(new_ring(NOW, "test"), trust_list(ring, "440605", HERE, NOW))
    with pytest.raises(trust.Distrust, match=r"trust\.signature"):
        trust.accept(payload, signature, checker(public_of(ring.root)), None, NOW, test_stage=True)


def test_a_local_platforms_list_is_refused_outside_local_stages(ring):
    payload, signature = signed(ring, trust_list(ring, "440605", HERE, NOW))
    with pytest.raises(trust.Distrust, match=r"trust\.test-key"):
        trust.accept(payload, signature, checker(public_of(ring.root)), None, NOW)


def test_no_private_key_is_in_it(ring):
    payload, _ = signed(ring, trust_list(ring, "440605", HERE, NOW))
    assert not any(key.seed().hex().encode() in payload for key in ring.gates)
    assert ring.root.hex().encode() not in payload
