"""Fixtures of the edge's own tests: the sample app and an officer."""

from __future__ import annotations

import pytest
from nanhai.domain.actors import Role

from tests.edge.here import COMMUNITY, here, on_duty, ring
from tests.edge.sample import sample

__all__ = ["here", "ring"]  # fixtures too


@pytest.fixture
def api(here):
    return sample()


@pytest.fixture
def app(api):
    return api.app


@pytest.fixture
def officer(here) -> str:
    """The token of a community officer on duty."""
    return on_duty(here, Role.COMMUNITY_OFFICER, COMMUNITY)
