"""The timeline of a pass as it is now, whatever the streams have done so far (infra/decisions/0005 and 0013)."""

from __future__ import annotations

from dataclasses import dataclass

from nanhai.domain.decide import decide
from nanhai.domain.errors import Absent, Poison
from nanhai.domain.identifiers import Instant, PersonId
from nanhai.domain.policy import Policy
from nanhai.domain.records import Holder
from nanhai.domain.timeline import Timeline
from nanhai.services.platform import Platform
from nanhai.store import passes, people
from nanhai.store.passes import StoredPass
from nanhai.store.people import Head


class NotApplied(Absent):
    """Nobody has applied for this pass yet."""

    code = "passes.not-applied"


@dataclass(frozen=True, slots=True)
class Held:
    """A pass as it is now, and the head that it follows from."""

    head: Head
    timeline: Timeline


def held(platform: Platform, person: PersonId, now: Instant) -> Held:
    """The pass of `person` by a single request to the store; NotApplied when there is none."""
    head, stored = look(person)
    timeline = current(platform, head, stored, now)
    if head is None or timeline is None:
        raise NotApplied
    return Held(head, timeline)


def look(person: PersonId) -> tuple[Head | None, StoredPass | None]:
    """Head and stored pass by a single request. A pass that cannot be read counts as none, and costs a second one."""
    try:
        return passes.one(person)
    except Poison:
        return people.head(person), None


def current(platform: Platform, head: Head | None, stored: StoredPass | None, now: Instant) -> Timeline | None:
    """The stored timeline while it is the one of the newest record and of the policy in force, else a fresh one.

    None when nobody applied. Grey, with no segment at all, while a record of the person cannot be read.
    """
    if head is None:
        return None
    policy = platform.policies.in_force(now)
    if stored is not None and is_current(head, stored, policy):
        return stored.timeline
    try:
        return decide(people.facts_of(head), policy, now)
    except Poison:
        return unknown(policy, stored)


def is_current(head: Head, stored: StoredPass, policy: Policy) -> bool:
    """Whether `stored` says what the records say; one that knows nothing is never taken for that."""
    return (
        stored.record_version == head.version
        and stored.policy_version == policy.version
        and not is_unknown(stored.timeline)
    )


def unknown(policy: Policy, stored: StoredPass | None) -> Timeline:
    """Grey from ever on: what a record means that cannot be read may be anything, so nothing else is shown."""
    return Timeline(policy.version, Holder.PERSON if stored is None else stored.timeline.holder, ())


def is_unknown(timeline: Timeline) -> bool:
    return not timeline.segments
