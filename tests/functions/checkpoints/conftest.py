"""The gate's tests stand at a gate."""

from __future__ import annotations

import pytest

from tests.functions.checkpoints.stand import GATE, stand

__all__ = ["stand"]


@pytest.fixture
def guard(stand) -> str:
    stand.gate(GATE)
    return stand.guard(GATE)
