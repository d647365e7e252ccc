"""The store behind a fault proxy: tables on the durable engine, a client that waits briefly and hurries its retries."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from nanhai.store import connection, transport, writes

from tests.faults.proxy import Proxy


@pytest.fixture
def proxy(durable, engine, monkeypatch) -> Proxy:
    """Without faults until its plan says otherwise."""
    made = Proxy(engine.endpoint)
    monkeypatch.setattr(connection, "BOUNDS", replace(connection.BOUNDS, read_timeout_s=0.5))
    monkeypatch.setattr(transport, "PAUSE_S", 0.001)
    monkeypatch.setattr(writes, "PAUSE_S_MAX", 0.01)
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", made.endpoint)
    connection.reset()
    yield made
    made.stop()
    connection.reset()


@pytest.fixture
def directly(proxy, engine, monkeypatch):
    """From when it is called on, the store speaks to the engine itself: what is really there."""

    def go() -> None:
        monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", engine.endpoint)
        connection.reset()

    return go
