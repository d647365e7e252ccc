"""Stays in affected areas of people whose phone an operator tells of: records, as the newest days of the phone say.

Nothing here rests on what came when: whoever is looked at gets the records that follow from what is stored now, and
what is not so any more is withdrawn. The condition on the head's version makes two who look at once agree.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping

from nanhai.domain.area_stays import Affected, Differences, differences, told_by, withdrawn
from nanhai.domain.days import local_day
from nanhai.domain.errors import Unavailable
from nanhai.domain.identifiers import Instant, RecordId, ulid
from nanhai.domain.policy import Policy
from nanhai.domain.records import Correction, Fact, Record, Source, Stay
from nanhai.policies import trajectories
from nanhai.services.platform import Platform
from nanhai.services.trajectories import days
from nanhai.services.trajectories.days import Told
from nanhai.store import people, sightings
from nanhai.store.people import Head
from nanhai.store.sightings import Linked
from nanhai.store.writes import ConditionFailed, send

FEED = "signalling"  # source_id of these records
LEGAL_BASIS = "infectious-diseases-law-12"  # every unit tells truthfully what an investigation asks
CORRECTED = "not-told-any-more"
RECORDS_PER_WRITE_MAX = 90  # of a transaction's 100 actions
LOOKS_MAX = 16
ENTROPY_BYTES = 10


class Unsettled(Unavailable):
    """Others keep writing about the same person; it is tried again later."""

    code = "trajectories.unsettled"


def concerned(policy: Policy, told: Iterable[Told], links: Mapping[str, Linked]) -> dict[str, Linked]:
    """Those of the linked phones whose days tell of an affected area, or may take back what was told of one."""
    affected = Affected.of(policy)
    found: dict[str, Linked] = {}
    for one in told:
        linked = links.get(one.stored.phone)
        if linked is not None and one.stored.phone not in found and _concerns(one, linked, affected):
            found[one.stored.phone] = linked
    return found


def settle(platform: Platform, phone: str, linked: Linked) -> int:
    """Makes the records of a phone's holder agree with its days; how many were written. What cannot be read of its days
    is left as it is; Poison when a record cannot be read, Unsettled while others keep writing."""
    written = 0
    for _ in range(LOOKS_MAX):
        found = people.head(linked.person)
        if found is None:  # erased since
            return written
        now = platform.now()
        records = list(_records(found, _differences(platform, phone, found, now), now))[:RECORDS_PER_WRITE_MAX]
        _note(phone, linked, records, days.kept(now)[0])
        if not records:
            return written
        try:
            send(people.add_records_in(found, records, now, found.community))
            written += len(records)
        except ConditionFailed:  # others were faster, or this very write is there and its answer was lost
            continue
    raise Unsettled(retry_after_s=1)


def _concerns(one: Told, linked: Linked, affected: Affected) -> bool:
    """A day lends its first visits to the stay of the day before."""
    day = one.stored.day
    return not linked.stays.isdisjoint((day - 1, day)) or any(map(affected.around, one.visits))


def _differences(platform: Platform, phone: str, found: Head, now: Instant) -> Differences:
    policy, known, records = platform.policies.in_force(now), days.of_phone(phone, now), people.facts_of(found)
    told = told_by(
        known.visits,
        Affected.of(policy),
        minimum_s=policy.minimum_stay_s,
        silence_s=trajectories.rule().silence_s,
        withdrawn=withdrawn(records, FEED),
    )
    first, today = days.kept(now)
    judged = frozenset(range(first, today + 1)) - known.unreadable
    return differences(told, records, FEED, judged)


def _records(found: Head, differ: Differences, now: Instant) -> Iterator[Record]:
    """What is new before what is withdrawn: when all do not fit, nobody is better off for a moment."""
    for stay in differ.missing:
        yield _record(found, stay, happened_at=stay.since, recorded_at=now)
    for wrong in differ.wrong:  # later than what it withdraws, whatever the clocks say
        at = max(now, wrong.recorded_at + 1)
        yield _record(found, Correction(CORRECTED), happened_at=now, recorded_at=at, supersedes=wrong.record_id)


def _record(
    found: Head, fact: Fact, *, happened_at: Instant, recorded_at: Instant, supersedes: RecordId | None = None
) -> Record:
    """Its id follows from what it says, to which version of the person."""
    said = f"{found.person_id}#{found.version}#{fact}#{supersedes}".encode()
    entropy = int.from_bytes(hashlib.sha256(said).digest()[:ENTROPY_BYTES], "big")
    return Record(
        RecordId(ulid(recorded_at * 1_000, entropy)),
        found.person_id,
        happened_at,
        recorded_at,
        Source.OPERATOR,
        FEED,
        FEED,
        LEGAL_BASIS,
        fact,
        supersedes,
    )


def _note(phone: str, linked: Linked, records: Iterable[Record], first: int) -> None:
    """Before they are recorded, so that a later revision of these days is looked at, whatever is killed in between."""
    new = {local_day(record.fact.since) for record in records if isinstance(record.fact, Stay)} - linked.stays
    over = {day for day in linked.stays if day < first}
    if new or over:
        sightings.note_stays(phone, new, over)
