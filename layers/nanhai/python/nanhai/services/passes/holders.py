"""Whose pass a path means."""

from __future__ import annotations

from nanhai.domain.errors import Absent
from nanhai.domain.identifiers import PersonId
from nanhai.services.asked import Asked
from nanhai.store import people

ME = "me"


def holder(asked: Asked, who: str) -> PersonId:
    """The asker for "me", or one of their dependants by id; Absent for anybody else's pass."""
    me = PersonId(asked.actor.id)
    if who in {ME, me}:
        return me
    if people.link_between(me, PersonId(who), asked.now) is None:
        raise Absent
    return PersonId(who)
