"""Dependants: a child or an elderly parent has a pass of their own, for which a guardian acts with consent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from nanhai.domain.errors import Absent, Fault, Invalid, Refusal
from nanhai.domain.identifiers import Instant, PersonId
from nanhai.services import trail
from nanhai.services.asked import Asked
from nanhai.services.identity import persons, proof
from nanhai.services.identity.limits import DAY_S, spend
from nanhai.services.identity.persons import AlreadyRegistered
from nanhai.services.identity.proof import Proven
from nanhai.services.identity.schemas import AddDependant, DependantAdded
from nanhai.services.platform import Platform
from nanhai.services.schemas import instant
from nanhai.store import lookups, people
from nanhai.store.people import LINKS_MAX, Head
from nanhai.store.writes import Busy, ConditionFailed

CONSENT_S_MAX = 366 * DAY_S
EVER: Instant = 0  # as of then no link has ended
PLACE = "dependant-place"


class TooManyDependants(Refusal):
    """A guardian acts for so many people and no more."""

    code = "identity.too-many-dependants"
    kind = "conflict"


def add(platform: Platform, asked: Asked, body: AddDependant) -> DependantAdded:
    """A new person, with the guardian's link to them. Raises Invalid with every fault, Unproven, AlreadyRegistered,
    TooManyDependants."""
    if faults := [*proof.faults(body, asked.now), *_consent_faults(body, asked.now)]:
        raise Invalid(*faults)
    guardian = people.head(PersonId(asked.actor.id))
    if guardian is None:
        raise Absent
    place = _free_place(platform, guardian.person_id)
    spend(platform, proof.ATTEMPTS, guardian.person_id, asked.now)
    proven = proof.prove(platform, body)
    dependant = platform.new_person_id()
    trail.note(asked, dependant)
    try:
        return _commit(platform, asked, body, guardian, proven, dependant, place)
    except ConditionFailed as failed:
        raise (Busy(retry_after_s=1) if failed.labels == (PLACE,) else AlreadyRegistered()) from None


def _consent_faults(body: AddDependant, now: Instant) -> Iterator[Fault]:
    if not body.consent:
        yield Fault("/consent", "identity.consent")
    if not now < instant(body.until) <= now + CONSENT_S_MAX:
        yield Fault("/until", "identity.until")


def _free_place(platform: Platform, guardian: PersonId) -> str:
    """An index for the next of the guardian's LINKS_MAX places: claimed, so that two at once cannot share the last."""
    taken = len(people.links(guardian, EVER))
    if taken >= LINKS_MAX:
        raise TooManyDependants(most=LINKS_MAX)
    return platform.blind(PLACE, "claim", f"{guardian} {taken}")


def _commit(
    platform: Platform,
    asked: Asked,
    body: AddDependant,
    guardian: Head,
    proven: Proven,
    dependant: PersonId,
    place: str,
) -> DependantAdded:
    """Who depends lives with the guardian and has no phone."""
    address = platform.profile(guardian.person_id).address
    writes = [
        *persons.new_person_writes(
            platform, dependant, proven, asked.now, phone="", community=guardian.community, address=address
        ),
        people.link(guardian.person_id, dependant, body.relation, instant(body.until)),
        replace(lookups.claim(place, dependant, PLACE), label=PLACE),
    ]
    return platform.commit(writes, asked.once, DependantAdded(dependant))
