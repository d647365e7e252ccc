"""People put into the stage's tables: one whose records mean something, one with a record that nobody knows, and one
who is known by name."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

from nanhai.domain.identifiers import Instant, PersonId, RecordId, Region
from nanhai.domain.records import Application, Fact, Holder, Record, Residence, Source
from nanhai.policies.divisions import divisions
from nanhai.services.platform import Platform, platform, reset_platform
from nanhai.services.profile import Profile
from nanhai.store import connection, people
from nanhai.store.writes import commit

LEGAL_BASIS = "infectious-diseases-law-12"
ID_NUMBER, PHONE = "440605198603140012", "+8613700000001"


@dataclass(frozen=True, slots=True)
class Planted:
    good: PersonId
    poison: PersonId
    named: PersonId


def plant() -> Planted:
    """Writes all three; the environment says where (Trial.become)."""
    connection.reset()
    reset_platform()
    here = platform()
    now = here.now()
    good, poison, named = (here.new_person_id() for _ in range(3))
    for person in (good, poison, named):
        commit(people.new_person_with(person, community(here), _records(here, person, now), now))
    _spoil(poison)
    commit(here.new_profile_writes(named, profile(here)))
    return Planted(good, poison, named)


def community(here: Platform) -> str:
    """Where everything happens: the first of the district."""
    return divisions(here.settings.district).communities[0].code


def profile(here: Platform, phone: str = PHONE) -> Profile:
    """Of somebody at home there."""
    district = here.settings.district
    return Profile("何香凝", "10", ID_NUMBER, phone, district, False, community(here), "1")


def _records(here: Platform, person: PersonId, now: Instant) -> list[Record]:
    """Enough for a green pass: a household here, and an application."""
    applied = _record(here, person, now, Application(Holder.PERSON))
    lives = Residence(Region(here.settings.district), permit=False)
    return [replace(_record(here, person, now, lives), source=Source.POLICE), applied]


def _record(here: Platform, person: PersonId, now: Instant, fact: Fact) -> Record:
    record_id = RecordId(here.new_ulid(now))
    return Record(record_id, person, now, now, Source.CITIZEN, person, "deploy-check", LEGAL_BASIS, fact)


def _spoil(person: PersonId) -> None:
    """A fact of a class that no version of the code has known."""
    connection.client().update_item(
        TableName=connection.table_name("people"),
        Key=people.head_key(person),
        UpdateExpression="SET facts = list_append(facts, :unknown)",
        ExpressionAttributeValues={":unknown": {"L": [{"S": json.dumps({"c": "horoscope"})}]}},
    )
