"""Enterprises' tests: at ten in the morning, on moto's mock, or on the engine for a test that asks for `durable`."""

from __future__ import annotations

import time

import pytest
from nanhai.domain.days import DAY_S, LOCAL_OFFSET_S, local_day
from nanhai.edge import authentication

from tests.functions.enterprises.office import Office


@pytest.fixture
def office(request, platform, monkeypatch) -> Office:
    stage = request.getfixturevalue("durable" if "durable" in request.fixturenames else "aws")
    morning = (local_day(int(time.time())) + 1) * DAY_S - LOCAL_OFFSET_S + 10 * 3_600
    made = Office(platform, morning, stage=stage)
    monkeypatch.setattr("nanhai.services.clock.system", lambda: made.now)
    authentication.forget_staff()
    made.know()
    return made
