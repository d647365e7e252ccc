"""A synthetic district in a platform's tables: people in each colour by their records, staff, gates.

Run again after an interruption it goes on where it was: a person is found by ID number, and is written in two steps of
one transaction each. Reads where the tables are from the environment, as a function does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import click
from nanhai.domain.divisions import Community
from nanhai.domain.identifiers import Instant, PersonId, RecordId, Region
from nanhai.domain.records import (
    Application,
    Arrival,
    Fact,
    Holder,
    Isolation,
    Place,
    Reason,
    Record,
    Source,
    Symptoms,
)
from nanhai.domain.resident_id import RESIDENT
from nanhai.policies.divisions import divisions
from nanhai.services.identity import persons
from nanhai.services.identity.proof import Proven
from nanhai.services.platform import Platform, platform
from nanhai.services.ports import Proof
from nanhai.services.trajectories import phones
from nanhai.store import lookups, people, sightings
from nanhai.store.writes import send

from infra.local import cast, register, samples, staffing
from infra.local.folder import Folder
from infra.local.register import Row
from infra.local.synthetic import FIRST, Person, Story, person

CHUNK = 50
WRITERS = 4
REGISTER_ROWS_MAX = 100_000  # whoever is seeded is proved already; beyond, nobody is asked about again
DAY_S = 86_400
DUTY_TO_TELL, QUARANTINE_DUTY = "infectious-diseases-law-12", "infectious-diseases-law-39"
COLOURS: dict[Story, str] = {
    "household": "green",
    "permit": "green",
    "elsewhere": "blue",
    "fever": "yellow",
    "arrival": "yellow",
    "link": "yellow",
    "isolated": "red",
}


def district(folder: Folder, count: int, seed: int = 1) -> str:
    """Makes sure that the platform has staff, gates and people 0 to `count`; says what it found and wrote."""
    here = platform()
    places = divisions(here.settings.district).communities
    hired = staffing.ensure(here, folder, places)
    samples.ensure_clinics(here.settings.district)
    samples.ensure_organisations(folder, here.settings.district)
    invented = partial(person, seed, communities=len(places))
    _teach(folder, map(invented, range(min(count, REGISTER_ROWS_MAX))))
    written = 0
    with click.progressbar(length=count, label="people") as bar, ThreadPoolExecutor(WRITERS) as writers:
        for first in range(0, count, CHUNK):
            chunk = [invented(number) for number in range(first, min(count, first + CHUNK))]
            written += sum(writers.map(partial(_ensure, here, places), chunk))
            bar.update(len(chunk))
    _show(folder, map(invented, range(min(count, len(FIRST)))))
    return f"{count:,} people ({written:,} of them new), {hired} members of staff"


def _teach(folder: Folder, invented: Iterable[Person]) -> None:
    """The identity register knows them before they are registered."""
    register.add(folder.register, {who.register_key: _row(who) for who in invented})


def _row(who: Person) -> Row:
    return Row(name=who.name, household_region=who.household_region, permit=who.permit)


def _ensure(here: Platform, places: Sequence[Community], who: Person) -> bool:
    """Whether anything had to be written for this person."""
    now = here.now()
    found = lookups.find(persons.id_index(here, RESIDENT, who.id_number), persons.PERSON)
    if found is None:
        found = _register(here, places, who, now)
    head = people.head(found)
    if head is None or head.version > 1:
        return False
    facts = [Application(Holder.PERSON), *_facts(who.story, now)]
    send(people.add_records(found, [_record(here, found, fact, now) for fact in facts], now))
    return True


def _register(here: Platform, places: Sequence[Community], who: Person, now: Instant) -> PersonId:
    new = here.new_person_id()
    proven = Proven(who.name, RESIDENT, who.id_number, Proof(who.household_region, who.permit))
    community = places[who.community].code
    writes = persons.new_person_writes(
        here, new, proven, now, phone=who.phone, community=community, address=who.address
    )
    phone = sightings.link(phones.pseudonym(here, who.phone), new, now)
    send([*writes, lookups.claim(persons.phone_index(here, who.phone), new, persons.PERSON), phone])
    return new


def _facts(story: Story, now: Instant) -> list[Fact]:
    """What happened to this person, recently enough to show in the colour."""
    if story == "fever":
        return [Symptoms(37.9, ("fever", "cough"))]
    if story == "arrival":
        return [Arrival(Region("420106"), "train", "G1006")]
    if story == "isolated":
        since = now - 2 * DAY_S
        return [Isolation(Place.HOME, Reason.CLOSE_CONTACT, since, since + 14 * DAY_S, "home")]
    return []


def _record(here: Platform, who: PersonId, fact: Fact, now: Instant) -> Record:
    """Told by the citizens themselves, but for orders: those come from the health authority."""
    id_ = RecordId(here.new_ulid(now))
    if isinstance(fact, Isolation):
        office = f"{staffing.HEALTH_OFFICE}/seed"
        return Record(id_, who, fact.since, now, Source.HEALTH_AUTHORITY, office, "seed", QUARANTINE_DUTY, fact)
    return Record(id_, who, now, now, Source.CITIZEN, who, "self", DUTY_TO_TELL, fact)


def _show(folder: Folder, invented: Iterable[Person]) -> None:
    """One of each colour, and the enterprises, whom somebody may play."""
    shown = {COLOURS[who.story]: who for who in reversed(list(invented))}
    rows = [{"colour": colour, "name": who.name, "phone": who.phone} for colour, who in shown.items()]
    cast.keep(folder, cast.read(folder) | {"people": rows, "enterprises": samples.enterprises(folder)})
