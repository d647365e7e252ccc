"""The token: what it says, how long it is good, and every reason why it is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nanhai.domain import base45
from nanhai.domain.colour import VERDICTS, Colour, Verdict
from nanhai.domain.records import Holder
from nanhai.domain.tokens import (
    COLOURS,
    CONTEXT,
    HOLDERS,
    KINDS,
    ORDER_L,
    SLOT_S,
    TOKEN_BYTES,
    TOKEN_CHARACTERS,
    Refused,
    Token,
    Trust,
    check,
    is_canonical,
    make,
    offline,
    slot_of,
)

from tests.domain.issuing import DAY, FOSHAN, HERE, KID, NOW, NOWHERE, TOKEN, TRUST, GateKey, attested, body, private
from tests.domain.issuing import signed as token

LAW = settings(max_examples=1_000, deadline=None)
PASSES = [(colour, holder) for colour in Colour for holder in Holder]
ON_SCREEN = [Holder.PERSON, Holder.DEPENDANT]
HOUR = 3_600


def checked(text: str, now: int = NOW, trust: Trust = TRUST, audience: int = HERE, denied: frozenset = frozenset()):
    return check(text, trust, audience, now, denied)


def raw(**changes: int) -> str:
    """Well signed, whatever it says."""
    return base45.encode(attested(body(**changes)))


def malleable(text: str) -> str:
    """The same signature with S + L for S: everyone can compute it, and a lax verifier takes it."""
    data = base45.decode(text)
    s = int.from_bytes(data[-32:], "little") + ORDER_L
    return base45.encode(data[:-32] + s.to_bytes(32, "little"))


@pytest.mark.parametrize(("colour", "holder"), PASSES)
def test_a_token_of_every_colour_and_holder_reads_back_the_same(colour, holder):
    made = replace(TOKEN, colour=colour, holder=holder)
    assert checked(token(colour=colour, holder=holder)) == made


@LAW
@given(
    st.builds(
        Token,
        st.just(KID),
        st.sampled_from(Colour),
        st.sampled_from(Holder),
        st.binary(min_size=8, max_size=8),
        st.integers(NOW - DAY, NOW + DAY - 1),
        st.integers(0, 60),
        st.just(HERE),
    )
)
def test_whatever_is_issued_reads_back_the_same(made):
    text = make(made, private("today").sign)
    assert checked(text, now=made.issued_at) == made
    assert (len(text), len(base45.decode(text))) == (TOKEN_CHARACTERS, TOKEN_BYTES) == (123, 82)
    assert set(text) <= set(base45.ALPHABET)


def test_no_two_passes_share_a_byte_and_a_red_paper_is_not_a_green_one():
    assert len(set(KINDS.values())) == len(PASSES) == len(COLOURS) * len(HOLDERS) == 15


@pytest.mark.parametrize("holder", ON_SCREEN)
@pytest.mark.parametrize(
    ("after_s", "refused"),
    [
        (-31, Refused.EARLY),
        (-30, None),
        (0, None),
        (60, None),
        (89, None),
        (90, None),
        (91, Refused.EXPIRED),
        (86_400, Refused.EXPIRED),
    ],
)
def test_a_shown_pass_is_good_for_a_minute_and_half_a_minute_of_skew_on_both_sides(holder, after_s, refused):
    made = replace(TOKEN, holder=holder)
    assert checked(token(holder=holder), now=NOW + after_s) == (refused or made)


@pytest.mark.parametrize(
    ("hours", "after_s", "refused"),
    [
        (1, HOUR + 30, None),
        (1, HOUR + 31, Refused.EXPIRED),
        (168, 7 * DAY + 30, None),
        (168, 7 * DAY + 31, Refused.EXPIRED),
        (169, 0, Refused.FORM),
        (255, 0, Refused.FORM),
        (24, -31, Refused.EARLY),
    ],
)
def test_a_paper_pass_is_good_for_its_hours_seven_days_at_most(hours, after_s, refused):
    text = token(holder=Holder.PAPER, ttl=hours)
    assert checked(text, now=NOW + after_s) == (refused or replace(TOKEN, holder=Holder.PAPER, ttl=hours))


CASES = {
    Refused.LENGTH: lambda: checked(token()[:-3]),
    Refused.ALPHABET: lambda: checked("汉" + token()[1:]),
    Refused.VERSION: lambda: checked(raw(version=2)),
    Refused.UNKNOWN_KEY: lambda: checked(token(kid=KID + 9)),
    Refused.REMOVED_KEY: lambda: checked(token(kid=99)),
    Refused.KEY_EXPIRED: lambda: checked(token(issued_at=NOW + DAY), now=NOW + DAY),
    Refused.SIGNATURE: lambda: checked(token("somebody else")),
    Refused.FORM: lambda: checked(raw(kind=0x35)),
    Refused.AUDIENCE: lambda: checked(token(holder=Holder.PAPER), audience=FOSHAN),
    Refused.EARLY: lambda: checked(token(), now=NOW - 31),
    Refused.EXPIRED: lambda: checked(token(), now=NOW + 91),
    Refused.DENIED: lambda: checked(token(), denied=frozenset({TOKEN.pseudonym})),
    Refused.PAPER_OFFLINE: lambda: offline(token(holder=Holder.PAPER), TRUST, HERE, NOW, ()),
}


@pytest.mark.parametrize("refused", Refused)
def test_every_reason_to_refuse_can_be_met(refused):
    assert CASES[refused]() is refused


def test_every_reason_has_a_stable_code_of_its_own():
    assert {refused.value for refused in Refused} == {
        *("token.alphabet", "token.length", "token.version", "token.unknown-key", "token.removed-key"),
        *("token.key-expired", "token.signature", "token.form", "token.audience", "token.early", "token.expired"),
        *("token.denied", "token.paper-offline"),
    }


@pytest.mark.parametrize("field", ["version", "kind", "ttl"])
def test_of_all_values_of_a_byte_only_the_agreed_ones_are_read(field):
    agreed = {"version": {1}, "kind": set(KINDS.values()), "ttl": set(range(61))}[field]
    read = {value for value in range(256) if isinstance(checked(raw(**{field: value})), Token)}
    assert read == agreed


def test_of_all_kids_only_that_of_the_signing_key_is_believed():
    answers = {kid: checked(token(kid=kid)) for kid in range(256)}
    assert answers.pop(KID) == TOKEN
    assert answers.pop(KID + 1) is Refused.SIGNATURE
    assert answers.pop(99) is Refused.REMOVED_KEY
    assert set(answers.values()) == {Refused.UNKNOWN_KEY}


@pytest.mark.parametrize(("after_s", "believed"), [(-DAY - 1, False), (-DAY, True), (DAY - 1, True), (DAY, False)])
def test_a_key_is_good_for_what_was_issued_in_its_time_and_for_nothing_else(after_s, believed):
    answer = checked(token(issued_at=NOW + after_s), now=NOW + after_s)
    assert answer == (replace(TOKEN, issued_at=NOW + after_s) if believed else Refused.KEY_EXPIRED)


def test_what_was_issued_in_a_keys_last_second_is_good_for_its_whole_time():
    text = token(issued_at=NOW + DAY - 1)
    assert isinstance(checked(text, now=NOW + DAY + 89), Token)


def test_a_removed_key_is_dead_also_while_the_list_still_names_it():
    trust = Trust(TRUST.keys, frozenset({(HERE, KID)}))
    assert checked(token(), trust=trust) is Refused.REMOVED_KEY
    assert isinstance(checked(token("foshan", audience=FOSHAN), trust=trust), Token)


def test_a_second_signature_made_from_a_valid_one_is_refused_whoever_verifies():
    lax = GateKey()
    object.__setattr__(lax, "check", lambda signature, message: True)
    trust = Trust({(HERE, KID): lax})
    assert isinstance(checked(token(), trust=trust), Token)
    assert checked(malleable(token()), trust=trust) is Refused.SIGNATURE
    assert checked(malleable(token())) is Refused.SIGNATURE


@pytest.mark.parametrize(("s", "canonical"), [(0, True), (ORDER_L - 1, True), (ORDER_L, False), (2**256 - 1, False)])
def test_s_is_below_the_order_of_the_group(s, canonical):
    assert is_canonical(bytes(32) + s.to_bytes(32, "little")) is canonical


def test_what_was_signed_for_another_purpose_is_no_token():
    text = base45.encode(attested(body(), context=CONTEXT.replace(b"gate", b"list")))
    assert checked(text) is Refused.SIGNATURE


@pytest.mark.parametrize("holder", ON_SCREEN)
def test_the_pass_of_another_issuer_on_the_list_is_recognised(holder):
    text = token("foshan", audience=FOSHAN, holder=holder)
    assert checked(text) == replace(TOKEN, audience=FOSHAN, holder=holder)


@pytest.mark.parametrize(
    ("key", "audience", "refused"),
    [
        ("foshan", HERE, Refused.SIGNATURE),
        ("today", FOSHAN, Refused.SIGNATURE),
        ("today", NOWHERE, Refused.UNKNOWN_KEY),
    ],
)
def test_an_issuer_signs_for_nobody_else(key, audience, refused):
    assert checked(token(key, audience=audience)) is refused


@pytest.mark.parametrize("colour", Colour)
def test_the_denylist_stops_what_admits_and_never_hides_a_worse_colour(colour):
    answer = checked(token(colour=colour), denied=frozenset({TOKEN.pseudonym}))
    admits = VERDICTS[colour] is Verdict.ADMIT
    assert answer == (Refused.DENIED if admits else replace(TOKEN, colour=colour))
    assert isinstance(checked(token(colour=colour), denied=frozenset({bytes(8)})), Token)


@pytest.mark.parametrize("holder", ON_SCREEN)
@pytest.mark.parametrize(
    ("colour", "verdict"),
    [
        (Colour.GREEN, Verdict.ADMIT),
        (Colour.BLUE, Verdict.ADMIT),
        (Colour.YELLOW, Verdict.HOLD),
        (Colour.RED, Verdict.REFUSE),
        (Colour.NONE, Verdict.CANNOT_VERIFY),
    ],
)
def test_what_a_gate_without_network_says(holder, colour, verdict):
    assert offline(token(colour=colour, holder=holder), TRUST, HERE, NOW, ()) is verdict


@pytest.mark.parametrize("colour", Colour)
def test_a_paper_pass_is_never_checked_without_network(colour):
    assert offline(token(colour=colour, holder=Holder.PAPER), TRUST, HERE, NOW, ()) is Refused.PAPER_OFFLINE


def test_without_network_a_refused_token_gets_its_reason_and_no_verdict():
    assert offline(token(), TRUST, HERE, NOW + 91, ()) is Refused.EXPIRED
    assert offline(token(), TRUST, HERE, NOW, {TOKEN.pseudonym}) is Refused.DENIED


@LAW
@given(st.text() | st.text(base45.ALPHABET, min_size=123, max_size=123) | st.text(min_size=123, max_size=123))
def test_any_text_whatever_is_refused_by_code_and_raises_nothing(text):
    assert isinstance(checked(text), Refused)


@LAW
@given(st.integers(0, 2**33))
def test_a_slot_begins_every_half_minute(at):
    assert slot_of(at) <= at < slot_of(at) + SLOT_S
    assert slot_of(at) % SLOT_S == 0


def test_on_an_empty_list_nobody_is_trusted():
    assert checked(token(), trust=Trust({})) is Refused.UNKNOWN_KEY
