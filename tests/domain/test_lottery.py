"""The laws of the lottery: every ticket has the same chance, no order of entering counts, no one is drawn twice."""

from __future__ import annotations

import hashlib
import random
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nanhai.domain import lottery
from nanhai.domain.identifiers import ALPHABET
from nanhai.domain.lottery import Entry, Outcome, Published

ROUND = "01E4XW0000ROUND"
POINTS = ("EAST", "WEST", "NORTH")
TICKETS = st.text(ALPHABET, min_size=lottery.TICKET_LENGTH, max_size=lottery.TICKET_LENGTH)
PREFERENCES = st.lists(st.sampled_from(POINTS), min_size=1, unique=True).map(tuple)
ENTRIES = st.dictionaries(TICKETS, PREFERENCES, max_size=30).map(lambda told: [Entry(*one) for one in told.items()])
PORTIONS = st.fixed_dictionaries({point: st.integers(0, 8) for point in POINTS})
SEEDS = st.binary(min_size=lottery.SEED_BYTES, max_size=lottery.SEED_BYTES)


def seed(number: int) -> bytes:
    return hashlib.sha256(f"seed {number}".encode()).digest()


def drawn(secret: bytes, entries, portions, beacon: str = "") -> Published:
    """A round drawn as the platform does."""
    ordered = sorted(entries, key=lambda entry: entry.ticket)
    list_hash = lottery.extended(lottery.no_entries(ROUND), ordered)
    key = lottery.draw_key(secret, ROUND, list_hash, beacon)
    outcomes = tuple(lottery.chosen(lottery.ranked(key, ordered), dict(portions)))
    return Published(ROUND, lottery.commitment(ROUND, secret), portions, list_hash, beacon, secret, outcomes)


def chi_square(counts: Counter, cells: int) -> float:
    expected = counts.total() / cells
    return sum((counts[cell] - expected) ** 2 / expected for cell in range(cells))


# With 9 degrees of freedom 27.9 is exceeded once in a thousand times: with these fixed seeds it is not, or always.
CELLS, DRAWS, MOST = 10, 5_000, 27.9


def test_every_ticket_has_the_same_chance_of_every_rank():
    entries = [Entry(f"{number:016d}", ("EAST",)) for number in range(CELLS)]
    ranks = [Counter() for _ in entries]
    for number in range(DRAWS):
        key = lottery.draw_key(seed(number), ROUND, "00" * 32, "")
        for rank, entry in enumerate(lottery.ranked(key, entries)):
            ranks[int(entry.ticket)][rank] += 1
    assert [ticket for ticket, counts in enumerate(ranks) if chi_square(counts, CELLS) > MOST] == []


