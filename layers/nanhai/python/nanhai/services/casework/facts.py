"""Records that officers make: their source follows from the role, never from what was sent."""

from __future__ import annotations

from collections.abc import Mapping

from nanhai.domain.actors import Actor, Role
from nanhai.domain.identifiers import Instant, PersonId, RecordId
from nanhai.domain.records import Fact, Record, Source
from nanhai.services.asked import Asked
from nanhai.services.platform import Platform

SOURCES: Mapping[Role, Source] = {
    Role.COMMUNITY_OFFICER: Source.COMMUNITY,
    Role.TOWN_OFFICER: Source.COMMUNITY,
    Role.HEALTH_AUTHORITY: Source.HEALTH_AUTHORITY,
    Role.HOSPITAL: Source.HOSPITAL,
}


def record(
    platform: Platform,
    asked: Asked,
    person: PersonId,
    fact: Fact,
    *,
    evidence: str,
    legal_basis: str,
    happened_at: Instant | None = None,
    source_id: str = "",
) -> Record:
    """A new record of the asking officer; it happened now unless told otherwise."""
    return Record(
        RecordId(platform.new_ulid(asked.now)),
        person,
        asked.now if happened_at is None else happened_at,
        asked.now,
        SOURCES[asked.actor.role],
        source_id or office(asked.actor),
        evidence,
        legal_basis,
        fact,
    )


def office(actor: Actor) -> str:
    """Which office's which officer."""
    return f"{actor.organisation}/{actor.id}"
