"""Records that a citizen makes, for themselves or for a dependant; the source is always the citizen."""

from __future__ import annotations

from nanhai.domain.identifiers import PersonId, RecordId
from nanhai.domain.records import Fact, Record, Source
from nanhai.services.asked import Asked
from nanhai.services.platform import Platform

LEGAL_BASIS = "infectious-diseases-law-12"  # the duty to tell truthfully


def record(platform: Platform, asked: Asked, person: PersonId, fact: Fact) -> Record:
    """A new record of what the asking citizen says now."""
    return Record(
        RecordId(platform.new_ulid(asked.now)),
        person,
        asked.now,
        asked.now,
        Source.CITIZEN,
        asked.actor.id,
        asked.operation,
        LEGAL_BASIS,
        fact,
    )