def test_every_ticket_wins_equally_often_with_few_portions_and_lists_that_change():
    """Whatever ticket: three of ten win, thirty in a hundred times, beside others in every draw."""
    chance, wins = random.Random(20200301), Counter()
    for number in range(DRAWS // 5):
        others = [Entry("".join(chance.choices(ALPHABET, k=16)), ("EAST",)) for _ in range(5)]
        entries = [*(Entry(f"{ticket:016d}", ("EAST",)) for ticket in range(CELLS)), *others]
        for outcome in drawn(seed(number), entries, {"EAST": 3}).outcomes:
            if outcome.point and outcome.entry not in others:
                wins[int(outcome.entry.ticket)] += 1
    assert chi_square(wins, CELLS) < MOST


def test_buckets_are_evenly_filled_and_follow_each_other_as_the_places_do():
    key = seed(1)
    places = sorted(lottery.place(key, f"{number:016d}") for number in range(DRAWS))
    buckets = [lottery.bucket(place, CELLS) for place in places]
    assert buckets == sorted(buckets)
    assert chi_square(Counter(buckets), CELLS) < MOST
    assert {lottery.bucket(bytes(32), 7), lottery.bucket(b"\xff" * 32, 7)} == {0, 6}


@given(SEEDS, ENTRIES, PORTIONS, st.randoms(use_true_random=False))
def test_the_order_of_entering_counts_for_nothing(secret, entries, portions, chance):
    shuffled = chance.sample(entries, len(entries))
    assert drawn(secret, entries, portions) == drawn(secret, shuffled, portions)


@given(SEEDS, ENTRIES, TICKETS)
def test_with_one_key_another_entry_leaves_the_order_of_the_others_as_it_was(key, entries, ticket):
    """In a draw it changes the key as well, through the hash of the list: then all are drawn anew."""
    others = [entry for entry in entries if entry.ticket != ticket]
    with_it = lottery.ranked(key, [*others, Entry(ticket, ("EAST",))])
    assert [entry for entry in with_it if entry.ticket != ticket] == lottery.ranked(key, others)


@given(SEEDS, ENTRIES, TICKETS)
def test_another_entry_another_preference_or_another_beacon_gives_another_key(secret, entries, ticket):
    others = [entry for entry in entries if entry.ticket != ticket]
    lists = [others, [*others, Entry(ticket, ("EAST",))], [*others, Entry(ticket, ("WEST",))]]
    hashes = {drawn(secret, entries, {}).list_hash for entries in lists}
    keys = {lottery.draw_key(secret, ROUND, told, beacon) for told in hashes for beacon in ("", "2996.76")}
    assert (len(hashes), len(keys)) == (3, 6)


@given(SEEDS, ENTRIES, PORTIONS)
def test_nobody_is_passed_over_for_somebody_drawn_later(secret, entries, portions):
    """Whoever got none, or less than their best, did so because nothing was left there when their turn came."""
    told, left = drawn(secret, entries, portions), dict(portions)
    for outcome in told.outcomes:
        points = outcome.entry.points
        better = points if outcome.point is None else points[: points.index(outcome.point)]
        assert all(left[point] == 0 for point in better)
        if outcome.point is not None:
            left[outcome.point] -= 1
    assert min(left.values()) >= 0


@given(SEEDS, ENTRIES, PORTIONS)
def test_an_honest_draw_has_no_fault(secret, entries, portions):
    assert lottery.faults(drawn(secret, entries, portions, "beacon")) == ()


ENTRIES_HERE = [Entry(f"{number:016d}", POINTS[number % 2 :]) for number in range(12)]
HONEST = drawn(seed(7), ENTRIES_HERE, {"EAST": 3, "WEST": 2, "NORTH": 1})
FIRST, SECOND = HONEST.outcomes[:2]


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        (replace(HONEST, seed=seed(8)), "commitment"),
        (replace(HONEST, commitment="00" * 32), "commitment"),
        (replace(HONEST, outcomes=HONEST.outcomes[1:]), "list"),
        (replace(HONEST, outcomes=(*HONEST.outcomes, FIRST)), "list"),
        (replace(HONEST, outcomes=(*HONEST.outcomes, Outcome(Entry("Z" * 16, ("EAST",)), None))), "list"),
        (replace(HONEST, outcomes=(SECOND, FIRST, *HONEST.outcomes[2:])), "ranking"),
        (replace(HONEST, beacon="another"), "ranking"),
        (replace(HONEST, outcomes=(replace(FIRST, point=None), *HONEST.outcomes[1:])), "winners"),
        (replace(HONEST, portions={"EAST": 2, "WEST": 2, "NORTH": 1}), "winners"),
    ],
)
def test_what_was_changed_of_a_draw_is_found(changed, fault):
    assert fault in lottery.faults(changed)


def test_the_words_of_a_draw_are_these_forever():
    """Whoever wrote a check of their own must not find it broken."""
    assert HONEST.commitment == "ed5a2d71ac53682370709e4558bc8e642ac82ee065607c0e3c497ec127f1abd7"
    assert HONEST.list_hash == "a0b8af80edda7e733608137473d88861dc29695dcb724d0901d4331eb079fccb"
    assert " ".join(outcome.entry.ticket[-2:] for outcome in HONEST.outcomes) == ("03 05 10 07 09 01 08 06 04 11 02 00")
