"""A person's records for a use case that rests on all of them: what cannot be read is said, never left out."""

from __future__ import annotations

from nanhai.domain.errors import Poison, Unavailable
from nanhai.domain.records import Record
from nanhai.store import people
from nanhai.store.people import Head

RETRY_AFTER_S = 3_600  # until somebody has looked at the quarantine


class Unreadable(Unavailable):
    """A record of this person cannot be read; without it every answer could be wrong."""

    code = "records.unreadable"


def facts_of(head: Head) -> tuple[Record, ...]:
    """As `people.facts_of`; Unreadable where that finds Poison."""
    try:
        return people.facts_of(head)
    except Poison:
        raise Unreadable(retry_after_s=RETRY_AFTER_S) from None
