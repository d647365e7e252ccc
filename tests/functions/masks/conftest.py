"""A market in a small district."""

from __future__ import annotations

import pytest

from tests.functions.checkpoints.stand import stand
from tests.functions.masks.market import Market

__all__ = ["stand"]


@pytest.fixture
def market(stand) -> Market:
    return Market(stand)
