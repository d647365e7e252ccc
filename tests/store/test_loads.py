"""What operators delivered: begun once, noted part by part; and where their towers stand, by versions."""

from __future__ import annotations

from msgspec.structs import replace
from nanhai.store import loads, towers
from nanhai.store.loads import Part, Reject, Staged
from nanhai.store.towers import Version

from tests.store.builders import NOW, everything, together
from tests.store.trajectory_rows import LOAD, PART, REJECTS, STAGED, loaded


def test_a_load_is_what_it_was_when_it_was_first_begun(aws):
    assert loads.get("china-mobile", 7) is None
    assert loads.begin(LOAD) == LOAD
    assert loads.begin(replace(LOAD, digest="other", at=NOW + 9)) == LOAD
    assert loads.get("china-mobile", 7) == LOAD


def test_begun_by_many_at_once_it_is_one(durable):
    begun = together(8, lambda number: loads.begin(replace(LOAD, at=NOW + number)))
    assert {load.at for load in begun} == {loads.get("china-mobile", 7).at}


def test_what_was_noted_of_it_is_read_and_noted_again_it_is_the_same(aws):
    loaded()
    was = everything("loads")
    loaded()
    assert everything("loads") == was
    assert loads.get("china-mobile", 7) == STAGED
    others = [LOAD, replace(STAGED, sequence=8), replace(LOAD, staged=Staged(3, 100))]
    assert [loads.finished(load) for load in (STAGED, *others)] == [{1: PART}, {}, {}, {}]
    assert loads.rejects("china-mobile", 7) == (REJECTS, None)
    assert [loads.refusal("china-mobile", number) for number in (7, 8)] == ["sightings.load-differs", None]


def test_rejects_are_kept_up_to_a_bound_and_read_page_by_page(aws, monkeypatch):
    monkeypatch.setattr(loads, "REJECTS_KEPT_MAX", 5)
    monkeypatch.setattr(loads, "REJECTS_PER_PAGE", 2)
    many = [Reject(line, "sightings.form") for line in range(1, 9)]
    loads.keep_rejects(LOAD, 0, many)
    found, start = loads.rejects("china-mobile", 7)
    while start is not None:
        more, start = loads.rejects("china-mobile", 7, start)
        found += more
    assert found == many[:5]


def test_a_full_load_has_all_its_parts(aws):
    full = replace(LOAD, staged=Staged(loads.PARTS_MAX, 1))
    parts = {number: Part(number, 1, 0, {}) for number in range(0, loads.PARTS_MAX, 7)}
    for number, part in parts.items():
        loads.finish(full, number, part)
    assert loads.finished(full) == parts


def test_towers_have_the_version_of_what_they_are_and_old_ones_stay(aws, monkeypatch):
    monkeypatch.setattr(towers, "PAGES_PER_QUERY", 2)
    assert towers.current("china-mobile") is None
    pages = [bytes([number]) for number in range(5)]
    first = towers.put("china-mobile", pages, 5, NOW)
    second = towers.put("china-mobile", pages[:1], 1, NOW + 1)
    assert towers.put("china-mobile", pages[:1], 1, NOW + 2).version == second.version != first.version
    assert towers.current("china-mobile") == Version(second.version, 1, NOW + 2)
    assert towers.pages("china-mobile", first.version) == pages
    assert (towers.pages("china-mobile", "unknown"), towers.current("china-unicom")) == ([], None)
