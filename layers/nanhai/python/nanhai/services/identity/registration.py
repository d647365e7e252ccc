"""Real-name registration: a phone that was proved by its code becomes a person that the register knows."""

from __future__ import annotations

from nanhai.domain.errors import Absent, Fault, Invalid
from nanhai.domain.identifiers import Instant, PersonId
from nanhai.policies.divisions import divisions
from nanhai.services import trail
from nanhai.services.asked import Asked
from nanhai.services.identity import persons, proof, sessions, tokens
from nanhai.services.identity.limits import spend
from nanhai.services.identity.persons import AlreadyRegistered
from nanhai.services.identity.proof import Proven
from nanhai.services.identity.schemas import PersonRegistered, RegisterPerson
from nanhai.services.platform import Platform
from nanhai.services.trajectories import phones
from nanhai.store import lookups, sightings
from nanhai.store import sessions as rows
from nanhai.store.sessions import Session
from nanhai.store.writes import ConditionFailed


def register(platform: Platform, asked: Asked, body: RegisterPerson) -> PersonRegistered:
    """The new person and a token that says so; whoever was a dependant until nobody acted for them any more is the
    person they were. Raises Invalid with every fault, Unproven, AlreadyRegistered."""
    if asked.actor.id:
        raise AlreadyRegistered
    session = sessions.current(asked.actor.session, asked.now)
    if faults := _faults(platform, body, asked.now):
        raise Invalid(*faults)
    spend(platform, proof.ATTEMPTS, session.session_id, asked.now)
    proven = proof.prove(platform, body)
    known = lookups.find(persons.id_index(platform, proven.id_type, proven.id_number), persons.PERSON)
    person = known or platform.new_person_id()
    trail.note(asked, person)
    try:
        return _commit(platform, asked, body, session, proven, person, is_new=known is None)
    except (ConditionFailed, Absent):
        raise AlreadyRegistered from None


def _faults(platform: Platform, body: RegisterPerson, now: Instant) -> list[Fault]:
    found = proof.faults(body, now)
    if divisions(platform.settings.district).community(body.community) is None:
        found.append(Fault("/community", "identity.community"))
    if not body.address.strip():
        found.append(Fault("/address", "identity.address"))
    return found


def _commit(
    platform: Platform,
    asked: Asked,
    body: RegisterPerson,
    session: Session,
    proven: Proven,
    person: PersonId,
    *,
    is_new: bool,
) -> PersonRegistered:
    """One transaction, whose conditions say: one number, one phone, one person; ConditionFailed otherwise."""
    phone = sessions.phone_of(platform, session)  # none when a twin of this request won: the conditions will tell
    home = {"phone": phone, "community": body.community, "address": body.address.strip()}
    if is_new:
        theirs = persons.new_person_writes(platform, person, proven, asked.now, **home)
    else:
        theirs = persons.freed_writes(platform, person, proven, asked.now, **home)
    writes = [
        *theirs,
        lookups.claim(persons.phone_index(platform, phone), person, persons.PERSON),
        sightings.link(phones.pseudonym(platform, phone), person, asked.now),
        rows.belongs_to(session.session_id, person),
    ]
    access_token = tokens.access(platform, session, person, asked.now)
    return platform.commit(writes, asked.once, PersonRegistered(person, access_token, tokens.ACCESS_S))
