"""A new person as parts of one transaction: head with the first records, sealed profile, claim on the ID number."""

from __future__ import annotations

from nanhai.domain.errors import Refusal
from nanhai.domain.identifiers import Instant, PersonId, RecordId, Region
from nanhai.domain.records import Fact, IdentityLink, Record, Residence, Source
from nanhai.services.identity.proof import Proven
from nanhai.services.platform import Platform
from nanhai.services.profile import Profile
from nanhai.store import lookups, people
from nanhai.store.writes import Write

REGISTER = "identity-register"
LEGAL_BASIS = "infectious-diseases-law-12"  # the duty to tell truthfully who one is
PERSON = "person"


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
    profile = Profile(
        proven.name,
        proven.id_type,
        proven.id_number,
        phone,
        proof.household_region,
        proof.permit,
        community,
        address,
    )
    return [
        *people.new_person_with(person, community, records, now),
        *platform.new_profile_writes(person, profile),
        lookups.claim(id_index(platform, proven.id_type, proven.id_number), person, PERSON),
    ]


def id_index(platform: Platform, id_type: str, id_number: str) -> str:
    return platform.blind("id-number", "lookup", f"{id_type}:{id_number}")


def phone_index(platform: Platform, phone: str) -> str:
    return platform.blind("phone", "lookup", phone)


def _record(platform: Platform, person: PersonId, fact: Fact, now: Instant) -> Record:
    return Record(
        RecordId(platform.new_ulid(now)), person, now, now, Source.POLICE, REGISTER, REGISTER, LEGAL_BASIS, fact
    )
