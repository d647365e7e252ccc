"""Dependants: a child or an elderly parent has a pass of their own, for which a guardian acts with consent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from msgspec.structs import replace

from nanhai.domain import resident_id
from nanhai.domain.days import DAY_S, local_date
from nanhai.domain.errors import Absent, Fault, Invalid, Refusal
from nanhai.domain.identifiers import Instant, PersonId
from nanhai.services import trail
from nanhai.services.asked import Asked
from nanhai.services.identity import persons, proof
from nanhai.services.identity.limits import spend
from nanhai.services.identity.persons import AlreadyRegistered
from nanhai.services.identity.proof import Proven
from nanhai.services.identity.schemas import AddDependant, DependantAdded
from nanhai.services.platform import Platform
from nanhai.services.schemas import instant
from nanhai.store import lookups, people
from nanhai.store.people import LINKS_MAX, Head, Link
from nanhai.store.writes import Busy, ConditionFailed, Write

CONSENT_S_MAX = 366 * DAY_S
EVER: Instant = 0  # as of then no link has ended
PLACE = "dependant-place"
CHILD = "child"
YOUNG_YEARS, OLD_YEARS = 18, 60  # Civil Code, art. 17; Law on the Protection of the Rights of the Elderly, art. 2


class DependantAdult(Refusal):
    """Someone of this age acts for themself; who cannot is brought, with their documents, to the community desk."""

    code = "identity.dependant-adult"


class TooManyDependants(Refusal):
    """A guardian acts for so many people and no more."""

    code = "identity.too-many-dependants"
    kind = "conflict"


def add(platform: Platform, asked: Asked, body: AddDependant) -> DependantAdded:
    """A new person with the guardian's link to them; or for somebody known the link anew, when nobody else acts for
    them. Raises Invalid with every fault, DependantAdult, Unproven, AlreadyRegistered, TooManyDependants."""
    if faults := [*proof.faults(body, asked.now), *_consent_faults(body, asked.now)]:
        raise Invalid(*faults)
    if not may_depend(body.id_type, proof.clean_number(body.id_number), body.relation, local_date(asked.now)):
        raise DependantAdult
    guardian = people.head(PersonId(asked.actor.id))
    if guardian is None:
        raise Absent
    known = lookups.find(persons.id_index(platform, body.id_type, proof.clean_number(body.id_number)), persons.PERSON)
    dependant = known or platform.new_person_id()
    place = _place(platform, guardian.person_id, dependant)
    spend(platform, proof.ATTEMPTS, guardian.person_id, asked.now)
    proven = proof.prove(platform, body)
    link = Link(guardian.person_id, dependant, body.relation, instant(body.until))
    trail.note(asked, dependant)
    theirs = _new(platform, asked, guardian, link, proven) if known is None else people.renew(link, asked.now)
    try:
        return platform.commit([*theirs, *place], asked.once, DependantAdded(dependant))
    except ConditionFailed as failed:
        raise (Busy(retry_after_s=1) if failed.labels == (PLACE,) else AlreadyRegistered()) from None


def may_depend(id_type: str, number: str, relation: str, today: date) -> bool:
    """Whether anybody may be given somebody with this document as a dependant without being seen: the young and the
    old by the birth date in the number, and with a document that holds none only a child."""
    birth = resident_id.birth_date(id_type, number)
    if birth is None:
        return relation == CHILD
    years = today.year - birth.year - ((today.month, today.day) < (birth.month, birth.day))
    return years < YOUNG_YEARS or years >= OLD_YEARS


def _consent_faults(body: AddDependant, now: Instant) -> Iterator[Fault]:
    if not body.consent:
        yield Fault("/consent", "identity.consent")
    if not now < instant(body.until) <= now + CONSENT_S_MAX:
        yield Fault("/until", "identity.until")


def _place(platform: Platform, guardian: PersonId, dependant: PersonId) -> list[Write]:
    """The claim on the next of the guardian's LINKS_MAX places, so that two at once cannot share the last; none for
    somebody who has one."""
    taken = people.links(guardian, EVER)
    if any(link.dependant == dependant for link in taken):
        return []
    if len(taken) >= LINKS_MAX:
        raise TooManyDependants(most=LINKS_MAX)
    index = platform.blind(PLACE, "claim", f"{guardian} {len(taken)}")
    return [replace(lookups.claim(index, dependant, PLACE), label=PLACE)]


def _new(platform: Platform, asked: Asked, guardian: Head, link: Link, proven: Proven) -> list[Write]:
    """Who depends lives with the guardian and has no phone."""
    address = platform.profile(guardian.person_id).address
    return [
        *persons.new_person_writes(
            platform, link.dependant, proven, asked.now, phone="", community=guardian.community, address=address
        ),
        people.link(link.guardian, link.dependant, link.relation, link.until),
        people.guarded(link.guardian, link.dependant, link.until),
    ]
