"""The divisions of the district, and the way from an address or a point to one of them."""

from __future__ import annotations

import hashlib
from functools import cache

import msgspec

from nanhai.domain.days import HOUR_S
from nanhai.domain.errors import Fault, Invalid
from nanhai.domain.identifiers import Instant
from nanhai.policies.divisions import divisions
from nanhai.services import places
from nanhai.services.identity.limits import Limit, network, spend
from nanhai.services.places import Located
from nanhai.services.platform import Platform
from nanhai.services.portal.files import File
from nanhai.services.portal.schemas import Choice, CommunityOfTown, Divisions, FindAddress, Found, Town

PER_ADDRESS = Limit("address", 600, HOUR_S)  # a mobile operator shows thousands behind one address


@cache
def listed(district: str) -> File:
    """Towns with their communities, as a file: it changes with a release only."""
    known = divisions(district)
    towns = [
        Town(code, name, [CommunityOfTown(one.code, one.name) for one in known.communities if one.town == code])
        for code, name in known.towns.items()
    ]
    data = msgspec.json.encode(Divisions(district, towns))
    headers = {"Cache-Control": "public, max-age=300", "ETag": f'"{hashlib.sha256(data).hexdigest()[:32]}"'}
    return File(data.decode(), "application/json", headers)


def find(platform: Platform, asked: FindAddress, address: str, now: Instant) -> Found:
    """The communities that a text or a point may mean; Invalid for both or neither, TooMany from one address."""
    if (fault := _fault(asked)) is not None:
        raise Invalid(fault)
    spend(platform, PER_ADDRESS, network(address), now)
    found = _located(platform.settings.district, asked)
    choices = [Choice(one.code, one.name, one.town, one.town_name, one.confidence) for one in found.choices]
    return Found(choices, found.sure)


def _fault(asked: FindAddress) -> Fault | None:
    if (asked.latitude is None) != (asked.longitude is None):
        return Fault("/latitude" if asked.latitude is None else "/longitude", "portal.half-a-point")
    if (asked.text is None) == (asked.latitude is None):
        return Fault("", "portal.text-or-point")
    return None


def _located(district: str, asked: FindAddress) -> Located:
    if asked.text is not None:
        return places.by_text(district, asked.text)
    return places.by_point(district, asked.latitude or 0.0, asked.longitude or 0.0)
