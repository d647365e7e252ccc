"""Whom casework is about."""

from __future__ import annotations

from nanhai.domain.errors import Absent
from nanhai.domain.identifiers import PersonId
from nanhai.services.asked import Asked
from nanhai.store import people
from nanhai.store.people import Head


def subject(asked: Asked, person_id: str) -> Head:
    """The person's head; Absent for nobody, and just the same for somebody out of the asker's scope."""
    found = people.head(PersonId(person_id))
    if found is None:
        raise Absent
    asked.require_scope(found.community)
    return found
