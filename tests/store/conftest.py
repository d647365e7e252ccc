"""The store's own tests are unit tests: `aws` is moto's mock here, whatever the run asks for.

Every request that one makes is held against DynamoDB's own rules, which engines do not all keep.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conftest import MOCKED, Stage, on_stage
from tests.listening import listen
from tests.store.expressions import wrong_in


@pytest.fixture
def aws(mock, tmp_path, monkeypatch) -> Iterator[Stage]:
    """Everything on moto's mock, empty at first: single-threaded tests only."""
    from nanhai.store import connection

    mock.reset()
    yield from on_stage(MOCKED, "nanhai-test-", tmp_path, monkeypatch, connection.client)


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
