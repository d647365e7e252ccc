"""How many were checked at a gate on a day, by verdict: counted from the sightings, so each counts once."""

from __future__ import annotations

from datetime import date, timedelta

from nanhai.domain.actors import Role
from nanhai.domain.colour import Verdict
from nanhai.domain.errors import Absent
from nanhai.domain.identifiers import GateId
from nanhai.domain.pseudonym import local_day
from nanhai.services.asked import Asked
from nanhai.services.checkpoints.schemas import GateCounts
from nanhai.store import counters, gates

FIRST_DAY = date(1970, 1, 1)


def of_day(asked: Asked, gate: GateId, day: date | None) -> GateCounts:
    """Today's where no day is asked for. Absent for a gate out of scope, and to a guard for every gate but the own."""
    _require(asked, gate)
    number = local_day(asked.now) if day is None else (day - FIRST_DAY).days
    found = counters.at_gate(gate, number)
    counts = {verdict.value: found.get(verdict.value, 0) for verdict in Verdict}
    return GateCounts(gate, FIRST_DAY + timedelta(days=number), counts, sum(counts.values()))


def _require(asked: Asked, gate: GateId) -> None:
    if asked.actor.role is Role.GUARD:
        if asked.actor.gate != gate:
            raise Absent
        return
    found = gates.get(gate)
    if found is None:
        raise Absent
    asked.require_scope(found.community)
