"""Entering a round: one entry for each person whose identity is proven, under a ticket that names nobody.

There is no hurry and no queue: an entry of the last minute is worth as much as one of the first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from nanhai.domain.errors import Absent, Fault, Invalid, Refusal
from nanhai.domain.findings import WITNESSES
from nanhai.domain.identifiers import Instant, PersonId, crockford
from nanhai.domain.lottery import TICKET_BITS, TICKET_LENGTH, Entry
from nanhai.domain.records import Residence
from nanhai.services.asked import Asked
from nanhai.services.masks import known
from nanhai.services.masks.schemas import EnterRound, RoundEntered
from nanhai.services.passes.holders import holder
from nanhai.services.platform import Platform
from nanhai.services.unreadable import facts_of
from nanhai.store import masks, people
from nanhai.store.masks import Entered, Round
from nanhai.store.writes import Busy, ConditionFailed


class RoundNotOpen(Refusal):
    """Nobody can enter yet, or any more."""

    code = "masks.round-not-open"
    kind = "conflict"


class AlreadyEntered(Refusal):
    code = "masks.already-entered"
    kind = "conflict"


class IdentityNotProven(Refusal):
    """No register or authority has proved who this is."""

    code = "masks.identity-not-proven"
    kind = "forbidden"


def enter(platform: Platform, asked: Asked, round_id: str, body: EnterRound) -> RoundEntered:
    """One ticket. Raises Absent for a round or person that is not there, RoundNotOpen, Invalid for unknown points,
    IdentityNotProven, AlreadyEntered."""
    found = known.round_of(round_id)
    _require_open(found, asked.now)
    person = holder(asked, body.who)
    if faults := list(_point_faults(found, body.points)):
        raise Invalid(*faults)
    _require_proof(person)
    entry = Entry(new_ticket(platform), tuple(body.points))
    new = Entered(person, round_id, entry, asked.now, PersonId(asked.actor.id))
    try:
        return platform.commit(masks.enter(new), asked.once, RoundEntered(round_id, entry.ticket))
    except ConditionFailed as failed:
        raise (AlreadyEntered() if "entry" in failed.labels else Busy(retry_after_s=1)) from None


def new_ticket(platform: Platform) -> str:
    return crockford(int.from_bytes(platform.entropy(TICKET_BITS // 8), "big"), TICKET_LENGTH)


def _require_open(found: Round, now: Instant) -> None:
    if not found.times.opens_at <= now < found.times.closes_at:
        raise RoundNotOpen


def _point_faults(found: Round, points: Sequence[str]) -> Iterator[Fault]:
    for index, point in enumerate(points):
        if found.point(point) is None:
            yield Fault(f"/points/{index}", "masks.point-unknown")
        elif point in points[:index]:
            yield Fault(f"/points/{index}", "masks.point-twice")


def _require_proof(person: PersonId) -> None:
    head = people.head(person)
    if head is None:
        raise Absent
    if not any(isinstance(record.fact, Residence) and record.source in WITNESSES for record in facts_of(head)):
        raise IdentityNotProven
