"""Who asks, as a use case of passes needs to know it; `nanhai.edge.call.Call` is one."""

from __future__ import annotations

from typing import Protocol

from nanhai.domain.actors import Actor
from nanhai.domain.errors import Absent
from nanhai.domain.identifiers import Instant, PersonId
from nanhai.store import people
from nanhai.store.writes import Once
from nanhai.texts import Language

ME = "me"


class Asked(Protocol):
    @property
    def operation(self) -> str: ...
    @property
    def now(self) -> Instant: ...
    @property
    def actor(self) -> Actor: ...
    @property
    def language(self) -> Language: ...
    @property
    def once(self) -> Once | None: ...
    @property
    def correlation_id(self) -> str: ...
    def sees(self, division: str) -> bool: ...


def holder(asked: Asked, who: str) -> PersonId:
    """Whose pass is meant by "me" or by the id of a dependant; Absent for anybody else's."""
    me = PersonId(asked.actor.id)
    if who in {ME, me}:
        return me
    if people.link_between(me, PersonId(who), asked.now) is None:
        raise Absent
    return PersonId(who)
