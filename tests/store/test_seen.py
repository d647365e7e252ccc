"""Sightings, the denylist and live counts."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from nanhai.domain.colour import Colour, Verdict
from nanhai.domain.days import local_day
from nanhai.domain.denial import MATTERS_S
from nanhai.domain.errors import Poison
from nanhai.domain.identifiers import person_id
from nanhai.store import counters, denylist, scans
from nanhai.store.counters import GATE_KEPT_S, Counted
from nanhai.store.denylist import ENTRIES_MAX, Denied
from nanhai.store.scans import KEPT_S, SIGHTINGS_PER_TOKEN_MAX, Sighting, TooManySightings, elsewhere
from nanhai.store.writes import commit, send

from tests.store.builders import DAY, NOW, OTHER, PERSON

SEEN, SLOT = bytes(range(8)), NOW - NOW % 30
SIGHTING = Sighting(NOW, "GATE1", Verdict.ADMIT, Colour.GREEN, online=True)
TOWN, OTHER_TOWN = "440605001", "440605002"
gate_ids = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-", min_size=1, max_size=12)


def test_a_sighting_tells_of_the_earlier_ones_of_the_same_token(aws):
    second = replace(SIGHTING, at=NOW + 5, gate="GATE2")
    before = replace(SIGHTING, at=NOW - 5, online=False)
    assert scans.note(SEEN, SLOT, SIGHTING, NOW) == []
    assert scans.note(SEEN, SLOT, second, NOW) == [SIGHTING]
    assert scans.note(SEEN, SLOT, before, NOW) == [SIGHTING, second]
    assert scans.note(SEEN, SLOT + 30, SIGHTING, NOW) == []
    assert scans.note(bytes(8), SLOT, SIGHTING, NOW) == []


def test_the_same_sighting_is_kept_once_however_often_it_is_uploaded(aws):
    for _ in range(3):
        scans.note(SEEN, SLOT, SIGHTING, NOW)
    assert scans.of_day(SEEN, local_day(SLOT), NOW, 10) == [(SLOT, SIGHTING)]


@pytest.mark.parametrize(("after_s", "kept"), [(0, True), (KEPT_S - 1, True), (KEPT_S, False)])
def test_sightings_are_kept_fourteen_days_from_the_first(aws, after_s, kept):
    scans.note(SEEN, SLOT, SIGHTING, NOW)
    scans.note(SEEN, SLOT, replace(SIGHTING, gate="GATE2"), NOW + DAY)
    assert bool(scans.of_day(SEEN, local_day(SLOT), NOW + after_s, 10)) is kept
    assert scans.of_day(SEEN, local_day(SLOT) + 1, NOW, 10) == []
    assert scans.of_day(bytes(8), local_day(SLOT), NOW, 10) == []


def test_a_token_that_is_seen_endlessly_fills_no_item(aws, monkeypatch):
    assert SIGHTINGS_PER_TOKEN_MAX == 200
    monkeypatch.setattr(scans, "SIGHTINGS_PER_TOKEN_MAX", 3)
    for number in range(3):
        scans.note(SEEN, SLOT, replace(SIGHTING, at=NOW + number), NOW)
    with pytest.raises(TooManySightings):
        scans.note(SEEN, SLOT, replace(SIGHTING, at=NOW + 3), NOW)
    assert len(scans.of_day(SEEN, local_day(SLOT), NOW, 10)) == 3


@settings(max_examples=300, deadline=None)
@given(
    st.builds(
        Sighting, st.integers(0, 2**36), gate_ids, st.sampled_from(Verdict), st.sampled_from(Colour), st.booleans()
    )
)
def test_a_sighting_survives_storage(seen):
    assert scans.read(scans.write(seen)) == seen


@pytest.mark.parametrize(
    "text", ["", "1#g#admit#green", "x#g#admit#green#online", "1#g#admit#green#maybe", "1#g#a#b#c"]
)
def test_an_unreadable_sighting_is_poison(text):
    with pytest.raises(Poison):
        scans.sightings_of({"sightings": {"SS": [text]}})


@pytest.mark.parametrize(
    ("other", "copied"),
    [
        ({"gate": "GATE2", "at": NOW + 20}, True),
        ({"gate": "GATE2", "at": NOW - 20}, True),
        ({"gate": "GATE2", "at": NOW + 21}, False),
        ({"at": NOW + 1}, False),
    ],
)
def test_at_two_gates_within_twenty_seconds_it_was_copied(other, copied):
    assert elsewhere(SIGHTING, [replace(SIGHTING, **other)], 20) is copied
    assert not elsewhere(SIGHTING, [], 20)


def test_an_entry_of_the_denylist_matters_for_ten_minutes_and_stands_once(aws):
    for denied in (Denied(NOW, SEEN), Denied(NOW, SEEN), Denied(NOW + 60, bytes(8))):
        commit([denylist.deny(denied)])
    both = [Denied(NOW, SEEN), Denied(NOW + 60, bytes(8))]
    assert denylist.since(0, NOW + 60) == both
    assert denylist.since(0, NOW + MATTERS_S - 1) == both
    assert denylist.since(0, NOW + MATTERS_S) == both[1:]
    assert denylist.since(NOW + 1, NOW + 60) == both[1:]
    assert denylist.since(0, NOW + MATTERS_S + 60) == []


def test_of_many_that_were_denied_in_one_second_none_is_lost(durable):
    """Also two whose pseudonyms end alike: a whole town can turn yellow at once."""
    alike = [(n << 40 | 1_000_000 * n).to_bytes(8, "big") for n in range(20)]
    chance = random.Random(7)
    for pseudonym in (*alike, *(chance.randbytes(8) for _ in range(80))):
        send([denylist.deny(Denied(NOW, pseudonym))])
    found = denylist.since(NOW, NOW)
    assert len({denied.pseudonym for denied in found}) == len(found) == 100
    assert found == sorted(found, key=lambda denied: denied.pseudonym)
    assert len(found) < ENTRIES_MAX


def test_a_longer_denylist_is_read_on_from_its_last_entry(durable, monkeypatch):
    """Also when all of it was denied in one second."""
    monkeypatch.setattr(denylist, "ENTRIES_MAX", 3)
    entries = [Denied(NOW, bytes((n,) * 8)) for n in range(7)] + [Denied(NOW + 1, bytes(8))]
    for denied in entries:
        send([denylist.deny(denied)])
    found = denylist.since(NOW, NOW + 1)
    while more := denylist.since(NOW, NOW + 1, beyond=found[-1]):
        found += more
    assert found == entries


def counted(town=TOWN, colour=Colour.GREEN, version=1):
    return Counted(town, colour, (version, NOW, NOW))


def test_a_person_is_counted_where_the_newest_version_says(aws):
    moves = [
        (PERSON, counted(), True),
        (PERSON, counted(), False),  # delivered twice
        (OTHER, counted(), True),
        (PERSON, counted(colour=Colour.RED, version=3), True),
        (PERSON, counted(colour=Colour.YELLOW, version=2), False),  # came late
        (PERSON, counted(OTHER_TOWN, Colour.RED, 4), True),
        (PERSON, counted(OTHER_TOWN, Colour.RED, 5), True),
    ]
    assert [counters.count(person, new) for person, new, _ in moves] == [done for *_, done in moves]
    nobody = dict.fromkeys(Colour, 0)
    assert counters.colours([TOWN, OTHER_TOWN, "440605003"]) == {
        TOWN: nobody | {Colour.GREEN: 1},
        OTHER_TOWN: nobody | {Colour.RED: 1},
        "440605003": nobody,
    }
    assert counters.counted(PERSON) == counted(OTHER_TOWN, Colour.RED, 5)
    assert counters.counted(person_id(9)) is None


def test_versions_are_compared_by_record_then_by_computing_then_by_telling(aws):
    for version, done in [
        ((1, 5, 5), True),
        ((1, 5, 6), True),
        ((1, 6, 0), True),
        ((1, 5, 9), False),
        ((2, 0, 0), True),
    ]:
        assert counters.count(PERSON, Counted(TOWN, Colour.GREEN, version)) is done
    assert counters.colours([TOWN])[TOWN][Colour.GREEN] == 1


def test_a_gate_counts_its_checks_by_verdict_and_day(aws):
    day = local_day(NOW)
    for second in range(12):
        commit([counters.add_at_gate("GATE1", day, {"admit": 2, "admit-temporary": 1}, NOW + second)])
    commit([counters.add_at_gate("GATE1", day + 1, {"refuse": 1}, NOW + DAY)])
    assert counters.at_gate("GATE1", day) == {"admit": 24, "admit-temporary": 12}
    assert (counters.at_gate("GATE1", day + 1), counters.at_gate("GATE2", day)) == ({"refuse": 1}, {})
    assert GATE_KEPT_S == 14 * DAY
