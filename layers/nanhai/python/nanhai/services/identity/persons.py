"""A new person as parts of one transaction: head with the first records, sealed profile, claim on the ID number."""

from __future__ import annotations

from nanhai.domain.errors import Absent, Refusal
from nanhai.domain.identifiers import Instant, PersonId, RecordId, Region
from nanhai.domain.records import Fact, IdentityLink, Record, Residence, Source
from nanhai.services import profile as profiles
from nanhai.services.identity.proof import Proven
from nanhai.services.platform import PROFILE, Platform
from nanhai.services.profile import Profile
from nanhai.store import keys, lookups, people
from nanhai.store.writes import Write
from nanhai.vault import sealing

REGISTER = "identity-register"
LEGAL_BASIS = "infectious-diseases-law-12"  # the duty to tell truthfully who one is
PERSON = lookups.PERSON


class AlreadyRegistered(Refusal):
    """This number or this phone is somebody's already; whose is not told."""

    code = "identity.already-registered"
    kind = "conflict"


def new_person_writes(
    platform: Platform, person: PersonId, proven: Proven, now: Instant, *, phone: str, community: str, address: str
) -> list[Write]:
    """The writes whose conditions say: one ID number, one person."""
    proof = proven.proof
    region = Region(proof.household_region)
    records = [_record(platform, person, fact, now) for fact in (Residence(region, proof.permit), IdentityLink(region))]
    profile = profile_of(proven, phone=phone, community=community, address=address)
    return [
        *people.new_person_with(person, community, records, now),
        *platform.new_profile_writes(person, profile),
        lookups.claim(id_index(platform, proven.id_type, proven.id_number), person, PERSON),
    ]


def freed_writes(
    platform: Platform, person: PersonId, proven: Proven, now: Instant, *, phone: str, community: str, address: str
) -> list[Write]:
    """The writes by which a dependant for whom nobody acts any more becomes a holder like others; Absent for nobody."""
    profile = profile_of(proven, phone=phone, community=community, address=address)
    return [
        people.freed(person, now),
        people.move(person, community, now),
        profile_write(platform, person, profile),
    ]


def profile_write(platform: Platform, person: PersonId, profile: Profile) -> Write:
    """The profile of somebody known, sealed anew under the key they have; Absent when it was shredded."""
    wrapped = keys.wrapped(person)
    if wrapped is None:
        raise Absent
    data_key = sealing.unwrap_key(platform.ring.kek, wrapped, person)
    return people.put_profile(person, sealing.seal(data_key, profiles.dump(profile), holder=person, **PROFILE))


def profile_of(proven: Proven, *, phone: str, community: str, address: str) -> Profile:
    region, permit = proven.proof.household_region, proven.proof.permit
    return Profile(proven.name, proven.id_type, proven.id_number, phone, region, permit, community, address)


def id_index(platform: Platform, id_type: str, id_number: str) -> str:
    return platform.blind("id-number", "lookup", f"{id_type}:{id_number}")


def phone_index(platform: Platform, phone: str) -> str:
    return platform.blind("phone", "lookup", phone)


def _record(platform: Platform, person: PersonId, fact: Fact, now: Instant) -> Record:
    return Record(
        RecordId(platform.new_ulid(now)), person, now, now, Source.POLICE, REGISTER, REGISTER, LEGAL_BASIS, fact
    )
