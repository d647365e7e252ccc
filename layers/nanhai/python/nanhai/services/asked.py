"""Who asks, and what for, as a use case needs to know it; `nanhai.edge.call.Call` is one."""

from __future__ import annotations

from typing import Protocol

from nanhai.domain.actors import Actor
from nanhai.domain.identifiers import Instant
from nanhai.store.writes import Once
from nanhai.texts import Language


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
    def require_scope(self, division: str) -> None:
        """Raises Absent unless `division` lies within what the actor may see in this operation."""

    def sees(self, division: str) -> bool: ...
