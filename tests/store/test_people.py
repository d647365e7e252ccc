"""People: every record raises the version by one, and the head's copy of the facts cannot drift."""

from __future__ import annotations

import pytest
from nanhai.domain.errors import Poison
from nanhai.domain.identifiers import person_id
from nanhai.store import people
from nanhai.store.connection import client, table_name
from nanhai.store.people import FACTS_MAX, Access, Link
from nanhai.store.writes import ConditionFailed, commit

from tests.items import item
from tests.store.builders import COMMUNITY, DAY, NOW, OTHER, PERSON, once, record, refusal, register


def write(*numbers: int, person=PERSON, **how):
    return people.write_records(person, [record(n, person) for n in numbers], NOW, **how)


def test_a_new_person_has_no_records(aws):
    register()
    assert people.head(PERSON) == people.Head(PERSON, 0, COMMUNITY, (), trimmed=False, changed_at=NOW)
    assert people.facts_of(people.head(PERSON)) == people.records(PERSON) == ()
    assert refusal(people.new_person(PERSON, COMMUNITY, NOW)) == ("person",)


def test_a_person_may_begin_with_records(aws):
    commit(people.new_person_with(PERSON, COMMUNITY, [record(1), record(2)], NOW))
    head = people.head(PERSON)
    assert (head.version, people.facts_of(head)) == (1, (record(1), record(2)))
    assert people.records(PERSON) == (record(1), record(2))


def test_every_write_raises_the_version_and_keeps_head_and_records_the_same(aws):
    register()
    for number in range(1, 6):
        write(2 * number, 2 * number + 1)
        head = people.head(PERSON)
        assert (head.version, len(head.facts)) == (number, 2 * number)
        assert sorted(people.facts_of(head), key=repr) == sorted(people.records(PERSON), key=repr)


def test_the_same_record_is_written_once(aws):
    register()
    write(1)
    with pytest.raises(ConditionFailed, match="record"):
        write(1)
    assert (people.head(PERSON).version, len(people.records(PERSON))) == (1, 1)


def test_what_goes_with_a_record_is_written_with_it_or_neither_is(aws):
    register()
    link = people.link(PERSON, OTHER, "child", NOW + DAY)
    write(1, extra=[link])
    with pytest.raises(ConditionFailed, match="link"):
        write(2, extra=[link])
    assert (len(people.records(PERSON)), people.head(PERSON).version) == (1, 1)


def test_nobody_has_no_records_to_write(aws):
    with pytest.raises(ConditionFailed, match="head"):
        write(1)
    assert people.head(PERSON) is None
    assert people.records(PERSON) == ()


@pytest.mark.parametrize("more", [1, 2])
def test_beyond_96_facts_the_head_counts_on_and_the_records_are_read(aws, more):
    register()
    for start in range(0, FACTS_MAX, 24):
        write(*range(start, start + 24))
    full = people.head(PERSON)
    assert (full.trimmed, len(full.facts), full.version) == (False, FACTS_MAX, 4)
    write(*range(FACTS_MAX, FACTS_MAX + more))
    write(500)
    head = people.head(PERSON)
    assert (head.trimmed, len(head.facts), head.version) == (True, FACTS_MAX, 6)
    assert len(people.facts_of(head)) == FACTS_MAX + more + 1


def test_once_written_a_record_is_not_written_again_even_when_the_head_has_filled_up(aws):
    register()
    write(*range(FACTS_MAX - 1))
    write(1_000, once=once("key"), answer=b"first")
    again = write(1_001, once=once("key"), answer=b"second")
    assert (again.answer, again.replayed, len(people.records(PERSON))) == (b"first", True, FACTS_MAX)


def test_many_records_are_read_page_by_page(aws, monkeypatch):
    monkeypatch.setattr(people, "RECORDS_PER_PAGE", 7)
    register()
    for start in range(0, 48, 24):
        write(*range(start, start + 24))
    assert {found.record_id for found in people.records(PERSON)} == {record(n).record_id for n in range(48)}


def test_an_unreadable_fact_is_poison(aws):
    head = item(
        person_id=PERSON, sk="head", version=1, community=COMMUNITY, facts=['{"c":"depositor"}'], changed_at=NOW
    )
    client().put_item(TableName=table_name("people"), Item=head)
    with pytest.raises(Poison):
        people.facts_of(people.head(PERSON))


def test_the_profile_is_what_was_put_last(aws):
    assert people.profile(PERSON) is None
    for sealed in (b"one", b"two"):
        commit([people.put_profile(PERSON, sealed)])
        assert people.profile(PERSON) == sealed


def test_a_move_raises_the_version_so_that_the_pass_follows(aws):
    register()
    commit([people.move(PERSON, "440605002001", NOW + 1)])
    head = people.head(PERSON)
    assert (head.community, head.version, head.changed_at) == ("440605002001", 1, NOW + 1)
    assert refusal(people.move(OTHER, "440605002001", NOW)) == ("head",)


@pytest.mark.parametrize(("after_s", "acts"), [(0, True), (DAY - 1, True), (DAY, False)])
def test_a_guardian_acts_until_the_link_ends(aws, after_s, acts):
    commit([people.link(PERSON, OTHER, "child", NOW + DAY)])
    made = Link(PERSON, OTHER, "child", NOW + DAY)
    assert people.links(PERSON, NOW + after_s) == ([made] if acts else [])
    assert people.link_between(PERSON, OTHER, NOW + after_s) == (made if acts else None)
    assert people.link_between(OTHER, PERSON, NOW) is None


def test_who_looked_is_told_newest_first_page_by_page(aws):
    seen = [Access(NOW + n, f"staff-{n}", "community-officer", "org", "case 7") for n in range(5)]
    for n, access in enumerate(seen):
        commit([people.note_access(PERSON, access, f"{n:026d}")])
    first, start = people.accesses(PERSON, 3)
    rest, end = people.accesses(PERSON, 3, start)
    assert [*first, *rest] == seen[::-1]
    assert end is None
    assert people.accesses(OTHER, 3) == ([], None)


def test_heads_of_nobody_are_not_there(aws):
    register()
    assert set(people.heads([PERSON, OTHER, person_id(9)])) == {PERSON}
