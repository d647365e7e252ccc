"""Whom casework is about: who lives in the asker's scope, and whoever has an open case there."""

from __future__ import annotations

from nanhai.domain.errors import Absent
from nanhai.domain.identifiers import PersonId
from nanhai.services.asked import Asked
from nanhai.store import casefiles, people
from nanhai.store.people import Head


def subject(asked: Asked, person_id: str) -> Head:
    """The person's head; Absent for nobody, and just the same for somebody out of the asker's scope."""
    person = PersonId(person_id)
    return in_scope(asked, person, people.head(person))


def in_scope(asked: Asked, person: PersonId, head: Head | None) -> Head:
    """The head, where somebody lives in the asker's scope or an open case of theirs lies there; else Absent.

    Cases are looked for where the head is not enough, and for nobody too: both take the same time.
    """
    if head is not None and asked.sees(head.community):
        return head
    if not any(asked.sees(case.community) for case in casefiles.open_of(person, asked.now)) or head is None:
        raise Absent
    return head
