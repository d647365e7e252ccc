"""Every request that a test of the store makes is held against DynamoDB's own rules, which engines do not all keep."""

from __future__ import annotations

import pytest

from tests.listening import listen
from tests.store.expressions import wrong_in


@pytest.fixture(autouse=True)
def requests(request, monkeypatch):
    """The requests of a test, as (operation, parameters): none names a reserved word, an unknown table or index."""
    stage = next((name for name in ("aws", "durable") if name in request.fixturenames), None)
    if stage is None:
        yield []
        return
    prefix = request.getfixturevalue(stage).prefix
    made = listen(monkeypatch)
    yield made
    assert {wrong for _, params in made for wrong in wrong_in(params, prefix)} == set()
