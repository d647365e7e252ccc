"""The tests of trajectories stand in the checkpoints' small district; phones in it can be looked up."""

from __future__ import annotations

import pytest
from nanhai.domain.actors import Role

from tests.functions.checkpoints.stand import DISTRICT, stand
from tests.functions.trajectories.heard import every_day, heard, somebody
from tests.functions.trajectories.lookups import Phone
from tests.functions.trajectories.questions import CASE_NUMBER, case

__all__ = ["stand"]


@pytest.fixture
def phone(stand) -> Phone:
    return Phone(stand)


@pytest.fixture
def doctor(stand) -> str:
    return stand.duty(Role.HEALTH_AUTHORITY, DISTRICT, organisation="health-1", staff_id="doctor-1")


@pytest.fixture
def second(stand) -> str:
    return stand.duty(Role.HEALTH_AUTHORITY, DISTRICT, organisation="health-1", staff_id="doctor-2")


@pytest.fixture
def ill(stand):
    """Who the case is about, at home in one cell every night; their phone, and the case."""
    person, phone = somebody(stand, CASE_NUMBER)
    heard(phone, every_day(stand.now, 0, 8))
    return person, phone, case(stand, person)
