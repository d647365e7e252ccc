"""An appeal stays in hands that may judge it: handed on by a clean reviewer alone, and never down."""

from __future__ import annotations

import itertools

import pytest
from nanhai.domain.actors import Role
from nanhai.domain.days import HOUR_S

from tests.functions.casework.test_appeals import answered, filed, fresh, holder, isolated
from tests.functions.casework.work import code, hand, listed
from tests.functions.checkpoints.stand import DISTRICT, FEVER, HERE, TOWN

WAYS = ("handed-over", "handed-back", "co-working", "co-work-ended")
TIERS = ("community", "town", "district")
OFFICES = {
    Role.COMMUNITY_OFFICER: HERE,
    Role.TOWN_OFFICER: TOWN,
    Role.DISTRICT_COMMAND: DISTRICT,
    Role.HEALTH_AUTHORITY: DISTRICT,
}
UP = ("handed-over", "district")


@pytest.fixture
def tokens(stand) -> dict:
    """One who had no part in anything, of every office."""
    return {role: stand.duty(role, scope, organisation=f"other-{role.value}") for role, scope in OFFICES.items()}


@pytest.mark.parametrize("role", OFFICES)
@pytest.mark.parametrize("medical", [False, True])
def test_of_all_hand_overs_by_all_offices_only_a_towns_to_the_district_is_made(
    stand, community, health, tokens, role, medical
):
    """Exhaustive, at 0 h; what was refused has changed nothing, and the first desk answers."""
    person = isolated(stand, community, health) if medical else holder(stand, FEVER)
    appeal = filed(stand, person)
    made = [way for way in itertools.product(WAYS, TIERS) if hand(stand, tokens[role], appeal, *way).status == 200]
    assert made == ([UP] if role is Role.TOWN_OFFICER and not medical else [])
    desk = Role.HEALTH_AUTHORITY if medical else Role.TOWN_OFFICER
    command = answered(stand, tokens[Role.DISTRICT_COMMAND], appeal)
    assert command.status == (200 if made else 403)
    if not made:
        assert answered(stand, tokens[desk], appeal).status == 200


def test_who_had_a_hand_in_the_record_gives_it_to_nobody(stand, town):
    person = holder(stand, FEVER)
    assert answered(stand, town, filed(stand, person), "dismiss", "nothing-shown").status == 200
    again = filed(stand, person)
    assert code(hand(stand, town, again, *UP)) == (403, "appeals.not-independent")


def test_a_medical_one_is_the_districts_by_breach_alone(stand, community, health, tokens):
    stand.duty(Role.DISTRICT_COMMAND, DISTRICT, organisation="command-1", staff_id="commander-1")
    appeal = filed(stand, isolated(stand, community, health))
    assert code(hand(stand, tokens[Role.HEALTH_AUTHORITY], appeal, *UP)) == (409, "casework.step-not-now")
    stand.now += 8 * HOUR_S - 1
    assert answered(stand, fresh(stand, "commander-1", Role.DISTRICT_COMMAND), appeal).status == 403
    stand.now += 1
    assert listed(stand, fresh(stand, "commander-1", Role.DISTRICT_COMMAND)) == [appeal]
    assert answered(stand, fresh(stand, "commander-1", Role.DISTRICT_COMMAND), appeal).status == 200
