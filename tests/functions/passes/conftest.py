"""The tests of the pass share one small world."""

from __future__ import annotations

import pytest
from nanhai.store.connection import client

from tests.functions.passes.world import queued, world

__all__ = ["queued", "world"]


@pytest.fixture
def requests(world):
    """The names of the requests that reach the database from now on."""
    seen = []
    client().meta.events.register("before-call.dynamodb", lambda model, **_: seen.append(model.name))
    return seen
