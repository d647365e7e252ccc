"""Who I am to the platform, masked, and for whom I may act."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from nanhai.domain import masking
from nanhai.domain.errors import Absent
from nanhai.domain.identifiers import Instant, PersonId
from nanhai.services.identity.schemas import Dependant, Me
from nanhai.services.platform import Platform
from nanhai.services.schemas import moment
from nanhai.store import people
from nanhai.store.people import Link


def read(platform: Platform, person: PersonId, now: Instant) -> Me:
    head = people.head(person)
    if head is None:
        raise Absent
    profile = platform.profile(person)
    return Me(
        person,
        masking.name(profile.name),
        masking.phone(profile.phone),
        head.community,
        list(_dependants(platform, people.links(person, now))),
    )


def _dependants(platform: Platform, links: Iterable[Link]) -> Iterator[Dependant]:
    """Those whose data still exist."""
    for link in links:
        try:
            name = platform.profile(link.dependant).name
        except Absent:
            continue
        yield Dependant(link.dependant, masking.name(name), link.relation, moment(link.until))
