"""Passes brought up to date with the records of their people: fifty people a request, a write only where one differs.

A record may arrive between the look at a person and the put of the pass, and whoever handles that record may have
found the older pass still right. So those who were put are looked at again, until nobody's pass changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from nanhai.domain.decide import decide
from nanhai.domain.errors import Poison, Unavailable
from nanhai.domain.identifiers import Instant, PersonId
from nanhai.domain.policy import Policy
from nanhai.domain.timeline import Timeline
from nanhai.services.platform import Platform
from nanhai.store import passes, people
from nanhai.store.passes import StoredPass
from nanhai.store.people import Head

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


def rebuild(here: Platform, persons: Iterable[PersonId]) -> Failures:
    """Brings the passes of `persons` up to date; those it could not, each with its reason."""
    failures: Failures = {}
    for chunk in chunks(list(dict.fromkeys(persons))):
        failures |= _settle(here, chunk)
    return failures


def chunks(persons: Sequence[PersonId]) -> Iterator[Sequence[PersonId]]:
    for start in range(0, len(persons), PEOPLE_PER_REQUEST):
        yield persons[start : start + PEOPLE_PER_REQUEST]


def look(persons: Sequence[PersonId]) -> Look:
    heads, stored = passes.many(persons)
    return Look(heads, stored)


def recomputed(head: Head, stored: StoredPass | None, policy: Policy, now: Instant) -> StoredPass | None:
    """The pass that should be stored instead; None when the stored one is right. Poison for an unknown record."""
    if stored is not None and _is_current(head, stored, policy):
        return None
    timeline = decide(people.facts_of(head), policy, now)
    if timeline is None:
        if stored is None:
            return None
        timeline = Timeline(policy.version, stored.timeline.holder, ())  # the application was withdrawn: grey
    if stored is not None and stored.community == head.community and stored.timeline.since(now) == timeline:
        return None
    return _pass(head, timeline, now)


def _settle(here: Platform, persons: Sequence[PersonId]) -> Failures:
    failures: Failures = {}
    for _ in range(LOOKS_MAX):
        try:
            seen = look(persons)
        except Poison as poison:
            return failures | _apart(here, persons, poison)
        except Exception as why:
            return failures | dict.fromkeys(persons, why)
        persons, wrong = _step(here, seen, persons)
        failures |= wrong
        if not persons:
            return failures
    return failures | {person: Unsettled(retry_after_s=1) for person in persons}


def _step(here: Platform, seen: Look, persons: Sequence[PersonId]) -> tuple[list[PersonId], Failures]:
    """Puts what differs; who has to be looked at again, and who failed."""
    now = here.now()
    policy = here.policies.in_force(now)
    again: list[PersonId] = []
    failures: Failures = {}
    for person in persons:
        head, stored = seen.heads.get(person), seen.passes.get(person)
        if head is None:
            continue  # erased since
        try:
            new = recomputed(head, stored, policy, now)
            if new is not None:
                passes.put_pass(new, stored)
                again.append(person)
        except Exception as why:  # one person's failure is never another's
            failures[person] = why
    return again, failures


def _apart(here: Platform, persons: Sequence[PersonId], poison: Poison) -> Failures:
    """One stored pass among these cannot be read: find whose, and do the others."""
    if len(persons) == 1:
        return {persons[0]: poison}
    half = len(persons) // 2
    return _settle(here, persons[:half]) | _settle(here, persons[half:])


def _is_current(head: Head, stored: StoredPass, policy: Policy) -> bool:
    return (
        stored.record_version == head.version
        and stored.policy_version == policy.version
        and stored.community == head.community
    )


def _pass(head: Head, timeline: Timeline, now: Instant) -> StoredPass:
    segment = timeline.at(now)
    return StoredPass(
        person_id=head.person_id,
        record_version=head.version,
        policy_version=timeline.policy,
        community=head.community,
        timeline=timeline,
        computed_at=now,
        told_since=segment.since,
        colour_told=segment.colour,
    )
