"""How far each town has got with resuming work: exact counts that every step keeps, silent about few."""

from __future__ import annotations

from nanhai.domain import resumption
from nanhai.domain.resumption import Told
from nanhai.policies.divisions import divisions
from nanhai.services.asked import Asked
from nanhai.services.enterprises.schemas import Resumed, Resumption, TownResumption
from nanhai.services.platform import Platform
from nanhai.services.schemas import moment
from nanhai.store import organisations


def read(platform: Platform, asked: Asked) -> Resumption:
    """The towns within the asker's scope, by one request."""
    towns = {code: name for code, name in divisions(platform.settings.district).towns.items() if asked.sees(code)}
    cells = organisations.cells(list(towns))
    told = {key: _told(resumption.told(by_state)) for key, by_state in cells.items()}
    return Resumption(
        moment(asked.now),
        [TownResumption(code, name, told[code, True], told[code, False]) for code, name in towns.items()],
    )


def _told(town: Told) -> Resumed:
    return Resumed(
        {state.value: count for state, count in town.enterprises.items()},
        {state.value: count for state, count in town.headcounts.items()},
        town.total,
        town.resumed,
    )
