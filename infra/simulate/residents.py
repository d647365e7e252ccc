"""What stays the same about each person: where home and work are, what they do with the phone at night."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from infra.simulate.dice import Dice, Ints
from infra.simulate.ground import Ground

WORKING = 0.7  # of all people
IN_OWN_TOWN = 0.6  # of those who work
SILENT_AT_NIGHT = 0.15
ROAD_KMH, ROAD_S_MIN, ROAD_S_MAX = 30, 6 * 60, 80 * 60


@dataclass(frozen=True, slots=True)
class People:
    """A column for each trait; towers by their number on the ground."""

    number: Ints
    operator: Ints
    home: Ints
    work: Ints
    lunch: Ints
    errand: Ints
    outing: Ints
    out: Ints  # on the road, the first half of the way to work
    far: Ints  # the second
    road_s: Ints
    works: NDArray[np.bool_]
    silent: NDArray[np.bool_]


def draw(ground: Ground, dice: Dice, number: Ints) -> People:
    """The people of these numbers."""
    operator = dice.below("operator", len(ground.operators), number)
    living = dice.weighted("town", [place.lives for place in ground.places], number)
    away = dice.weighted("workplace", [place.works for place in ground.places], number)
    working = np.where(dice.happens("own town", IN_OWN_TOWN, number), living, away)
    shopping = dice.weighted("shopping", [place.lives for place in ground.places], number)
    home, work = (
        _tower(ground, dice, what, operator, where, number) for what, where in (("home", living), ("work", working))
    )
    return People(
        number,
        operator,
        home,
        work,
        lunch=np.where(dice.happens("canteen", 0.5, number), work, ground.beside[work]),
        errand=_tower(ground, dice, "errand", operator, living, number),
        outing=_tower(ground, dice, "outing", operator, shopping, number),
        out=ground.on_the_way(operator, home, work, 1 / 3),
        far=ground.on_the_way(operator, home, work, 2 / 3),
        road_s=(ground.km(home, work) / ROAD_KMH * 3_600).clip(ROAD_S_MIN, ROAD_S_MAX).astype(np.int64),
        works=dice.happens("works", WORKING, number),
        silent=dice.happens("silent", SILENT_AT_NIGHT, number),
    )


def _tower(ground: Ground, dice: Dice, what: str, operator: Ints, place: Ints, number: Ints) -> Ints:
    return ground.first(operator, place) + dice.below(what, ground.per_place, number)
