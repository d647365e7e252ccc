"""At the desk: whoever has no phone at hand is found by their ID card. A code is never the only credential."""

from __future__ import annotations

from nanhai.domain import masking, resident_id
from nanhai.domain.colour import Colour
from nanhai.domain.days import HOUR_S, local_date
from nanhai.domain.errors import Invalid
from nanhai.domain.identifiers import Instant, PersonId
from nanhai.services import trail
from nanhai.services.asked import Asked
from nanhai.services.casework import accesses, purposes, subjects
from nanhai.services.identity import persons, proof
from nanhai.services.identity.limits import Limit, spend
from nanhai.services.identity.schemas import LookAt, LookUp, PersonFound, PersonSeen
from nanhai.services.passes import reading
from nanhai.services.platform import Platform
from nanhai.store import lookups
from nanhai.store.passes import StoredPass
from nanhai.store.people import Head

PER_OFFICER = Limit("desk-officer", 300, HOUR_S)
NOBODY = PersonId("0" * 13)  # looked for in place of someone unknown, so that both take the same time


def look_up(platform: Platform, asked: Asked, body: LookUp) -> PersonFound:
    """The person with this ID number. Absent for someone unknown, and just the same for someone out of scope; Invalid
    for a slip of the pen, and as `purposes.check` says."""
    number = proof.clean_number(body.id_number)
    if faults := list(resident_id.check(body.id_type, number, local_date(asked.now))):
        raise Invalid(*faults)
    spend(platform, PER_OFFICER, asked.actor.id, asked.now)
    person = lookups.find(persons.id_index(platform, body.id_type, number), persons.PERSON)
    head, stored = _in_scope(asked, person or NOBODY)
    _note(platform, asked, head.person_id, body)
    name = platform.profile(head.person_id).name
    return PersonFound(
        head.person_id, masking.name(name), head.community, _colour(platform, head, stored, asked.now).value
    )


def look_at(platform: Platform, asked: Asked, person_id: str, why: LookAt) -> PersonSeen:
    """What an officer may see of a person: nothing here identifies them to somebody who does not know them. Absent out
    of scope; Invalid as `purposes.check` says."""
    head, stored = _in_scope(asked, PersonId(person_id))
    _note(platform, asked, head.person_id, why)
    profile = platform.profile(head.person_id)
    return PersonSeen(
        head.person_id,
        masking.name(profile.name),
        masking.phone(profile.phone),
        head.community,
        _colour(platform, head, stored, asked.now).value,
    )


def _in_scope(asked: Asked, person: PersonId) -> tuple[Head, StoredPass | None]:
    head, stored = reading.look(person)
    return subjects.in_scope(asked, person, head), stored


def _note(platform: Platform, asked: Asked, person: PersonId, why: LookUp | LookAt) -> None:
    """For the auditor and for the person; raises when it cannot be stored, and then nothing is shown."""
    purposes.check(asked, person, why.purpose, why.case)
    trail.note(asked, person, purposes.told(why.purpose, why.case))
    accesses.note(platform, asked, person, why.purpose)


def _colour(platform: Platform, head: Head, stored: StoredPass | None, now: Instant) -> Colour:
    """As every reader sees it at `now`; none for someone who has not applied."""
    timeline = reading.current(platform, head, stored, now)
    return Colour.NONE if timeline is None else timeline.at(now).colour
