"""The tests of the streams share the passes' small world."""

from __future__ import annotations

from tests.functions.passes.conftest import requests
from tests.functions.passes.world import queued, world

__all__ = ["queued", "requests", "world"]
