"""A community's check that lets a yellow holder pass, limited in place and time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from nanhai.domain import governance
from nanhai.domain.days import DAY_S
from nanhai.domain.errors import Fault, Invalid
from nanhai.domain.identifiers import GateId, Instant
from nanhai.domain.records import Clearance
from nanhai.services import trail
from nanhai.services.asked import Asked
from nanhai.services.casework import facts
from nanhai.services.casework.schemas import RecordWritten, WriteClearance
from nanhai.services.casework.subjects import subject
from nanhai.services.platform import Platform
from nanhai.services.schemas import instant
from nanhai.store import gates

CLEARANCE_S_MAX = 14 * DAY_S


def write(platform: Platform, asked: Asked, body: WriteClearance) -> RecordWritten:
    """Absent for someone out of scope; Invalid names every place and time that cannot be."""
    head = subject(asked, body.person_id)
    governance.check_own_hands(asked.actor, head.person_id)
    until = instant(body.until)
    faults = [*_place_faults(asked, body.places), *_time_faults(until, asked.now)]
    if faults:
        raise Invalid(*faults)
    trail.note(asked, head.person_id)
    fact = Clearance(tuple(dict.fromkeys(body.places)), until)
    record = facts.record(platform, asked, head.person_id, fact, evidence=body.evidence, legal_basis=body.legal_basis)
    return platform.write_records(head.person_id, [record], asked.once, RecordWritten(record.record_id))


def _place_faults(asked: Asked, places: Sequence[str]) -> Iterator[Fault]:
    """A place is a division, or a gate that stands in one, within the officer's own scope."""
    for index, place in enumerate(places):
        division = place if place.isdigit() else _division_of(GateId(place))
        if division is None or not asked.sees(division):
            yield Fault(f"/places/{index}", "casework.place-unknown")


def _division_of(gate_id: GateId) -> str | None:
    gate = gates.get(gate_id)
    return None if gate is None else gate.community


def _time_faults(until: Instant, now: Instant) -> Iterator[Fault]:
    if until <= now:
        yield Fault("/until", "casework.already-over")
    elif until - now > CLEARANCE_S_MAX:
        yield Fault("/until", "casework.clearance-too-long", {"days": CLEARANCE_S_MAX // DAY_S})
