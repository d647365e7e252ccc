"""Who asks, as a use case of casework needs to know it; `nanhai.edge.call.Call` is one."""

from __future__ import annotations

from typing import Protocol

from nanhai.domain.actors import Actor
from nanhai.domain.errors import Absent
from nanhai.domain.identifiers import Instant, PersonId
from nanhai.store import people
from nanhai.store.people import Head
from nanhai.store.writes import Once


class Asked(Protocol):
    @property
    def operation(self) -> str: ...
    @property
    def now(self) -> Instant: ...
    @property
    def actor(self) -> Actor: ...
    @property
    def once(self) -> Once | None: ...
    @property
    def correlation_id(self) -> str: ...
    def require_scope(self, division: str) -> None:
        """Raises Absent unless `division` lies within what the actor may see in this operation."""

    def sees(self, division: str) -> bool: ...


def subject(asked: Asked, person_id: str) -> Head:
    """The person's head; Absent for nobody, and just the same for somebody out of the asker's scope."""
    found = people.head(PersonId(person_id))
    if found is None:
        raise Absent
    asked.require_scope(found.community)
    return found
