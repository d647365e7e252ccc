"""A wrapper that writes down what it was asked to open."""

from __future__ import annotations

from dataclasses import dataclass, field

from nanhai.vault.wrapping import Wrapper


@dataclass
class Counting:
    wrapper: Wrapper
    wrapped: list[str] = field(default_factory=list)
    unwrapped: list[str] = field(default_factory=list)

    def wrap(self, plain: bytes, name: str) -> bytes:
        self.wrapped.append(name)
        return self.wrapper.wrap(plain, name)

    def unwrap(self, wrapped: bytes, name: str) -> bytes:
        self.unwrapped.append(name)
        return self.wrapper.unwrap(wrapped, name)
