"""The tests of the pass share one small world."""

from __future__ import annotations

import pytest

from tests.functions.passes.world import queued, world
from tests.listening import listen

__all__ = ["queued", "world"]


@pytest.fixture
def requests(world, monkeypatch):
    """The requests that reach the database from now on, as (operation, parameters)."""
    return listen(monkeypatch)


def operations(requests) -> list:
    return [operation for operation, _ in requests]
