"""What a handler is told about the request, beside its body."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from nanhai.domain.actors import Actor
from nanhai.domain.identifiers import Instant
from nanhai.edge import authority
from nanhai.store.writes import Once
from nanhai.texts import Language


class Call(msgspec.Struct, frozen=True):
    operation: str
    now: Instant
    actor: Actor
    language: Language
    path: Mapping[str, str]
    query: Any  # the struct that the route declares; None without
    once: Once | None
    correlation_id: str
    address: str
    url_path: str

    def require_scope(self, division: str) -> None:
        """Raises Absent unless `division` lies within what the actor may see in this operation."""
        authority.require_scope(self.actor, self.operation, division)

    def sees(self, division: str) -> bool:
        return authority.within(self.actor, division)
