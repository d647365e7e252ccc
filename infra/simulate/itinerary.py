"""The days of people: at each moment one tower, or none while the phone is off."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from nanhai.domain.days import DAY_S, HOUR_S, MINUTE_S, day_begins
from numpy.typing import NDArray

from infra.simulate.dice import Dice, Floats, Ints
from infra.simulate.ground import Ground
from infra.simulate.residents import People
from infra.simulate.trips import NOWHERE, Trips

OFF = -1
SATURDAY, FIRST_WEEKDAY = 5, 3  # Monday is 0, and the first of January 1970 was a Thursday
RETURN_AT_S = 15 * HOUR_S
WORKS_AT_WEEKENDS, GOES_OUT, ERRANDS = 0.2, 0.6, 0.4  # chances of a day
WAVERS_AN_HOUR_MAX = 0.5  # so often a phone at the edge of two cells is with the tower beside for a while
WAVERS_S_MIN = 30 * MINUTE_S  # in what is shorter, it does not

Flags = NDArray[np.bool_]


class Part(IntEnum):
    """The parts of a day, each from its beginning to that of the next."""

    NIGHT = 0
    MORNING = 1
    OUT = 2
    FAR = 3
    FORENOON = 4
    NOON = 5
    AFTERNOON = 6
    BACK = 7
    ERRAND = 8
    EVENING = 9
    SLEEP = 10


@dataclass(frozen=True, slots=True)
class Pieces:
    """By person and time: whose phone (their place in the chunk) was with which tower over [since, until)."""

    who: Ints
    tower: Ints
    since: Ints
    until: Ints


def of(ground: Ground, dice: Dice, people: People, trips: Trips, first_day: int, days: int) -> Pieces:
    """Where these people's phones are on `days` local days from the number `first_day` on."""
    day = np.arange(first_day, first_day + days)
    begins, towers = _begins(dice, people, day), _towers(dice, people, day)
    _travel(ground, people, trips, np.arange(days), begins, towers)
    since = np.maximum.accumulate(begins, axis=2).clip(0, DAY_S) + np.array([[day_begins(int(d))] for d in day])
    since = since.reshape(len(people.number), days * len(Part))
    end = np.full((len(since), 1), day_begins(first_day + days))
    until = np.hstack([since[:, 1:], end])
    return _wavering(ground, dice, people, _heard(towers.reshape(since.shape), since, until))


def _begins(dice: Dice, people: People, day: Ints) -> Ints:
    """Second of the day at which each part begins: person, day, part."""
    who, road_s = people.number[:, None], people.road_s[:, None]
    wake = dice.between("wakes", 5.5 * HOUR_S, 7.5 * HOUR_S, who) + dice.between(
        "wakes late", 0, 20 * MINUTE_S, who, day
    )
    leave = wake + dice.between("leaves", 20 * MINUTE_S, 80 * MINUTE_S, who, day)
    noon = dice.between("noon", 11.5 * HOUR_S, 12.5 * HOUR_S, who, day)
    back = dice.between("back", 17 * HOUR_S, 19.5 * HOUR_S, who, day)
    errand_s = dice.between("errand takes", 15 * MINUTE_S, 90 * MINUTE_S, who, day)
    begins = np.empty((len(people.number), len(day), len(Part)), np.int64)
    parts: dict[Part, Floats | Ints | int] = {
        Part.NIGHT: 0,
        Part.MORNING: wake,
        Part.OUT: leave,
        Part.FAR: leave + road_s // 2,
        Part.FORENOON: leave + road_s,
        Part.NOON: noon,
        Part.AFTERNOON: noon + dice.between("eats", 25 * MINUTE_S, 60 * MINUTE_S, who, day),
        Part.BACK: back,
        Part.ERRAND: back + road_s,
        Part.EVENING: back + road_s + errand_s,
        Part.SLEEP: dice.between("sleeps", 22.5 * HOUR_S, 23.9 * HOUR_S, who, day),
    }
    for part, at in parts.items():
        begins[:, :, part] = at
    return begins


def _towers(dice: Dice, people: People, day: Ints) -> Ints:
    """Each part's tower, of whoever does not travel."""
    who, home, work = people.number[:, None], people.home[:, None], people.work[:, None]
    weekend = (day + FIRST_WEEKDAY) % 7 >= SATURDAY
    working = people.works[:, None] & (~weekend | dice.happens("works at weekends", WORKS_AT_WEEKENDS, who, day))
    out = ~working & dice.happens("goes out", GOES_OUT, who, day)
    asleep = np.where(people.silent[:, None], OFF, home)
    midday = np.where(working, work, np.where(out, people.outing[:, None], home))
    towers = np.empty((len(people.number), len(day), len(Part)), np.int64)
    parts: dict[Part, Ints] = {
        Part.NIGHT: asleep,
        Part.MORNING: home,
        Part.OUT: np.where(working, people.out[:, None], home),
        Part.FAR: np.where(working, people.far[:, None], home),
        Part.FORENOON: midday,
        Part.NOON: np.where(working, people.lunch[:, None], midday),
        Part.AFTERNOON: midday,
        Part.BACK: np.where(working, people.far[:, None], home),
        Part.ERRAND: np.where(dice.happens("errand", ERRANDS, who, day), people.errand[:, None], home),
        Part.EVENING: home,
        Part.SLEEP: asleep,
    }
    for part, tower in parts.items():
        towers[:, :, part] = tower
    return towers


