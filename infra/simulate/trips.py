"""Journeys to other cities: one for some people, drawn or told by a story."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from infra.simulate.dice import Dice, Ints
from infra.simulate.ground import Ground, Place
from infra.simulate.names import PLANTED_FIRST, PLANTED_MAX

TRAVELLING = 0.08  # of all people, once
NIGHTS = (3, 4, 2, 1, 1)  # how often none, one, …
DAY_TRIP_H = (2, 9)
NOWHERE = -1


@dataclass(frozen=True, slots=True)
class Story:
    story: str
    region: int  # 0: no trip
    days_before_end: int
    nights: int
    hours: int  # there, of a trip without a night


@dataclass(frozen=True, slots=True)
class Trips:
    """A column for each trait; days are counted from the first one simulated, and the last may lie beyond the end."""

    place: Ints  # NOWHERE: stays in the district
    first: Ints
    last: Ints
    there_s: Ints  # of a trip without a night
    travel_s: Ints
    hotel: Ints
    sight: Ints


@cache
def stories() -> tuple[Story, ...]:
    loaded = json.loads(Path(__file__).with_name("stories.json").read_text("utf-8"))
    return tuple(Story(**row) for row in loaded["stories"][:PLANTED_MAX])


def draw(ground: Ground, dice: Dice, number: Ints, operator: Ints, days: int) -> Trips:
    """The journeys of the people of these numbers; those with a story make its journey."""
    goes = dice.happens("travels", TRAVELLING, number)
    weights = [place.visits for place in ground.places]
    place = np.where(goes, dice.weighted("destination", weights, number), NOWHERE)
    first = dice.below("departure", days, number)
    nights = dice.weighted("nights", NIGHTS, number)
    hours = dice.between("hours there", *DAY_TRIP_H, number)
    for at, story in _told(number):
        place[at], first[at] = _place(ground.places, story.region), max(0, days - story.days_before_end)
        nights[at], hours[at] = story.nights, story.hours
    tower = ground.first(operator, place.clip(0))
    travel_h = np.array([where.travel_h for where in ground.places])[place]
    return Trips(
        place,
        first,
        first + nights,
        (hours * 3_600).astype(np.int64),
        (travel_h * 3_600).astype(np.int64),
        tower + dice.below("hotel", ground.per_place, number),
        tower + dice.below("sight", ground.per_place, number),
    )


def _told(number: Ints) -> list[tuple[int, Story]]:
    planted = np.flatnonzero(number >= PLANTED_FIRST).tolist()
    return [(at, stories()[int(number[at]) - PLANTED_FIRST]) for at in planted]


def _place(known: Sequence[Place], region: int) -> int:
    """The first place in that county; NOWHERE for 0."""
    return next((index for index, place in enumerate(known) if region and place.region == region), NOWHERE)
