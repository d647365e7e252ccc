"""Where somebody stays: the community that goes to see them."""

from __future__ import annotations

from nanhai.domain.errors import Fault
from nanhai.policies.divisions import divisions
from nanhai.services import places
from nanhai.services.platform import Platform

NOWHERE = ""


def located(platform: Platform, code: str, address: str, at: str) -> tuple[str, list[Fault]]:
    """The community by its code, or surely by the address; otherwise what is missing, with the choices there are.

    `at`: the pointer under which `community` and `address` stand.
    """
    district = platform.settings.district
    if code:
        known = divisions(district).community(code) is not None
        return (code, []) if known else (NOWHERE, [Fault(f"{at}/community", "arrivals.community")])
    if not address:
        return NOWHERE, [Fault(f"{at}/community", "arrivals.stay-missing")]
    found = places.by_text(district, address)
    if found.sure:
        return found.choices[0].code, []
    if not found.choices:
        return NOWHERE, [Fault(f"{at}/address", "arrivals.stay-unknown")]
    choices = ", ".join(f"{choice.town_name}{choice.name} {choice.code}" for choice in found.choices)
    return NOWHERE, [Fault(f"{at}/address", "arrivals.stay-unsure", {"choices": choices})]


def name_of(platform: Platform, community: str) -> str:
    return divisions(platform.settings.district).name(community) or community
