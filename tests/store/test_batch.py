"""Many items in few requests; what stays unread is told, never left out."""

from __future__ import annotations

import pytest
from nanhai.domain.identifiers import person_id
from nanhai.store import batch, people
from nanhai.store.connection import client, table_name
from nanhai.store.writes import StoreUnavailable

from tests.items import item
from tests.store.builders import COMMUNITY, NOW, register, stored_pass


def test_two_hundred_and_thirty_heads_come_in_three_requests(aws, requests):
    for number in range(230):
        head = item(person_id=person_id(number), sk="head", version=0, community=COMMUNITY, facts=[], changed_at=NOW)
        client().put_item(TableName=table_name("people"), Item=head)
    requests.clear()
    found = people.heads(person_id(number) for number in range(231))
    assert set(found) == {person_id(number) for number in range(230)}
    assert [name for name, _ in requests] == ["BatchGetItem"] * 3


def test_nothing_asked_is_nothing_requested(aws, requests):
    assert batch.get({"people": []}) == {"people": []}
    assert requests == []


def answering(monkeypatch, unprocessed: int) -> list[int]:
    """Makes DynamoDB leave all but one key unprocessed so many times; the sizes of what it was asked."""
    asked, real = [], client().batch_get_item

    def partly(RequestItems):
        keys = RequestItems[table_name("people")]["Keys"]
        asked.append(len(keys))
        if len(asked) > unprocessed:
            return real(RequestItems=RequestItems)
        done = real(RequestItems={table_name("people"): {"Keys": keys[:1], "ConsistentRead": True}})
        left = {table_name("people"): {"Keys": keys[1:], "ConsistentRead": True}}
        return {"Responses": done["Responses"], "UnprocessedKeys": left}

    monkeypatch.setattr(client(), "batch_get_item", partly)
    monkeypatch.setattr(batch, "PAUSE_S", 0)
    return asked


def test_what_was_left_unprocessed_is_asked_for_again(aws, monkeypatch):
    persons = [register(person_id(number)) for number in range(5)]
    asked = answering(monkeypatch, 3)
    assert set(people.heads(persons)) == set(persons)
    assert asked == [5, 4, 3, 2]


def test_what_stays_unread_is_told_and_nobody_is_left_out(aws, monkeypatch):
    persons = [register(person_id(number)) for number in range(20)]
    answering(monkeypatch, 100)
    with pytest.raises(StoreUnavailable):
        people.heads(persons)


def test_heads_and_passes_of_fifty_people_are_one_request(aws, requests):
    from nanhai.store import passes

    persons = [register(person_id(number)) for number in range(50)]
    for person in persons[:25]:
        passes.put_pass(stored_pass(person=person), None)
    requests.clear()
    heads, stored = passes.many(persons)
    assert (set(heads), set(stored)) == (set(persons), set(persons[:25]))
    assert [name for name, _ in requests] == ["BatchGetItem"]
