"""People who do not exist: the same seed and number always give the same person. Nothing here reads or writes."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Literal

from nanhai.domain.resident_id import RESIDENT, check_character

Story = Literal["household", "permit", "elsewhere", "fever", "arrival", "link", "isolated"]

# The first ten show every colour; further ones are drawn with the weights.
FIRST: tuple[Story, ...] = (
    "household", "elsewhere", "fever", "isolated", "permit", "arrival", "link", "household", "elsewhere", "household",
)  # fmt: skip
NEIGHBOURS = 24  # so many live together, so that even a small district has a town of which counts are told
WEIGHTS: dict[Story, int] = {
    "household": 700, "permit": 90, "elsewhere": 160, "fever": 15, "arrival": 20, "link": 10, "isolated": 5,
}  # fmt: skip
HOME_REGIONS = ("440605", "440604", "440606", "440607", "440608")
OTHER_REGIONS = ("440106", "441202", "450102", "430102", "360102", "510104", "410102")
AFFECTED_REGIONS = ("420106", "420500", "421003")
SEEDS = 10
PEOPLE_MAX = 2_700_000
DAYS, SERIALS = 28_000, 999  # births over 76 years; serial 999 of each day stays free for the cast
STRIDE = 15_485_863  # a prime that divides neither: the numbers of two people never meet
BORN_FIRST = date(1936, 1, 1)


@dataclass(frozen=True, slots=True)
class Person:
    """`community` is a place in the list of communities, not a code."""

    name: str
    id_number: str
    phone: str
    household_region: str
    permit: bool
    community: int
    address: str
    story: Story

    @property
    def register_key(self) -> str:
        return f"{RESIDENT}:{self.id_number}"


def person(seed: int, number: int, communities: int) -> Person:
    """Person `number` (from 0) of the district `seed` (0 to 9) that has so many communities.

    The first ones live in the first community, all others are spread evenly.
    """
    unique = number * SEEDS + seed % SEEDS
    draw = random.Random(unique)  # noqa: S311 - invented people, no secrets
    story = FIRST[number] if number < len(FIRST) else draw.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
    region = draw.choice(_regions(story))
    return Person(
        name(draw),
        id_number(region, *_birth(unique)),
        f"+86199{unique:08d}",
        region,
        story == "permit",
        0 if number < NEIGHBOURS else number * 101 % communities,
        address(draw),
        story,
    )


def name(draw: random.Random) -> str:
    return draw.choice(_names()["surnames"]) + draw.choice(_names()["given"])


def address(draw: random.Random) -> str:
    form = draw.choice(_names()["address"])
    return form.format(street=draw.choice(_names()["streets"]), number=draw.randint(1, 300))


def gate_name(index: int) -> str:
    names = _names()["gate_names"]
    return names[index % len(names)]


def id_number(region: str, born: date, serial: int) -> str:
    """A resident ID number with the right check character."""
    seventeen = f"{region}{born:%Y%m%d}{serial:03d}"
    return seventeen + check_character(seventeen)


def _birth(unique: int) -> tuple[date, int]:
    day, serial = divmod(unique * STRIDE % (DAYS * SERIALS), SERIALS)
    return BORN_FIRST + timedelta(days=day), serial


def _regions(story: Story) -> Sequence[str]:
    if story == "link":
        return AFFECTED_REGIONS
    return OTHER_REGIONS if story in {"permit", "elsewhere"} else HOME_REGIONS


@cache
def _names() -> dict[str, list[str]]:
    loaded: dict[str, list[str]] = json.loads(Path(__file__).with_name("names.json").read_text("utf-8"))
    return loaded
