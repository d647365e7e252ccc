"""How an invocation can end without an answer."""

from __future__ import annotations


class RuntimeFault(Exception):
    """The function gave no answer; the message says why."""


class Failed(RuntimeFault):
    """The function raised, while it was loaded or while it ran."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(f"{kind}: {message}")
        self.kind = kind


class TimedOut(RuntimeFault):
    """No answer within the function's time limit; its process was killed, as Lambda does."""


class Crashed(RuntimeFault):
    """The process ended without a word."""
