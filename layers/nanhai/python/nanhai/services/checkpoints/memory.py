"""What a process remembers between two requests: on behalf of one platform, and never without an end."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")
KEPT_MAX = 10_000


@dataclass(slots=True)
class Memory(Generic[T]):
    """Values by name. With another owner (a platform with other tables, a ring with other keys) it starts afresh."""

    _owner: object = None
    _kept: dict[str, T] = field(default_factory=dict)

    def of(self, owner: object) -> dict[str, T]:
        if self._owner is not owner:
            self._owner, self._kept = owner, {}
        if len(self._kept) >= KEPT_MAX:
            self._kept.clear()
        return self._kept
