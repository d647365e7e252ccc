"""The denylist: what a gate was told to deny it denies for as long as that matters, whatever else it is handed."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nanhai.domain import denial
from nanhai.domain.denial import CONTEXT, LASTS_S, MATTERS_S, Begun, Delta, Denylist, Unusable, accept, read, write
from nanhai.domain.tokens import PAPER_HOURS_MAX, SKEW_S, SLOT_S, TTL_S
from nanhai.store import denylist

from tests.domain.issuing import NOW, GateKey, private

KEY = GateKey()
SEEN, OTHER = bytes(8), bytes(range(8))
DELTA = Delta(NOW, NOW - MATTERS_S, 60, NOW + LASTS_S, (SEEN,))
SLOTS_AHEAD = 10


def handed(delta: Delta, known: Denylist | None = None, now: int = NOW, key: str = "today") -> Denylist:
    payload = write(delta)
    return accept(payload, private(key).sign(CONTEXT + payload), KEY, known, now)


def refusal(*arguments, **named) -> str | None:
    try:
        handed(*arguments, **named)
    except Unusable as unusable:
        return unusable.code
    return None


def test_a_delta_is_read_from_the_store_in_whole_pages():
    assert denial.PSEUDONYMS_MAX % denylist.ENTRIES_MAX == 0


def test_no_token_that_was_fetched_before_outlives_the_denial():
    assert SLOTS_AHEAD * SLOT_S + TTL_S + 2 * SKEW_S <= MATTERS_S
    assert PAPER_HOURS_MAX * 3_600 > MATTERS_S  # a paper pass does, and is therefore never checked offline


@pytest.mark.parametrize(
    ("what", "code"),
    [
        ({}, None),
        ({"key": "tomorrow"}, "denylist.signature"),
        ({"now": NOW - SKEW_S}, None),
        ({"now": NOW - SKEW_S - 1}, "denylist.early"),
        ({"now": NOW + LASTS_S - 1}, None),
        ({"now": NOW + LASTS_S}, "denylist.expired"),
        ({"known": Denylist(NOW, {})}, None),
        ({"known": Denylist(NOW + 1, {})}, "denylist.older"),
        ({"delta": replace(DELTA, issued_at=KEY.not_after, expires_at=1 << 40), "now": KEY.not_after}, "denylist.key"),
        ({"delta": replace(DELTA, since=NOW - MATTERS_S + SKEW_S + 1)}, "denylist.gap"),
        ({"delta": replace(DELTA, since=NOW - 60), "known": Denylist(NOW - 60, {})}, None),
        ({"delta": replace(DELTA, since=NOW - 59), "known": Denylist(NOW - 60, {})}, "denylist.gap"),
        ({"delta": replace(DELTA, pseudonyms=(bytes(7),))}, "denylist.form"),
        ({"delta": replace(DELTA, since=True)}, "denylist.form"),
        ({"delta": replace(DELTA, last=1)}, "denylist.form"),
        ({"delta": replace(DELTA, part=1)}, "denylist.gap"),
        ({"delta": replace(DELTA, part=-1)}, "denylist.gap"),
        ({"delta": replace(DELTA, part=1), "known": Denylist(0, {}, Begun(NOW, DELTA.since, 1))}, None),
        ({"delta": replace(DELTA, part=2), "known": Denylist(0, {}, Begun(NOW, DELTA.since, 1))}, "denylist.gap"),
        ({"delta": replace(DELTA, part=1), "known": Denylist(0, {}, Begun(NOW - 1, DELTA.since, 1))}, "denylist.gap"),
        ({"delta": replace(DELTA, part=1), "known": Denylist(0, {}, Begun(NOW, DELTA.since + 1, 1))}, "denylist.gap"),
    ],
)
def test_a_delta_is_taken_or_refused_by_name(what, code):
    assert refusal(**({"delta": DELTA} | what)) == code


@given(st.binary(max_size=200) | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(json.dumps))
def test_whatever_is_signed_is_a_delta_or_unusable(content):
    payload = content if isinstance(content, bytes) else content.encode("utf-8", "replace")
    with pytest.raises(Unusable):
        accept(payload, private("today").sign(CONTEXT + payload), KEY, None, NOW)


def test_too_many_pseudonyms_are_refused(monkeypatch):
    monkeypatch.setattr(denial, "PSEUDONYMS_MAX", 1)
    assert refusal(replace(DELTA, pseudonyms=(SEEN, OTHER))) == "denylist.form"


pseudonyms = st.lists(st.binary(min_size=8, max_size=8), max_size=4).map(tuple)


@given(pseudonyms)
def test_what_is_written_is_read_back(listed):
    delta = replace(DELTA, pseudonyms=listed)
    assert read(write(delta)) == delta


@given(st.binary(min_size=1), st.integers(0, 10_000))
def test_no_other_bytes_pass_for_a_signed_delta(change, place):
    payload = write(DELTA)
    place %= len(payload)
    changed = payload[:place] + change + payload[place:]
    with pytest.raises(Unusable, match=r"denylist\.signature"):
        accept(changed, private("today").sign(CONTEXT + payload), KEY, None, NOW)


@given(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 3)), max_size=30))
def test_in_whatever_order_the_parts_come_a_gate_has_moved_on_only_with_all_of_them(order):
    """Of two deltas of four parts each, repeated, interleaved and left out at will."""
    deltas = [[_part(NOW + 60 * which, part) for part in range(4)] for which in range(2)]
    known: Denylist | None = None
    for which, part in order:
        try:
            known = handed(deltas[which][part], known, NOW + 60)
        except Unusable:
            continue
        moved_on = known.issued_at
        if moved_on:
            whole = deltas[(moved_on - NOW) // 60]
            assert known.at(NOW + 60) >= {pseudonym for each in whole for pseudonym in each.pseudonyms}


def _part(issued_at: int, part: int) -> Delta:
    pseudonym = (issued_at * 10 + part).to_bytes(8, "big")
    return Delta(issued_at, NOW - MATTERS_S, 0, issued_at + LASTS_S, (pseudonym,), part, last=part == 3)


@st.composite
def handings(draw):
    """Deltas in the order and at the times in which a gate is handed them: new ones, old ones again, late ones."""
    issued, made, rows, now = NOW, [], [], NOW
    for _ in range(draw(st.integers(1, 8))):
        now += draw(st.integers(0, 200))
        if made and draw(st.booleans()):
            rows.append((now, draw(st.sampled_from(made))))
            continue
        since, issued = draw(st.sampled_from([issued, now - MATTERS_S])), now
        made.append(Delta(issued, since, 60, issued + LASTS_S, draw(pseudonyms)))
        rows.append((now, made[-1]))
    return rows


@given(handings())
def test_once_told_to_deny_a_gate_denies_for_as_long_as_it_matters(rows):
    known: Denylist | None = None
    told: dict[bytes, int] = {}
    newest = 0
    for now, delta in rows:
        try:
            known = handed(delta, known, now)
        except Unusable:
            continue
        assert delta.issued_at >= newest
        newest = delta.issued_at
        told |= dict.fromkeys(delta.pseudonyms, delta.issued_at + MATTERS_S)
        assert known.at(now) == {pseudonym for pseudonym, until in told.items() if now < until}


@given(handings(), st.integers(0, MATTERS_S))
def test_taking_a_delta_never_leaves_a_gap_in_what_matters(rows, age):
    """Whatever moment of the last ten minutes: some accepted delta covers it."""
    known: Denylist | None = None
    covered: list[tuple[int, int]] = []
    for now, delta in rows:
        try:
            known = handed(delta, known, now)
        except Unusable:
            continue
        covered.append((delta.since, delta.issued_at))
        moment = delta.issued_at - age
        if moment >= now - MATTERS_S + SKEW_S:
            assert any(since <= moment <= until for since, until in covered)
