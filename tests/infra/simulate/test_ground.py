"""Towers stand around real centres, each in its county and in one H3 cell."""

from __future__ import annotations

import h3
import numpy as np
import pytest
from nanhai.domain.sightings import h3_of

from infra.simulate import ground

OPERATORS = ("china-mobile", "china-telecom")
BUILT = ground.build(1, 12, OPERATORS)
WHOSE = np.arange(len(BUILT.name)) // BUILT.per_place % len(BUILT.places)
TOWNS = ["Guicheng", "Jiujiang", "Xiqiao", "Danzao", "Shishan", "Dali", "Lishui"]


def test_the_district_has_its_seven_towns_and_people_live_nowhere_else():
    assert [place.name for place in BUILT.places if place.lives] == TOWNS
    assert {place.region for place in BUILT.places if place.lives} == {440605}


def test_no_tower_stands_further_from_the_centre_than_the_place_reaches():
    for number, place in zip(range(len(WHOSE)), (BUILT.places[whose] for whose in WHOSE), strict=True):
        point = (BUILT.latitude[number], BUILT.longitude[number])
        assert h3.great_circle_distance(point, (place.latitude, place.longitude)) < place.radius_km * 1.01
        assert BUILT.region[number] == place.region


def test_a_tower_is_in_the_cell_of_its_point_as_the_file_tells_it():
    for row, cell in zip(BUILT.rows(), BUILT.cell, strict=True):
        assert h3.latlng_to_cell(float(row[2]), float(row[1]), 8) == h3.int_to_str(h3_of(int(cell)))


def test_every_tower_has_a_name_of_its_own_and_every_operator_as_many():
    listed = list(BUILT.rows())
    assert len({row[0] for row in listed}) == len(listed)
    assert [sum(row[4] == operator for row in listed) for operator in OPERATORS] == [len(listed) // 2] * 2


def test_the_tower_beside_is_another_one_of_the_same_operator_and_place():
    number = np.arange(len(BUILT.name))
    assert (BUILT.beside != number).all()
    assert (BUILT.beside // BUILT.per_place == number // BUILT.per_place).all()


def test_the_tower_on_the_way_is_near_its_point_and_of_the_same_operator():
    home, work = BUILT.first(np.array([0, 1]), np.array([0, 0])), BUILT.first(np.array([0, 1]), np.array([4, 4]))
    half = BUILT.on_the_way(np.array([0, 1]), home, work, 0.5)
    assert (half // (BUILT.per_place * len(BUILT.places)) == [0, 1]).all()
    assert (BUILT.km(home, half) < BUILT.km(home, work)).all()


def test_a_point_far_beyond_the_roads_has_the_nearest_tower_at_their_edge():
    grid = BUILT.grids[0]
    assert grid.nearest(np.array([0.0]), np.array([0.0]))[0] == grid.towers[0, 0]


def test_more_towers_than_have_names_are_refused(monkeypatch):
    monkeypatch.setattr(ground, "TOWERS_PER_REGION_MAX", 80)
    with pytest.raises(ValueError, match="80"):
        ground.build(1, 12, OPERATORS)