def _travel(ground: Ground, people: People, trips: Trips, day: Ints, begins: Ints, towers: Ints) -> None:
    """Puts the days of a journey in place of those at home."""
    first, last = trips.first[:, None], trips.last[:, None]
    away = (trips.place[:, None] != NOWHERE) & (first <= day) & (day <= last)
    hotel, sight = trips.hotel[:, None], trips.sight[:, None]
    asleep = np.where(people.silent[:, None], OFF, hotel)
    leaves, returns = away & (day == first), away & (day == last)
    wakes_there, sleeps_there = away & (day > first), away & (day < last)
    for where, parts, tower in (
        (wakes_there, (Part.NIGHT,), asleep),
        (wakes_there, (Part.MORNING, Part.OUT, Part.FAR), hotel),
        (leaves, (Part.OUT, Part.FAR), OFF),
        (away, (Part.FORENOON, Part.AFTERNOON), sight),
        (away, (Part.NOON,), ground.beside[sight]),
        (returns, (Part.BACK,), OFF),
        (sleeps_there, (Part.BACK, Part.ERRAND), sight),
        (sleeps_there, (Part.EVENING,), hotel),
        (sleeps_there, (Part.SLEEP,), asleep),
    ):
        for part in parts:
            towers[:, :, part] = np.where(where, tower, towers[:, :, part])
    _keep_time(trips, leaves, returns, begins)


def _keep_time(trips: Trips, leaves: Flags, returns: Flags, begins: Ints) -> None:
    """Who leaves arrives after the travel, and who returns is home again after it."""
    travel_s, there_s = trips.travel_s[:, None], trips.there_s[:, None]
    arrival = begins[:, :, Part.OUT] + travel_s
    begins[:, :, Part.FORENOON] = np.where(leaves, arrival, begins[:, :, Part.FORENOON])
    departure = np.where(leaves, arrival + there_s, RETURN_AT_S)
    begins[:, :, Part.BACK] = np.where(returns, departure, begins[:, :, Part.BACK])
    # What the day would still have held before the departure is not done.
    for part in (Part.NOON, Part.AFTERNOON):
        begins[:, :, part] = np.where(returns, np.minimum(begins[:, :, part], departure), begins[:, :, part])
    home = departure + travel_s
    for part in (Part.ERRAND, Part.EVENING):
        begins[:, :, part] = np.where(returns, home, begins[:, :, part])


def _heard(towers: Ints, since: Ints, until: Ints) -> Pieces:
    """Without what is empty or silent; what follows with the same tower is one piece."""
    who, part = np.nonzero((since < until) & (towers != OFF))
    return merged(Pieces(who, towers[who, part], since[who, part], until[who, part]))


def _wavering(ground: Ground, dice: Dice, people: People, pieces: Pieces) -> Pieces:
    """The pieces with times at the tower beside in between: some phones change often, most seldom."""
    number, lasts = people.number[pieces.who], pieces.until - pieces.since
    often = WAVERS_AN_HOUR_MAX * dice.unit("wavers often", number) ** 2
    times = (lasts / HOUR_S * often + dice.unit("wavers", number, pieces.since)).astype(np.int64)
    count = 1 + 2 * np.minimum(times, lasts // WAVERS_S_MIN)
    piece, nth = spread(count)
    beside = nth % 2 == 1
    late = np.where(beside, dice.between("wavers at", 0.5, 0.9, number[piece], pieces.since[piece], nth), 0)
    since = pieces.since[piece] + ((nth + late) * lasts[piece] / count[piece]).astype(np.int64)
    tower = np.where(beside, ground.beside[pieces.tower[piece]], pieces.tower[piece])
    return merged(Pieces(pieces.who[piece], tower, since, ends(pieces, piece, since)))


def spread(count: Ints) -> tuple[Ints, Ints]:
    """For as many parts as each piece has: of which piece it is, and how many of that come before."""
    piece = np.repeat(np.arange(len(count)), count)
    return piece, np.arange(len(piece)) - np.repeat(np.cumsum(count) - count, count)


def ends(pieces: Pieces, piece: Ints, since: Ints) -> Ints:
    """When each part ends: where the next of its piece begins, or with the piece."""
    is_last = np.append(piece[1:] != piece[:-1], True)[: len(piece)]
    return np.where(is_last, pieces.until[piece], np.append(since[1:], 0)[: len(piece)])


def merged(pieces: Pieces) -> Pieces:
    """Of one person, what adjoins with the same tower is one piece."""
    if not len(pieces.who):
        return pieces
    new = np.ones(len(pieces.who), bool)
    new[1:] = (np.diff(pieces.who) != 0) | (np.diff(pieces.tower) != 0) | (pieces.since[1:] != pieces.until[:-1])
    begin = np.flatnonzero(new)
    end = np.append(begin[1:], len(new)) - 1
    return Pieces(pieces.who[begin], pieces.tower[begin], pieces.since[begin], pieces.until[end])
