"""The gate where a guard stands, known for a minute so that a scan need not read it."""

from __future__ import annotations

from nanhai.domain.actors import Actor
from nanhai.domain.errors import Forbidden
from nanhai.domain.identifiers import Instant
from nanhai.services.checkpoints.memory import Memory
from nanhai.services.platform import Platform
from nanhai.store import gates
from nanhai.store.gates import Gate

GATE_KNOWN_S = 60

_known: Memory[tuple[Instant, Gate]] = Memory()


class GateUnknown(Forbidden):
    """The guard's gate was never set up: there is no place to check for."""

    code = "checkpoints.gate-unknown"


def gate_of(platform: Platform, guard: Actor, now: Instant) -> Gate:
    """The gate in the guard's own staff record; GateUnknown when there is none of that id."""
    if guard.gate is None:
        raise GateUnknown
    known = _known.of(platform)
    seen = known.get(guard.gate)
    if seen is not None and 0 <= now - seen[0] < GATE_KNOWN_S:
        return seen[1]
    found = gates.get(guard.gate)
    if found is None:
        raise GateUnknown
    known[guard.gate] = (now, found)
    return found
