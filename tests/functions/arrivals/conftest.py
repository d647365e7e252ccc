"""The arrivals' tests: travellers whom the register knows, and offices of a community, a town and the district."""

from __future__ import annotations

import time

import pytest
from nanhai.domain.actors import Role
from nanhai.domain.days import DAY_S, LOCAL_OFFSET_S, local_day
from nanhai.edge import authentication

from tests.functions.arrivals.desk import DISTRICT, LI, STRANGERS, TOWN, WANG, ZHAO, Desk


@pytest.fixture
def desk(durable, platform, monkeypatch) -> Desk:
    """On the durable engine, at ten o'clock of the coming day: the keys of a fresh ring begin today."""
    morning = (local_day(int(time.time())) + 1) * DAY_S - LOCAL_OFFSET_S + 10 * 3_600
    made = Desk(platform, morning, stage=durable)
    monkeypatch.setattr("nanhai.services.clock.system", lambda: made.now)
    authentication.forget_staff()
    made.knows(LI, WANG, ZHAO, *STRANGERS)
    return made


@pytest.fixture
def community(desk) -> str:
    return desk.duty(Role.COMMUNITY_OFFICER, organisation="community-1", staff_id="officer-1")


@pytest.fixture
def town(desk) -> str:
    return desk.duty(Role.TOWN_OFFICER, TOWN, organisation="town-1")


@pytest.fixture
def district(desk) -> str:
    return desk.duty(Role.DISTRICT_COMMAND, DISTRICT, organisation="district-1")
