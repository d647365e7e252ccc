"""Asking who was where a case's person was: one of the health authority asks, another one decides, within a day.

What is found is a list of pseudonyms to be looked into by people. It is no record about anybody, and colours nobody.
"""

from __future__ import annotations

from enum import StrEnum

from nanhai.domain import governance
from nanhai.domain.actors import Actor
from nanhai.domain.case_rules import CaseKind
from nanhai.domain.errors import Forbidden, Refusal
from nanhai.domain.governance import PROPOSAL_S
from nanhai.domain.identifiers import Instant, PersonId

LAPSES_S = PROPOSAL_S  # undecided for so long, a request has lapsed
# Cases about an infection, suspected or found. Of a review nobody asks on: contacts of contacts are no cases yet.
KINDS = frozenset({CaseKind.VERIFY_YELLOW, CaseKind.ISOLATION, CaseKind.HOSPITAL_REFERRAL})


class State(StrEnum):
    OPEN = "open"
    APPROVED = "approved"  # looked for and found; the reviews are being opened
    ANSWERED = "answered"
    REJECTED = "rejected"
    LAPSED = "lapsed"


class SameHands(Forbidden):
    """Who asked does not decide."""

    code = "trajectories.same-hands"


class AlreadyDecided(Refusal):
    """A request is decided once."""

    code = "trajectories.already-decided"
    kind = "conflict"


class RequestLapsed(Refusal):
    """Nobody decided within a day: it is asked anew."""

    code = "trajectories.request-lapsed"
    kind = "conflict"


class CaseOver(Refusal):
    """The case was closed since, or its person is known no more: nobody is looked for on its account any more."""

    code = "trajectories.case-over"
    kind = "conflict"


class TooManyMet(Refusal):
    """More phones than one answer may look at: fewer days are asked for, and nobody is left out unsaid."""

    code = "trajectories.too-many-met"
    kind = "invalid"


def check_second(asked_by: str, checker: Actor, subject: PersonId | None) -> None:
    """Raises unless `checker` may decide what `asked_by` asks for about `subject`."""
    if subject is not None:
        governance.check_own_hands(checker, subject)
    if checker.id == asked_by:
        raise SameHands


def state_at(stored: State, due_at: Instant, now: Instant) -> State:
    """Undecided until `due_at`, it has lapsed."""
    return State.LAPSED if stored is State.OPEN and now >= due_at else stored
