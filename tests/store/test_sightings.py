"""Where phones were and who was in a cell: written once however often, newest revision, nothing past its days."""

from __future__ import annotations

import pytest
from nanhai.domain.days import DAY_S, local_day
from nanhai.policies.trajectories import rule
from nanhai.store import batch_writing, presence, sightings
from nanhai.store.connection import client, table_name
from nanhai.store.presence import Segment
from nanhai.store.sightings import Linked
from nanhai.store.writes import StoreUnavailable, send

from tests.store.builders import NOW, PERSON, everything
from tests.store.trajectory_rows import OTHER_PHONE, PHONE, TODAY, person_day


def test_the_same_days_written_again_are_the_same_items(durable):
    rows = [person_day(TODAY - number % 15, revision) for number in range(30) for revision in (101, 102)]
    sightings.write(rows)
    once = everything("sightings")
    sightings.write([*reversed(rows), *rows])
    assert (len(once), everything("sightings")) == (30, once)


def test_the_newest_revision_of_each_day_is_read_by_one_query(durable, requests):
    sightings.write([person_day(TODAY - ago, revision) for ago in range(15) for revision in (101, 9_901, 301)])
    sightings.write([person_day(TODAY - 2, 2), person_day(phone=OTHER_PHONE), person_day(TODAY + 1, 101)])
    requests.clear()
    found = sightings.days(PHONE, TODAY - 14, TODAY, NOW)
    assert found == [person_day(day, 9_901) for day in range(TODAY - 14, TODAY + 1)]
    assert sightings.days(PHONE, TODAY - 2, TODAY - 2, NOW) == [person_day(TODAY - 2, 9_901)]
    assert [name for name, _ in requests] == ["Query", "Query"]


@pytest.mark.parametrize(("after_s", "there"), [(-1, 1), (0, 0), (DAY_S, 0)])
def test_a_day_is_read_until_the_midnight_that_ends_the_fourteenth_day_after_it(aws, after_s, there):
    sightings.write([person_day()])
    presence.write([Segment(TODAY, 7, b"entries")])
    now = sightings.expires_at(TODAY) + after_s
    assert local_day(sightings.expires_at(TODAY)) == TODAY + 15
    assert len(sightings.days(PHONE, TODAY, TODAY, now)) == there
    assert len(presence.around(TODAY, 7, now)) == there


def test_a_scan_meets_every_revision_and_nobodys_name(aws):
    rows = [person_day(TODAY - ago, revision, phone) for ago in (0, 1) for revision in (1, 2) for phone in ("a", "b")]
    sightings.write(rows)
    send([sightings.link("a", PERSON, NOW)])
    found, start = sightings.scan(0, 1, limit=3)
    while start is not None:
        more, start = sightings.scan(0, 1, start, limit=3)
        found += more
    assert sorted(map(repr, found)) == sorted(map(repr, rows))


def test_whose_phone_it_is_is_known_with_the_days_that_were_noted(aws):
    send([sightings.link(PHONE, PERSON, NOW)])
    assert sightings.links([PHONE, PHONE, OTHER_PHONE]) == {PHONE: Linked(PERSON, frozenset(), NOW)}
    sightings.note_stays(PHONE, [TODAY, TODAY - 1])
    sightings.note_stays(PHONE, [TODAY - 2], gone=[TODAY - 1])
    sightings.note_stays(OTHER_PHONE, [TODAY], gone=[TODAY - 1])
    assert sightings.links([PHONE, OTHER_PHONE]) == {PHONE: Linked(PERSON, frozenset({TODAY, TODAY - 2}), NOW)}


def test_an_image_of_the_stream_is_a_person_day_or_says_whose_phone_it_is(aws):
    sightings.write([person_day()])
    send([sightings.link(PHONE, PERSON, NOW)])
    assert [sightings.read(stored) for stored in everything("sightings")] in (
        [person_day(), None],
        [None, person_day()],
    )


def test_segments_are_found_by_day_and_cell_each_once(aws, monkeypatch):
    monkeypatch.setattr(presence, "SEGMENTS_PER_PAGE", 2)
    new = [Segment(TODAY, 7, bytes([number])) for number in range(5)]
    presence.write([*new, new[0]])
    presence.write([*new, Segment(TODAY, 8, b"x"), Segment(TODAY - 1, 7, b"y")])
    assert sorted(presence.around(TODAY, 7, NOW)) == [bytes([number]) for number in range(5)]
    monkeypatch.setattr(presence, "SEGMENTS_PER_PLACE_MAX", 3)
    with pytest.raises(presence.TooManySegments):
        presence.around(TODAY, 7, NOW)


def test_what_is_over_is_found_and_dropped_and_nothing_else(aws):
    sightings.write([person_day(TODAY - ago) for ago in (0, 14, 15, 16)])
    send([sightings.link(PHONE, PERSON, NOW)])
    presence.write([Segment(TODAY - ago, 7, b"x") for ago in (0, 14, 15, 16)])
    for table, store, when in (("sightings", sightings, (NOW,)), ("presence", presence, ())):
        keys, start = store.expired(NOW, 0, 1)
        assert (len(keys), start) == (2, None)
        store.drop(keys, *when)
        store.drop(keys, *when)
        assert store.expired(NOW, 0, 1) == ([], None)
        assert len(everything(table)) == (3 if table == "sightings" else 2)


def leaving(monkeypatch, times: int) -> list[int]:
    """Makes DynamoDB leave all but one item unprocessed so many times; the sizes of what it was told."""
    told, real = [], client().batch_write_item

    def partly(RequestItems):
        chunk = RequestItems[table_name("sightings")]
        told.append(len(chunk))
        if len(told) > times:
            return real(RequestItems=RequestItems)
        real(RequestItems={table_name("sightings"): chunk[:1]})
        return {"UnprocessedItems": {table_name("sightings"): chunk[1:]}}

    monkeypatch.setattr(client(), "batch_write_item", partly)
    monkeypatch.setattr(batch_writing, "PAUSE_S", 0)
    return told


def test_what_was_left_unprocessed_is_told_again(aws, monkeypatch):
    told = leaving(monkeypatch, 3)
    sightings.write([person_day(TODAY - ago) for ago in range(5)])
    assert (told, len(everything("sightings"))) == ([5, 4, 3, 2], 5)


def test_what_stays_unwritten_is_told(aws, monkeypatch):
    leaving(monkeypatch, 100)
    with pytest.raises(StoreUnavailable):
        sightings.write([person_day(TODAY - ago, revision) for ago in range(12) for revision in (1, 2)])


def test_days_are_kept_as_long_as_the_rules_say():
    assert rule().kept_days == sightings.KEPT_DAYS
