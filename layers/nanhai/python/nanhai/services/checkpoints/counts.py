"""How many were checked at a gate on a day, by verdict: counted from the sightings, so each counts once.

An office is told nothing of a handful of people; the guard has seen them.
"""

from __future__ import annotations

from datetime import date

from nanhai.domain.actors import Role
from nanhai.domain.colour import Verdict
from nanhai.domain.days import date_of, day_of, local_day
from nanhai.domain.errors import Absent
from nanhai.domain.identifiers import GateId
from nanhai.services.asked import Asked
from nanhai.services.checkpoints.schemas import GateCounts
from nanhai.store import counters, gates

TOLD_FROM = 10  # checks: of fewer, only that they are few is told


def of_day(asked: Asked, gate: GateId, day: date | None) -> GateCounts:
    """Today's where no day is asked for. Absent for a gate out of scope, and to a guard for every gate but the own."""
    _require(asked, gate)
    number = local_day(asked.now) if day is None else day_of(day)
    found = counters.at_gate(gate, number)
    counts = {verdict.value: found.get(verdict.value, 0) for verdict in Verdict}
    told = {verdict: _told(checks, asked.actor.role) for verdict, checks in counts.items()}
    total = None if None in told.values() else sum(counts.values())
    return GateCounts(gate, date_of(number), told, total)


def _told(checks: int, role: Role) -> int | None:
    return None if role is not Role.GUARD and 0 < checks < TOLD_FROM else checks


def _require(asked: Asked, gate: GateId) -> None:
    if asked.actor.role is Role.GUARD:
        if asked.actor.gate != gate:
            raise Absent
        return
    found = gates.get(gate)
    if found is None:
        raise Absent
    asked.require_scope(found.community)
