"""What trajectories are judged by, as data.

rules.json: who delivers (operators and their numbers), from which stay on a city counts, so long a phone may be silent
within a stay, for how many days anything is kept, and when two phones were together.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any

from nanhai.domain.cities import CityRule
from nanhai.domain.copresence import CoPresenceRule
from nanhai.domain.days import HOUR_S, MINUTE_S
from nanhai.domain.sightings import OPERATORS_MAX


@dataclass(frozen=True, slots=True)
class Rules:
    """Names of operators with the numbers that their revisions end in, and what the answers rest on."""

    operators: Mapping[str, int]
    minimum_stay_s: int
    silence_s: int
    kept_days: int  # a day may be read until so many days after it
    co_presence: CoPresenceRule
    one_city: Mapping[str, str]  # Chongqing's counties have a code of their own

    @property
    def cities(self) -> CityRule:
        return CityRule(self.minimum_stay_s, self.silence_s, self.kept_days, self.one_city)


@cache
def rule() -> Rules:
    """The rules in force; ValueError or TypeError when the file says what means nothing."""
    return parse(**_read())


def parse(
    *,
    operators: dict[str, int],
    minimum_stay_h: int,
    silence_min: int,
    kept_days: int,
    co_presence: dict[str, int],
    one_city: dict[str, str],
) -> Rules:
    """Rules from what the file says."""
    return Rules(
        operators=_numbered(operators),
        minimum_stay_s=minimum_stay_h * HOUR_S,
        silence_s=silence_min * MINUTE_S,
        kept_days=kept_days,
        co_presence=_together(**co_presence),
        one_city=MappingProxyType(one_city),
    )


def _numbered(operators: dict[str, int]) -> Mapping[str, int]:
    numbers = set(operators.values())
    if len(numbers) < len(operators) or not numbers <= set(range(1, OPERATORS_MAX)):
        raise ValueError(f"operators: numbers of their own from 1 to {OPERATORS_MAX - 1}")
    return MappingProxyType(operators)


def _together(*, minutes: int, hours_in_cell: int, days: int) -> CoPresenceRule:
    return CoPresenceRule(minutes * MINUTE_S, hours_in_cell * HOUR_S, days)


def _read() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(resources.files(__name__).joinpath("rules.json").read_text("utf-8"))
    return loaded
