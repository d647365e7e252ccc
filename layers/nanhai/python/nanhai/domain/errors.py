"""Refusals: what this platform says no to, by name, with a stable code and no idea of HTTP."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, Literal

Param = str | int | float
Kind = Literal[
    "malformed",  # the request has not the agreed form: a client's bug
    "invalid",  # it has the form, its meaning is wrong: a person's mistake
    "unauthenticated",
    "forbidden",
    "absent",  # not there, or out of the asker's scope: the same answer
    "conflict",
    "too-large",
    "too-many",  # a limit in time; carries retry_after_s
    "unavailable",  # a dependency is down; carries retry_after_s
]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong, at one place: a JSON pointer (RFC 6901), a stable code, and what its text needs."""

    pointer: str
    code: str
    params: dict[str, Param] = field(default_factory=dict)


class Refusal(Exception):
    """An expected no. Subclasses set `code` (stable, `<feature>.<what>`) and `kind`; texts live in `nanhai/texts`."""

    code: ClassVar[str] = "refused"
    kind: ClassVar[Kind] = "invalid"

    def __init__(self, *faults: Fault, retry_after_s: int | None = None, **params: Param) -> None:
        super().__init__(self.code)
        self.faults = faults
        self.retry_after_s = retry_after_s
        self.params = params


class Invalid(Refusal):
    """The form is right, the meaning is not; every fault found is named at once."""

    code = "invalid"
    kind = "invalid"


class Absent(Refusal):
    """Not there, or not yours to see."""

    code = "absent"
    kind = "absent"


class Forbidden(Refusal):
    code = "forbidden"
    kind = "forbidden"


class Unavailable(Refusal):
    """A dependency did not answer; nothing was acknowledged."""

    code = "unavailable"
    kind = "unavailable"


class Poison(ValueError):
    """Stored or streamed material that means nothing known: it goes to quarantine, never to a colour."""
