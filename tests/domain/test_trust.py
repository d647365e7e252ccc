"""A trust list is used when the root signed it, and never leads back to an older one or to a removed key."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nanhai.domain.trust import CONTEXT, KEYS_MAX, LASTS_S, TEST_KID_MIN, Distrust, TrustedKey, TrustList, accept, write

from tests.domain.issuing import DAY, FOSHAN, HERE, NOW, checker, private

LAW = settings(max_examples=1_000, deadline=None)
ROOT = private("root")
PUBLIC = private("today").public_key().public_bytes_raw()


def key(kid: int, audience: int = HERE) -> TrustedKey:
    return TrustedKey("440605", audience, kid, PUBLIC, NOW, NOW + DAY)


LIST = TrustList(5, NOW, NOW + LASTS_S, (key(7), key(8), key(7, FOSHAN)), ((HERE, 3),))


def offered(payload: bytes, known=None, *, now=NOW, root=ROOT, context=CONTEXT, test_stage=False) -> TrustList:
    signature = root.sign(context + payload)
    return accept(payload, signature, checker(ROOT.public_key()), known, now, test_stage=test_stage)


def refusal(payload: bytes, known=None, **how) -> str:
    with pytest.raises(Distrust) as raised:
        offered(payload, known, **how)
    return raised.value.code


def document(**changes: object) -> bytes:
    return json.dumps(json.loads(write(LIST)) | changes).encode()


def listed(**changes: object) -> bytes:
    """The list with one key that says this."""
    return document(keys=[json.loads(write(LIST))["keys"][0] | changes])


def test_a_signed_list_reads_back_the_same():
    assert offered(write(LIST)) == LIST
    assert write(offered(write(LIST))) == write(LIST)


@pytest.mark.parametrize("after_s", [0, LASTS_S - 1])
def test_it_is_good_until_its_end(after_s):
    assert offered(write(LIST), now=NOW + after_s) == LIST


@pytest.mark.parametrize("after_s", [LASTS_S, LASTS_S + DAY])
def test_an_expired_list_is_refused(after_s):
    assert refusal(write(LIST), now=NOW + after_s) == "trust.expired"


def test_only_the_root_key_signs_it_and_for_this_purpose_only():
    assert refusal(write(LIST), root=private("today")) == "trust.signature"
    assert refusal(write(LIST), context=b"nhpass/v1/gate\0") == "trust.signature"


def test_not_one_byte_of_it_can_be_changed():
    payload = write(LIST)
    signature, check = ROOT.sign(CONTEXT + payload), checker(ROOT.public_key())
    for place in range(len(payload)):
        changed = payload[:place] + bytes((payload[place] ^ 1,)) + payload[place + 1 :]
        with pytest.raises(Distrust, match=r"trust\.signature"):
            accept(changed, signature, check, None, NOW)


@pytest.mark.parametrize(("sequence", "refused"), [(4, "trust.older"), (5, None), (6, None)])
def test_a_verifier_never_goes_back_to_an_older_list(sequence, refused):
    newer = replace(LIST, sequence=sequence)
    if refused is None:
        assert offered(write(newer), LIST) == newer
    else:
        assert refusal(write(newer), LIST) == refused


@pytest.mark.parametrize("known", [None, LIST])
def test_a_list_that_names_a_key_it_removed_is_refused(known):
    assert refusal(write(replace(LIST, removed=((HERE, 7),))), known) == "trust.removed-key-returns"


def test_a_removed_key_never_returns_not_even_by_way_of_a_list_that_forgot_it():
    forgetful = replace(LIST, sequence=6, removed=())
    returning = replace(LIST, sequence=7, keys=(*LIST.keys, key(3)), removed=())
    assert refusal(write(returning), LIST) == "trust.removed-key-returns"
    assert refusal(write(returning), offered(write(forgetful), LIST)) == "trust.removed-key-returns"


def test_the_kid_that_one_issuer_removed_is_still_anothers():
    assert offered(write(replace(LIST, removed=((HERE, 9), (FOSHAN, 8))))).keys == LIST.keys


@pytest.mark.parametrize("kid", range(256))
def test_test_keys_are_refused_outside_the_test_stage(kid):
    payload = write(replace(LIST, keys=(key(kid),), removed=()))
    if kid >= TEST_KID_MIN:
        assert refusal(payload) == "trust.test-key"
    else:
        assert offered(payload).keys == (key(kid),)
    assert offered(payload, test_stage=True).keys == (key(kid),)


MALFORMED = {
    "nothing": b"",
    "no JSON": b"{",
    "no UTF-8": b'"\xff"',
    "no object": b"[]",
    "a number": b"5",
    "very deep": b"[" * 100_000,
    "no sequence": b'{"issued_at":1,"expires_at":2,"keys":[],"removed":[]}',
    "sequence as text": document(sequence="5"),
    "sequence as truth": document(sequence=True),
    "sequence as fraction": document(sequence=5.5),
    "no end": document(expires_at=None),
    "endless": document(expires_at=float("inf")),
    "keys as number": document(keys=5),
    "keys as texts": document(keys=["key"]),
    "too many keys": document(keys=[json.loads(write(LIST))["keys"][0]] * (KEYS_MAX + 1)),
    "one key twice": document(keys=[json.loads(write(LIST))["keys"][0]] * 2),
    "removed as names": document(removed=["7"]),
    "removed without kid": document(removed=[[HERE]]),
    "removed kid too large": document(removed=[[HERE, 256]]),
    "issuer as number": listed(issuer=440605),
    "kid too large": listed(kid=256),
    "kid below zero": listed(kid=-1),
    "kid as text": listed(kid="7"),
    "kid endless": listed(kid=float("inf")),
    "audience too large": listed(audience=65_536),
    "public key too short": listed(public=PUBLIC[1:].hex()),
    "public key no hex": listed(public="xx" * 32),
    "public key as number": listed(public=7),
    "no beginning": listed(not_before=None),
}


@pytest.mark.parametrize("payload", MALFORMED.values(), ids=MALFORMED)
def test_a_list_of_another_form_is_refused_even_when_signed(payload):
    assert refusal(payload, test_stage=True) == "trust.form"


@LAW
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
        max_leaves=6,
    ),
    st.sampled_from(["sequence", "issued_at", "expires_at", "keys", "removed"]),
)
def test_no_signed_material_whatever_raises_anything_but_distrust(value, field):
    try:
        offered(document(**{field: value}), LIST)
    except Distrust as refused:
        assert refused.code.startswith("trust.")  # noqa: PT017 - most values are refused, some are fine


kids = st.integers(0, 7)
lists = st.builds(
    lambda sequence, named, removed: TrustList(
        sequence, NOW, NOW + 1, tuple(map(key, sorted(named))), tuple((HERE, kid) for kid in sorted(removed))
    ),
    st.integers(0, 5),
    st.sets(kids, max_size=4),
    st.sets(kids, max_size=2),
)


@LAW
@given(st.lists(lists, max_size=8))
def test_whatever_is_offered_numbers_never_fall_and_the_removed_stay_removed(offers):
    seen: list[TrustList] = []
    for one in offers:
        try:
            seen.append(offered(write(one), seen[-1] if seen else None))
        except Distrust:
            continue
    for before, after in pairwise(seen):
        assert before.sequence <= after.sequence
        assert set(before.removed) <= set(after.removed)
        assert not {(k.audience, k.kid) for k in after.keys} & {*before.removed, *after.removed}
