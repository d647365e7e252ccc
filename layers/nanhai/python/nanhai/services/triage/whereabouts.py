"""Where help is needed: the registered home, or an address that tells its community, or one that somebody chose."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nanhai.domain.errors import Absent, Fault
from nanhai.domain.identifiers import PersonId
from nanhai.policies.divisions import divisions
from nanhai.services import places
from nanhai.services.places import Choice
from nanhai.services.platform import Platform
from nanhai.services.triage.schemas import ADDRESS_CHARACTERS_MAX, AskForHelp
from nanhai.store import people


@dataclass(frozen=True, slots=True)
class Whereabouts:
    community: str
    address: str


def find(platform: Platform, person: PersonId, body: AskForHelp) -> tuple[Whereabouts, list[Fault]]:
    """Where it is, and what keeps it from being known; Absent for nobody."""
    head = people.head(person)
    if head is None:
        raise Absent
    district, address = platform.settings.district, body.address.strip()
    if body.community is not None:
        known = divisions(district).community(body.community) is not None
        faults = [] if known else [Fault("/community", "triage.community")]
        return Whereabouts(body.community, address or _registered(platform, person)), faults
    if not address:
        return Whereabouts(head.community, _registered(platform, person)), []
    located = places.by_text(district, address)
    if located.sure and located.choices:
        return Whereabouts(located.choices[0].code, address), []
    return Whereabouts("", address), list(_unsure(located.choices))


def _registered(platform: Platform, person: PersonId) -> str:
    return platform.profile(person).address[:ADDRESS_CHARACTERS_MAX]


def _unsure(choices: Sequence[Choice]) -> Iterator[Fault]:
    """What to choose from stands beside the fault, one error each."""
    yield Fault("/address", "triage.address-unsure")
    for choice in choices:
        params = {"code": choice.code, "name": choice.name, "town": choice.town_name}
        yield Fault("/community", "triage.community-choice", {**params})
