"""A wrapper around a key file of the test's own."""

from __future__ import annotations

import pytest
from nanhai.vault.wrapping import KeyFileWrapper

from tests.vault.counting import Counting


@pytest.fixture
def wrapper(tmp_path) -> Counting:
    return Counting(KeyFileWrapper.create(tmp_path / "ring-key", "test"))
