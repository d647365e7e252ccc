"""A person tells of their arrival, for themselves and for the dependants who came with them.

Records of everybody, the community that looks after them and the case where they stay are one transaction. Who is under
an order, or worked on by their community, stays with it. No colour is set: whoever came from an affected area turns
yellow by the record, when the stream has seen it or a reader computes it before.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from nanhai.domain import arrivals
from nanhai.domain.days import DAY_S
from nanhai.domain.errors import Absent, Fault, Invalid, Poison, Refusal
from nanhai.domain.identifiers import PersonId, Region
from nanhai.domain.records import Arrival, Record
from nanhai.services.arrivals import facts, stays, visits
from nanhai.services.arrivals.facts import Journey
from nanhai.services.arrivals.schemas import ArrivalWritten, Arrived, WriteArrival
from nanhai.services.asked import Asked
from nanhai.services.identity.limits import Limit, spend
from nanhai.services.passes.holders import holder
from nanhai.services.platform import Platform
from nanhai.services.schemas import instant
from nanhai.store import casefiles, people
from nanhai.store.people import Head
from nanhai.store.writes import Busy, ConditionFailed, Write

PER_PERSON = Limit("arrivals", 20, DAY_S)
TRIES = 3


class AlreadyTold(Refusal):
    """Just this arrival of somebody among them is known; each of them is named."""

    code = "arrivals.already-told"
    kind = "conflict"


def tell(platform: Platform, asked: Asked, body: WriteArrival) -> ArrivalWritten:
    """Raises Absent for somebody else's dependant, Invalid with every fault, AlreadyTold, TooMany."""
    persons = [holder(asked, one.person) for one in body.persons]
    journey = _journey(asked, body)
    community, unknown = stays.located(platform, body.stay.community or "", (body.stay.address or "").strip(), "/stay")
    if faults := [*_faults(asked, body, persons, journey), *unknown]:
        raise Invalid(*faults)
    spend(platform, PER_PERSON, asked.actor.id, asked.now)
    for _ in range(TRIES):
        heads = people.heads(persons)
        try:
            return _commit(platform, asked, body, [_head(heads, person) for person in persons], journey, community)
        except ConditionFailed:  # something else was recorded of one of them meanwhile
            continue
    raise Busy(retry_after_s=1)


def is_told(head: Head, journey: Journey) -> bool:
    """Whether this very arrival of theirs is known."""
    try:
        return arrivals.already_told(people.facts_of(head), journey.arrival, journey.at)
    except Poison:  # then it is told twice, which says the same
        return False


def _journey(asked: Asked, body: WriteArrival) -> Journey:
    arrival = Arrival(Region(arrivals.region_of(body.region)), body.by, body.number.strip())
    return Journey(arrival, instant(body.at), asked.operation)


def _faults(asked: Asked, body: WriteArrival, persons: Sequence[PersonId], journey: Journey) -> Iterator[Fault]:
    yield from arrivals.region_faults("/from", body.region)
    yield from arrivals.time_faults("/at", journey.at, asked.now)
    yield from arrivals.number_faults("/number", journey.arrival.number)
    for index, (one, person) in enumerate(zip(body.persons, persons, strict=True)):
        at = f"/persons/{index}"
        if person in persons[:index]:
            yield Fault(f"{at}/person", "arrivals.person-twice")
        yield from facts.health_faults(f"{at}/temperature_c", one.temperature_c, f"{at}/symptoms", one.symptoms or ())


def _head(heads: dict[PersonId, Head], person: PersonId) -> Head:
    if person not in heads:
        raise Absent
    return heads[person]


def _commit(
    platform: Platform, asked: Asked, body: WriteArrival, heads: Sequence[Head], journey: Journey, community: str
) -> ArrivalWritten:
    known = [Fault(f"/persons/{at}", AlreadyTold.code) for at, head in enumerate(heads) if is_told(head, journey)]
    if known:
        raise AlreadyTold(*known)
    told = [_told(platform, asked, body, at, head, journey) for at, head in enumerate(heads)]
    first = told[0][0]
    case = visits.opened(
        platform,
        asked,
        first.person_id,
        first.record_id,
        journey,
        community=community,
        stay=body.stay.address or "",
        people=len(heads),
    )
    moves = [w for head, new in zip(heads, told, strict=True) for w in _writes(platform, asked, head, new, community)]
    answer = ArrivalWritten(
        [Arrived(new[0].person_id, new[0].record_id) for new in told],
        community,
        stays.name_of(platform, community),
        case.case_id,
    )
    return platform.commit([*moves, *case.writes], asked.once, answer)


def _told(
    platform: Platform, asked: Asked, body: WriteArrival, index: int, head: Head, journey: Journey
) -> list[Record]:
    one = body.persons[index]
    return facts.records(platform, asked, head.person_id, journey, facts.health_of(one.temperature_c, one.symptoms))


def _writes(platform: Platform, asked: Asked, head: Head, told: Sequence[Record], community: str) -> list[Write]:
    stays_with = head.community if _is_held(platform, asked, head, community) else community
    return people.add_records_in(head, told, asked.now, stays_with)


def _is_held(platform: Platform, asked: Asked, head: Head, community: str) -> bool:
    """Whether their own community looks after them still: by an order, or by a case of theirs that is open there.
    Whose records cannot be read may be under an order."""
    if head.community == community:
        return False
    try:
        if arrivals.is_ordered(people.facts_of(head), platform.policies.in_force(asked.now), asked.now):
            return True
    except Poison:
        return True
    return any(case.community == head.community for case in casefiles.open_of(head.person_id, asked.now))
