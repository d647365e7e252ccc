"""Fixtures of the identity function."""

from __future__ import annotations

import pytest
from nanhai.edge import authentication

from tests.functions.identity.world import World


@pytest.fixture
def world(aws, platform) -> World:
    authentication.forget_staff()
    return World(aws, platform)
