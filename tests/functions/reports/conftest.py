"""Reports' tests: a citizen, three offices, and photos as they come from phones."""

from __future__ import annotations

import pytest
from nanhai.domain.actors import Role

from tests.functions.checkpoints.stand import DISTRICT, TOWN, stand

__all__ = ["stand"]


@pytest.fixture
def community(stand) -> str:
    return stand.duty(Role.COMMUNITY_OFFICER, organisation="community-1", staff_id="officer-1")


@pytest.fixture
def town(stand) -> str:
    return stand.duty(Role.TOWN_OFFICER, TOWN, organisation="town-1")


@pytest.fixture
def district(stand) -> str:
    return stand.duty(Role.DISTRICT_COMMAND, DISTRICT, organisation="district-1")
