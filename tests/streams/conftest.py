"""The tests of the streams share the passes' small world, and what operators tell of it."""

from __future__ import annotations

import pytest

from tests.functions.passes.conftest import requests
from tests.functions.passes.world import queued, world
from tests.streams.feed import Feed
from tests.streams.sighted import Signalling

__all__ = ["queued", "requests", "world"]


@pytest.fixture
def told(world, durable) -> Signalling:
    return Signalling(world, Feed(durable.streams["sightings"]))


@pytest.fixture
def people_feed(durable) -> Feed:
    return Feed(durable.streams["people"])
