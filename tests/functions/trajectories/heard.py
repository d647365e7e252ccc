"""Phones that were heard: their days and postings as ingest and index leave them, and whose they are."""

from __future__ import annotations

from collections.abc import Iterable

from nanhai.domain.days import HOUR_S, day_begins, local_day
from nanhai.domain.records import Application, Holder, Residence, Source
from nanhai.domain.sightings import Visit, by_day, pack, revision, visits
from nanhai.services.profile import Profile
from nanhai.services.trajectories import postings
from nanhai.services.trajectories.days import told
from nanhai.services.trajectories.phones import pseudonym
from nanhai.store import people, presence, sightings
from nanhai.store.sightings import PersonDay
from nanhai.store.writes import send

from tests.functions.checkpoints.stand import HERE

CELL, NEXT_CELL, FAR_CELL = 0x1A2B3C4, 0x1A2B3C5, 0x1A2B3D9
REGION = 440_605
OPERATOR = 1


def at(now: int, day: int, hour: float) -> int:
    """`hour` o'clock of the local day `day` from today."""
    return day_begins(local_day(now) + day) + int(hour * HOUR_S)


def visit(now: int, day: int, since: float, until: float, cell: int = CELL) -> Visit:
    return Visit(at(now, day, since), at(now, day, until), cell, REGION)


def every_day(now: int, since: float, until: float, cell: int = CELL, days: Iterable[int] = range(-14, 0)):
    return [visit(now, day, since, until, cell) for day in days]


def days_of(phone: str, found: Iterable[Visit], sequence: int = 1) -> list[PersonDay]:
    """Whole days: one that is corrected is told anew with a later sequence."""
    cut = by_day(visits(found))
    return [PersonDay(phone, day, revision(sequence, OPERATOR), pack(day, v), 0) for day, v in cut.items()]


def heard(phone: str, found: Iterable[Visit], sequence: int = 1) -> str:
    store(days_of(phone, found, sequence))
    return phone


def store(rows: list[PersonDay]) -> None:
    """As a load and the stream leave them."""
    presence.note_revisions({(row.day, row.revision) for row in rows})
    sightings.write(rows)
    postings.post([told(row) for row in rows])


def emptied(phone: str, day: int, sequence: int) -> None:
    """A correction by which the phone was not heard on this day."""
    store([PersonDay(phone, day, revision(sequence, OPERATOR), pack(day, []), 0)])


def somebody(stand, number: str, *, community=HERE, name="陈小明"):
    """A person with a pass who registered with this number; the person's id, and the operators' name of the number."""
    person, phone = stand.here.new_person_id(), pseudonym(stand.here, number)
    known = [(Residence("440605", False), Source.POLICE), (Application(Holder.PERSON), Source.CITIZEN)]
    records = [stand._record(person, fact, source) for fact, source in known]
    profile = Profile(name, "10", "440605199001011234", number, "440605", False, community, "桂澜路 1 号")
    send(
        [
            *people.new_person_with(person, community, records, stand.now),
            *stand.here.new_profile_writes(person, profile),
            sightings.link(phone, person, stand.now),
        ]
    )
    return person, phone
