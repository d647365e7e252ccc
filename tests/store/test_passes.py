"""Passes: a projection whose version never goes back, its past, its next boundary, and papers."""

from __future__ import annotations

import pytest
from nanhai.domain.colour import Colour
from nanhai.domain.errors import Poison
from nanhai.domain.identifiers import PolicyVersion, person_id
from nanhai.domain.timeline import Segment
from nanhai.store import passes
from nanhai.store.connection import client, table_name
from nanhai.store.passes import REVIEW_SHARDS, Paper, Past
from nanhai.store.writes import commit

from tests.items import item
from tests.store.builders import DAY, NOW, OTHER, PERSON, everything, refusal, register, stored_pass


def boundaries(until, limit=50):
    found = {shard: passes.boundaries(shard, until, limit)[0] for shard in range(REVIEW_SHARDS)}
    return [person for shard in found.values() for person in shard]


@pytest.mark.parametrize("colour", Colour)
def test_a_pass_is_read_as_it_was_put_with_its_head_by_one_request(aws, requests, colour):
    register()
    new = stored_pass(colour=colour)
    assert passes.put_pass(new, None)
    requests.clear()
    head, found = passes.one(PERSON)
    assert (head.version, found) == (0, new)
    assert [name for name, _ in requests] == ["BatchGetItem"]


def test_whoever_has_none_has_none(aws):
    assert passes.one(PERSON) == (None, None)
    register()
    head, found = passes.one(PERSON)
    assert (head.person_id, found) == (PERSON, None)


@pytest.mark.parametrize(
    ("new", "stored"),
    [
        (stored_pass(6, NOW + 1), True),  # a newer record
        (stored_pass(6, NOW - 9), True),  # though computed on a slow clock
        (stored_pass(5, NOW + 1), True),  # computed later, under a newer policy perhaps
        (stored_pass(5, NOW), True),  # the same again is harmless
        (stored_pass(5, NOW - 1), False),
        (stored_pass(4, NOW + 1), False),
        (stored_pass(0, NOW + 10**6), False),
    ],
)
def test_the_version_never_goes_back(aws, new, stored):
    old = stored_pass(5, NOW)
    assert passes.put_pass(old, None)
    assert passes.put_pass(new, old) is stored
    assert passes.one(PERSON)[1] == (new if stored else old)


def test_who_saw_another_pass_than_the_stored_one_replaces_nothing(aws):
    old, newer = stored_pass(1), stored_pass(2, NOW + 1, colour=Colour.YELLOW)
    assert passes.put_pass(old, None)
    assert passes.put_pass(newer, old)
    assert not passes.put_pass(stored_pass(9, NOW + 9), old)
    assert not passes.put_pass(stored_pass(9, NOW + 9), None)
    assert passes.one(PERSON)[1] == newer
    assert len(passes.past(PERSON, 10)[0]) == 2


def test_the_past_tells_every_change_newest_first_page_by_page(aws):
    yellow = stored_pass(2, NOW + 60, colour=Colour.YELLOW, told_since=NOW)
    green = stored_pass(3, NOW + 120, told_since=NOW + 120)
    passes.put_pass(stored_pass(1), None)
    passes.put_pass(yellow, stored_pass(1))
    passes.put_pass(green, yellow)
    first, start = passes.past(PERSON, 2)
    rest, end = passes.past(PERSON, 2, start)
    policy = PolicyVersion("nanhai-2020-03-01")
    assert [*first, *rest] == [
        Past(NOW + 120, 3, policy, Segment(NOW, None, Colour.GREEN, ())),
        Past(NOW + 60, 2, policy, yellow.timeline.segments[0]),
        Past(NOW, 1, policy, Segment(NOW, None, Colour.GREEN, ())),
    ]
    assert end is None


def test_a_new_version_that_says_the_same_is_no_change(aws):
    """A record that changes no colour, computed again: nothing new to tell."""
    passes.put_pass(stored_pass(1), None)
    passes.put_pass(stored_pass(2, NOW + 5), stored_pass(1))
    assert (passes.one(PERSON)[1].record_version, len(passes.past(PERSON, 10)[0])) == (2, 1)


def test_only_a_pass_whose_told_segment_ends_waits_for_review(aws):
    passes.put_pass(stored_pass(colour=Colour.YELLOW), None)
    passes.put_pass(stored_pass(person=OTHER), None)
    assert boundaries(NOW + DAY - 1) == []
    assert boundaries(NOW + DAY) == boundaries(NOW + 9 * DAY) == [PERSON]
    told = stored_pass(colour=Colour.YELLOW, computed_at=NOW + DAY, told_since=NOW + DAY, colour_told=Colour.GREEN)
    assert passes.put_pass(told, stored_pass(colour=Colour.YELLOW))
    assert boundaries(NOW + 9 * DAY) == []


def test_boundaries_come_page_by_page_longest_ago_first(durable):
    persons = [person_id(number) for number in range(64)]
    for person in persons:
        passes.put_pass(stored_pass(person=person, colour=Colour.YELLOW), None)
    shard = max(range(REVIEW_SHARDS), key=lambda number: len(passes.boundaries(number, NOW + DAY, 50)[0]))
    whole, _ = passes.boundaries(shard, NOW + DAY, 50)
    first, start = passes.boundaries(shard, NOW + DAY, 1)
    rest, _ = passes.boundaries(shard, NOW + DAY, 50, start)
    assert sorted([*first, *rest]) == sorted(whole)
    assert sorted(boundaries(NOW + DAY)) == persons


@pytest.mark.parametrize(
    "wrong", [{"timeline": "[]"}, {"timeline": "{"}, {"timeline": None}, {"colour_told": "purple"}]
)
def test_an_unreadable_pass_is_poison_and_never_a_colour_and_gives_way_to_a_readable_one(aws, wrong):
    stored = passes._row(stored_pass(9, NOW + 99)).serialize() | item(**wrong)
    stored = {name: value for name, value in stored.items() if wrong.get(name, "") is not None}
    client().put_item(TableName=table_name("passes"), Item=stored)
    with pytest.raises(Poison):
        passes.one(PERSON)
    assert passes.put_pass(stored_pass(1), None)
    assert passes.one(PERSON)[1] == stored_pass(1)


def test_a_paper_is_there_until_it_is_revoked(aws):
    papers = [Paper(PERSON, NOW + n, NOW + n + DAY) for n in range(3)]
    assert [refusal(passes.put_paper(paper)) for paper in (*papers, papers[0])] == [(), (), (), ("paper",)]
    assert passes.papers(PERSON) == papers[::-1]
    assert passes.paper(PERSON, NOW) == papers[0]
    commit([passes.revoke_paper(PERSON, NOW)])
    assert refusal(passes.revoke_paper(PERSON, NOW)) == ("paper",)
    assert passes.paper(PERSON, NOW) is None
    assert passes.papers(PERSON) == [papers[2], papers[1]]
    assert (passes.papers(OTHER), passes.one(PERSON), passes.past(PERSON, 9)[0]) == ([], (None, None), [])


def test_a_sweep_meets_everybody_once_in_whatever_segments(durable, monkeypatch):
    monkeypatch.setattr(passes, "SEGMENT_ROWS_MAX", 7)
    persons = [register(person_id(number)) for number in range(30)]
    for segments in (1, 4):
        met = []
        for segment in range(segments):
            start = None
            while True:
                page, start = passes.scan_people(segment, segments, start)
                met += page
                if start is None:
                    break
        assert sorted(met) == sorted(persons)
    assert len(everything("people")) == 30
