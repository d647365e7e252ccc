"""How many passes have which colour, town by town: live, exact, and silent about a handful of people."""

from __future__ import annotations

from collections.abc import Mapping

from nanhai.domain.colour import Colour
from nanhai.policies.divisions import divisions
from nanhai.services.asked import Asked
from nanhai.services.identity.schemas import Counts, TownCounts
from nanhai.services.platform import Platform
from nanhai.services.schemas import moment
from nanhai.store import counters

TOLD_FROM = 10  # people: of fewer, only that they are few is told


def read(platform: Platform, asked: Asked) -> Counts:
    """The towns within the asker's scope; none for who sees a community only."""
    towns = {code: name for code, name in divisions(platform.settings.district).towns.items() if asked.sees(code)}
    counted = counters.colours(list(towns))
    return Counts(moment(asked.now), [TownCounts(code, name, _told(counted[code])) for code, name in towns.items()])


def _told(counted: Mapping[Colour, int]) -> dict[str, int | None]:
    return {colour.value: None if 0 < people < TOLD_FROM else people for colour, people in counted.items()}
