"""The functions' tests stand on the durable engine, and on moto's mock for all that is not DynamoDB: SMS, queues.

With `--dynamodb moto` the tables are in the mock too: the same answers, in eight times the time.
"""

from __future__ import annotations

import pytest

from tests.conftest import MOCKED, on_engine, on_stage

HERE = {"AWS_DEFAULT_REGION": MOCKED["AWS_DEFAULT_REGION"]}  # where the mock of SMS is


@pytest.fixture
def aws(request, mock, tmp_path, monkeypatch):
    """Everything, empty at first."""
    mock.reset()
    if request.config.getoption("dynamodb") == "moto":
        from nanhai.store import connection

        yield from on_stage(MOCKED, "nanhai-test-", tmp_path, monkeypatch, connection.client)
    else:
        engine, carpenter = request.getfixturevalue("engine"), request.getfixturevalue("carpenter")
        yield from on_engine(engine.environment() | HERE, carpenter, tmp_path, monkeypatch)
