"""Where something was reported: the community that the case goes to, or every reason why it is not known."""

from __future__ import annotations

from collections.abc import Iterator

from nanhai.domain.divisions import Community
from nanhai.domain.errors import Fault
from nanhai.policies.divisions import divisions
from nanhai.services import places
from nanhai.services.places import Located
from nanhai.services.platform import Platform
from nanhai.services.reports.schemas import Place

NOT_SURE = Located()


def faults(platform: Platform, place: Place) -> list[Fault]:
    """What is wrong with a place as it was told, whatever it means."""
    if (place.latitude is None) != (place.longitude is None):
        return [Fault("/place", "reports.half-a-point")]
    if place.community is None and place.address is None and place.latitude is None:
        return [Fault("/place", "reports.no-place")]
    if place.community is not None and divisions(platform.settings.district).community(place.community) is None:
        return [Fault("/place/community", "reports.community-unknown")]
    return []


def community(platform: Platform, place: Place) -> Community | list[Fault]:
    """Of a place without faults: its community, or the choice that the reporter has."""
    known = divisions(platform.settings.district)
    if place.community is not None and (told := known.community(place.community)) is not None:
        return told
    by_text, by_point = _located(platform, place)
    sure = next((one for one in (by_text, by_point) if one.sure), NOT_SURE)
    if sure.sure and (found := known.community(sure.choices[0].code)) is not None:
        return found
    return list(_choices(by_text if by_text.choices else by_point)) or [Fault("/place", "reports.place-unknown")]


def _located(platform: Platform, place: Place) -> tuple[Located, Located]:
    district = platform.settings.district
    by_text = NOT_SURE if place.address is None else places.by_text(district, place.address)
    if by_text.sure or place.latitude is None or place.longitude is None:
        return by_text, NOT_SURE
    return by_text, places.by_point(district, place.latitude, place.longitude)


def _choices(located: Located) -> Iterator[Fault]:
    """One fault for each: the text names the code, which the reporter may send as the community."""
    for choice in located.choices:
        told: dict[str, str | int | float] = {"town": choice.town_name, "name": choice.name, "community": choice.code}
        yield Fault("/place/community", "reports.place-choice", told)
