"""Passes brought up to date with the records of their people: fifty people a request, a write only where one differs.

A record may arrive between the look at a person and the put of the pass, and whoever handles that record may have
found the older pass still right. So those who were put are looked at again, until nobody's pass changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from nanhai.domain.decide import decide
from nanhai.domain.errors import Poison, Unavailable
from nanhai.domain.identifiers import Instant, PersonId
from nanhai.domain.policy import Policy
from nanhai.domain.timeline import Timeline
from nanhai.services.passes import reading
from nanhai.services.platform import Platform
from nanhai.store import passes, people
from nanhai.store.passes import StoredPass
from nanhai.store.people import Head
from nanhai.streams.batch import is_transient

PEOPLE_PER_REQUEST = 50
LOOKS_MAX = 8

Failures = dict[PersonId, Exception]


class Unsettled(Unavailable):
    """Others keep writing the same passes; it is tried again later."""

    code = "streams.unsettled"


@dataclass(frozen=True, slots=True)
class Look:
    """What is stored about some people at one moment."""

    heads: Mapping[PersonId, Head]
    passes: Mapping[PersonId, StoredPass]


@dataclass(slots=True)
class Settled:
    """Whose pass was put, and who could not be brought up to date, each with the reason."""

    put: set[PersonId] = field(default_factory=set)
    failures: Failures = field(default_factory=dict)


def rebuild(here: Platform, persons: Iterable[PersonId]) -> Failures:
    """Brings the passes of `persons` up to date; those it could not, each with its reason."""
    return settle(here, persons).failures


def settle(here: Platform, persons: Iterable[PersonId]) -> Settled:
    """The same, and whose pass had to be put."""
    settled = Settled()
    for chunk in chunks(list(dict.fromkeys(persons))):
        _settle(here, chunk, settled)
    return settled


def chunks(persons: Sequence[PersonId]) -> Iterator[Sequence[PersonId]]:
    for start in range(0, len(persons), PEOPLE_PER_REQUEST):
        yield persons[start : start + PEOPLE_PER_REQUEST]


def look(persons: Sequence[PersonId]) -> Look:
    """By one request; Poison when a pass among several cannot be read, one alone counts as none and is made anew."""
    if len(persons) > 1:
        return Look(*passes.many(persons))
    person = persons[0]
    head, stored = reading.look(person)
    return Look({} if head is None else {person: head}, {} if stored is None else {person: stored})


def recomputed(
    head: Head, stored: StoredPass | None, policy: Policy, now: Instant
) -> tuple[StoredPass | None, Poison | None]:
    """The pass that should be stored instead, None when the stored one is right; and the record that is unreadable.

    Where nothing can be said any more (the application was withdrawn, a record cannot be read) the pass is grey.
    """
    if stored is not None and _is_right(head, stored, policy, now):
        return None, None
    timeline, unreadable = _decided(head, policy, now)
    if timeline is None:
        if stored is None:
            return None, unreadable
        timeline = reading.unknown(policy, stored)
    if stored is not None and _is_same(head, stored, timeline, now):
        return None, unreadable
    return _pass(head, stored, timeline, now), unreadable


def _settle(here: Platform, persons: Sequence[PersonId], settled: Settled) -> None:
    for _ in range(LOOKS_MAX):
        try:
            seen = look(persons)
        except Exception as why:
            _apart(here, persons, settled, why)
            return
        persons = _step(here, seen, persons, settled)
        if not persons:
            return
    settled.failures |= {person: Unsettled(retry_after_s=1) for person in persons}


def _step(here: Platform, seen: Look, persons: Sequence[PersonId], settled: Settled) -> list[PersonId]:
    """Puts what differs; who has to be looked at again."""
    now = here.now()
    policy = here.policies.in_force(now)
    again: list[PersonId] = []
    for person in persons:
        head, stored = seen.heads.get(person), seen.passes.get(person)
        if head is None:
            continue  # erased since
        try:
            new, unreadable = recomputed(head, stored, policy, now)
            if unreadable is not None:
                settled.failures[person] = unreadable
            if new is None:
                continue
            if passes.put_pass(new, stored):
                settled.put.add(person)
            again.append(person)
        except Exception as why:  # one person's failure is never another's
            settled.failures[person] = why
    return again


def _apart(here: Platform, persons: Sequence[PersonId], settled: Settled, why: Exception) -> None:
    """When it is one of these that cannot even be looked at: find whose, and do the others."""
    if is_transient(why) or len(persons) == 1:
        settled.failures |= dict.fromkeys(persons, why)
        return
    half = len(persons) // 2
    _settle(here, persons[:half], settled)
    _settle(here, persons[half:], settled)


def _decided(head: Head, policy: Policy, now: Instant) -> tuple[Timeline | None, Poison | None]:
    try:
        return decide(people.facts_of(head), policy, now), None
    except Poison as poison:
        return None, poison


def _is_right(head: Head, stored: StoredPass, policy: Policy, now: Instant) -> bool:
    return (
        reading.is_current(head, stored, policy)
        and stored.community == head.community
        and _is_told(stored, stored.timeline, now)
    )


def _is_same(head: Head, stored: StoredPass, timeline: Timeline, now: Instant) -> bool:
    return (
        stored.community == head.community
        and stored.timeline.since(now) == timeline
        and _is_told(stored, timeline, now)
    )


def _is_told(stored: StoredPass, timeline: Timeline, now: Instant) -> bool:
    """Whether the holder and the counters were told of the segment of now; one who knows nothing has none."""
    segment = timeline.at(now)
    if reading.is_unknown(timeline):
        return stored.colour_told is segment.colour
    return (stored.told_since, stored.colour_told) == (segment.since, segment.colour)


def _pass(head: Head, stored: StoredPass | None, timeline: Timeline, now: Instant) -> StoredPass:
    segment = timeline.at(now)
    return StoredPass(
        person_id=head.person_id,
        record_version=head.version,
        policy_version=timeline.policy,
        community=head.community,
        timeline=timeline,
        computed_at=_after(head, stored, now),
        told_since=segment.since,
        colour_told=segment.colour,
    )


def _after(head: Head, stored: StoredPass | None, now: Instant) -> Instant:
    """Later than the stored one of the same records, also within a second, and whatever the clocks of two processes
    say: the version of a pass rises with every change."""
    if stored is None or stored.record_version != head.version:
        return now
    return max(now, stored.computed_at + 1)
