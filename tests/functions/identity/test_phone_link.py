"""Registration says whose phone it is, under the name that the operators have for it, or nothing at all is written."""

from __future__ import annotations

from nanhai.services.trajectories import phones
from nanhai.store import sightings

from tests.functions.identity.world import HE, HUANG


def linked(world, phone) -> dict:
    return sightings.links([phones.pseudonym(world.platform, phone.number)])


def test_whoever_registers_is_who_the_phone_belongs_to(world):
    phone = world.registered()
    (link,) = linked(world, phone).values()
    assert (link.person, link.stays) == (phone.tokens["person_id"], frozenset())


def test_the_number_itself_is_nowhere_in_the_table(world):
    phone = world.registered()
    assert phone.number[1:] not in repr(world.rows("sightings"))


def test_who_is_refused_links_nothing(world):
    world.registered(HUANG)
    other = world.signed_in()
    assert other.register(HUANG).status == 409
    assert linked(world, other) == {}
    assert other.register(HE).status == 201
    assert len(linked(world, other)) == 1
