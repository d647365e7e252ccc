"""Loaded places stand where one request finds them, once however often they are loaded."""

from __future__ import annotations

from dataclasses import replace

import pytest
from nanhai.domain.place_names import Kind, Known, normal
from nanhai.store import places
from nanhai.store.places import PLACES_PER_SHELF_MAX, SHELVES_PER_TEXT_MAX, ShelfFull

HERE, THERE = "440605011001", "440605011004"
ESTATE = Known("万科 金域华府（一期）", Kind.ESTATE, HERE, 23.0312, 113.1481)
ROAD = Known("桂澜路", Kind.ROAD, HERE)


def load(*known) -> int:
    return sum(places.load(known))


def test_a_place_is_found_by_the_beginning_of_its_name_and_by_its_cell(aws):
    assert load(ESTATE, ROAD) == 3
    assert places.named_in(normal("住在万科金域华府")) == [ESTATE]
    assert places.named_in(normal("桂澜路 1 号")) == [ROAD]
    assert places.named_in(normal("金域华府")) == []
    assert places.around(23.0312, 113.1481) == [ESTATE]


@pytest.mark.parametrize("moved", [0.0, 0.01, 0.019, -0.02])
def test_what_lies_within_two_cells_is_around(aws, moved):
    load(ESTATE)
    assert places.around(23.0312 + moved, 113.1481 - moved) == [ESTATE]
    assert places.around(23.0312 + 0.04, 113.1481) == []


def test_loading_again_changes_nothing_and_a_correction_one_place(aws):
    load(ESTATE, ROAD)
    assert load(ROAD, ESTATE) == 0
    assert load(replace(ROAD, kind=Kind.ALIAS)) == 1
    assert [place.kind for place in places.named_in("桂澜路")] == [Kind.ALIAS]


def test_a_road_through_two_communities_is_two_places(aws):
    load(ROAD, replace(ROAD, code=THERE))
    assert {place.code for place in places.named_in("桂澜")} == {HERE, THERE}


def test_a_text_costs_one_request_however_long_it_is(aws, requests):
    text = "".join(chr(0x4E00 + at) for at in range(200))
    first, last = Known(text[:4], Kind.ESTATE, HERE), Known(text[-4:], Kind.ESTATE, HERE)
    load(first, last)
    requests.clear()
    assert places.named_in(text) == [first]  # it begins within the first hundred characters
    ((call, asked),) = requests
    assert call == "BatchGetItem"
    assert [len(table["Keys"]) for table in asked["RequestItems"].values()] == [SHELVES_PER_TEXT_MAX]


def test_a_point_costs_one_request(aws, requests):
    places.around(23.03, 113.15)
    ((call, asked),) = requests
    assert call == "BatchGetItem"
    assert [len(table["Keys"]) for table in asked["RequestItems"].values()] == [25]


def test_nothing_to_look_for_costs_nothing(aws, requests):
    assert places.named_in("") == places.named_in("桂") == []
    assert requests == []


def test_a_shelf_has_an_end(aws):
    with pytest.raises(ShelfFull, match="name#桂澜"):
        load(*(Known(f"桂澜路{number}", Kind.ROAD, HERE) for number in range(PLACES_PER_SHELF_MAX + 1)))


def test_two_who_load_at_once_lose_nothing(aws, monkeypatch):
    """The second has read the shelf before the first writes: its write fails, and it reads again."""
    get, others = places.model.get, [replace(ROAD, code=THERE)]

    def meanwhile(kind, shelf):
        found = get(kind, shelf)
        if others:
            load(others.pop())
        return found

    monkeypatch.setattr(places.model, "get", meanwhile)
    assert load(ROAD) == 1
    assert {place.code for place in places.named_in("桂澜")} == {HERE, THERE}
