"""Every look at a person's data is told to the person: stored before the data leave."""

from __future__ import annotations

from nanhai.domain.identifiers import PersonId
from nanhai.services.asked import Asked
from nanhai.services.platform import Platform
from nanhai.store import people
from nanhai.store.people import Access
from nanhai.store.writes import send


def note(platform: Platform, asked: Asked, person: PersonId, purpose: str) -> None:
    actor = asked.actor
    access = Access(asked.now, actor.id, actor.role.value, actor.organisation, purpose)
    send([people.note_access(person, access, platform.new_ulid(asked.now))])
