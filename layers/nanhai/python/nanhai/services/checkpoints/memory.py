"""What a process remembers between two requests: on behalf of one platform, and never without an end."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")
KEPT_MAX = 10_000


@dataclass(slots=True)
class Memory(Generic[T]):
    """Values by name. With another owner (a platform with other tables, a ring with other keys) it starts afresh."""

    _kept: tuple[object, dict[str, T]] = field(default_factory=lambda: (None, {}))  # in one: threads change owners

    def of(self, owner: object) -> dict[str, T]:
        """What was remembered for `owner`, and never for another one, whoever asks at the same time."""
        known, kept = self._kept
        if known is not owner or len(kept) >= KEPT_MAX:
            kept = {}
            self._kept = owner, kept
        return kept
