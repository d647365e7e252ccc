"""Setting up a gate, and the gates of a community."""

from __future__ import annotations

from typing import Any

from nanhai.domain.errors import Fault, Invalid, Refusal
from nanhai.domain.identifiers import DivisionCode, GateId
from nanhai.policies.divisions import divisions
from nanhai.services import trail
from nanhai.services.asked import Asked
from nanhai.services.checkpoints import schemas
from nanhai.services.checkpoints.schemas import CreateGate
from nanhai.services.platform import Platform
from nanhai.store import gates
from nanhai.store.gates import Gate
from nanhai.store.writes import ConditionFailed

Start = dict[str, Any]


class GateTaken(Refusal):
    """There is a gate of this id already, here or elsewhere in the district."""

    code = "checkpoints.gate-taken"
    kind = "conflict"


def create(platform: Platform, asked: Asked, body: CreateGate) -> schemas.Gate:
    """Absent out of scope, Invalid for a community that does not exist, GateTaken."""
    asked.require_scope(body.community)
    if divisions(platform.settings.district).community(body.community) is None:
        raise Invalid(Fault("/community", "checkpoints.community-unknown"))
    trail.note(asked, body.gate_id)
    new = Gate(GateId(body.gate_id), body.name.strip(), DivisionCode(body.community), body.shows_name, asked.now)
    try:
        return platform.commit([gates.create(new)], asked.once, _told(new))
    except ConditionFailed:
        raise GateTaken from None


def listed(asked: Asked, community: str, limit: int, start: Start | None) -> tuple[list[schemas.Gate], Start | None]:
    """By id, and where the next page begins; Absent out of scope."""
    asked.require_scope(community)
    found, following = gates.in_community(community, limit, start)
    return [_told(gate) for gate in found], following


def _told(gate: Gate) -> schemas.Gate:
    return schemas.Gate(gate.gate_id, gate.name, gate.community, gate.shows_name)
