"""People as a district has them after some weeks: residents and others, with a daily declaration of a week or so.

Written by the store's own verbs, but heads and passes only: nothing that is measured reads a record's own row.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from nanhai.domain.identifiers import Instant, PersonId, RecordId, Region
from nanhai.domain.records import Application, Fact, Holder, IdentityLink, Record, Residence, Source, Symptoms
from nanhai.services.platform import Platform
from nanhai.store import people
from nanhai.store.writes import Write, send
from nanhai.streams.rebuild import rebuild

from tests.bench.ground import Ground

DAY_S = 86_400
ACTIONS_MAX = 100  # of a transaction
REGIONS = ("440605", "440605", "440605", "440604", "430102", "450102")
COMMUNITY = "440605001001"
WELL, FEVER = Symptoms(36.5, ()), Symptoms(37.9, ("fever", "cough"))
DECLARATIONS = range(3, 13)  # a person with ten records has a head of about 2 KB


@dataclass(frozen=True, slots=True)
class Change:
    """A new declaration of one person."""

    person: PersonId
    fact: Symptoms


def people_with_passes(ground: Ground, count: int) -> list[PersonId]:
    """The first `count` people, made now as far as they are not there: each with the pass that the records give."""
    here, now = ground.here, ground.here.now()
    numbers = range(len(ground.people), count)
    made = [here.new_person_id() for _ in numbers]
    _send(_person(here, who, number, now) for number, who in zip(numbers, made, strict=True))
    if failures := rebuild(here, made):
        raise next(iter(failures.values()))
    ground.people.extend(made)
    return ground.people[:count]


def declare(ground: Ground, changes: Iterable[Change]) -> None:
    """One more record for each: the version of the head goes up, the pass stays as it was."""
    _send(_declared(ground.here, change) for change in changes)


def _person(here: Platform, who: PersonId, number: int, now: Instant) -> Write:
    """The same number always has the same history."""
    draw = random.Random(number)
    region = Region(draw.choice(REGIONS))
    days = draw.choice(DECLARATIONS)
    began = now - (days + 1) * DAY_S
    register = [Residence(region, permit=False), IdentityLink(region)]
    records = [_record(here, who, fact, began, Source.POLICE) for fact in register]
    records.append(_record(here, who, Application(Holder.PERSON), began, Source.CITIZEN))
    records += [_record(here, who, WELL, began + day * DAY_S, Source.CITIZEN) for day in range(1, days + 1)]
    return _head(people.new_person_with(who, COMMUNITY, records, now))


def _declared(here: Platform, change: Change) -> Write:
    now = here.now()
    record = _record(here, change.person, change.fact, now, Source.CITIZEN)
    return _head(people.add_records(change.person, [record], now))


def _head(writes: Sequence[Write]) -> Write:
    return writes[0]


def _record(here: Platform, who: PersonId, fact: Fact, at: Instant, source: Source) -> Record:
    source_id = who if source is Source.CITIZEN else "identity-register"
    return Record(
        RecordId(here.new_ulid(at)), who, at, at, source, source_id, "self", "infectious-diseases-law-12", fact
    )


def _send(writes: Iterator[Write]) -> None:
    while chunk := list(islice(writes, ACTIONS_MAX)):
        send(chunk)
