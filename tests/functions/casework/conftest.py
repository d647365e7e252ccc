"""Casework's tests: three offices over one small district, with a gate to see what came of it."""

from __future__ import annotations

import pytest
from nanhai.domain.actors import Role

from tests.functions.checkpoints.stand import DISTRICT, GATE, TOWN, stand

__all__ = ["stand"]


@pytest.fixture
def community(stand) -> str:
    return stand.duty(Role.COMMUNITY_OFFICER, organisation="community-1", staff_id="officer-1")


@pytest.fixture
def town(stand) -> str:
    return stand.duty(Role.TOWN_OFFICER, TOWN, organisation="town-1")


@pytest.fixture
def health(stand) -> str:
    return stand.duty(Role.HEALTH_AUTHORITY, DISTRICT, organisation="health-1", staff_id="doctor-1")


@pytest.fixture
def guard(stand) -> str:
    stand.gate(GATE)
    return stand.guard(GATE)
