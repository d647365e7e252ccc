"""The tests of trajectories stand in the checkpoints' small district; phones in it can be looked up."""

from __future__ import annotations

import pytest

from tests.functions.checkpoints.stand import stand
from tests.functions.trajectories.lookups import Phone

__all__ = ["stand"]


@pytest.fixture
def phone(stand) -> Phone:
    return Phone(stand)
