"""Resuming work: which state a filing may take after which, and what may be told of how many have got how far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from nanhai.domain.errors import Refusal
from nanhai.domain.figures import SMALLEST, is_small, share


class State(StrEnum):
    UNFILED = "unfiled"  # known here, nothing filed yet
    DRAFT = "draft"  # the enterprise alone sees it
    SUBMITTED = "submitted"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    RESUMED = "resumed"


class Action(StrEnum):
    SAVE = "save"  # by the enterprise
    SUBMIT = "submit"
    ACCEPT = "accept"  # by the town or the district
    RETURN = "return"
    RESUME = "resume"


NEXT: Mapping[tuple[State, Action], State] = {
    (State.UNFILED, Action.SAVE): State.DRAFT,
    (State.UNFILED, Action.SUBMIT): State.SUBMITTED,
    (State.DRAFT, Action.SAVE): State.DRAFT,
    (State.DRAFT, Action.SUBMIT): State.SUBMITTED,
    (State.SUBMITTED, Action.SUBMIT): State.SUBMITTED,  # a better revision while nobody has decided
    (State.SUBMITTED, Action.ACCEPT): State.ACCEPTED,
    (State.SUBMITTED, Action.RETURN): State.RETURNED,
    (State.RETURNED, Action.SAVE): State.RETURNED,  # the office sees what it returned until there is better
    (State.RETURNED, Action.SUBMIT): State.SUBMITTED,
    (State.ACCEPTED, Action.SUBMIT): State.SUBMITTED,  # what was accepted is not what is planned any more
    (State.ACCEPTED, Action.RESUME): State.RESUMED,
    (State.RESUMED, Action.SUBMIT): State.RESUMED,  # how far it has got since
    (State.RESUMED, Action.ACCEPT): State.RESUMED,  # and what an office takes that for
}
OFFICES = frozenset({State.SUBMITTED, State.RETURNED, State.ACCEPTED, State.RESUMED})  # what an office sees
COUNTED = (State.UNFILED, State.SUBMITTED, State.RETURNED, State.ACCEPTED, State.RESUMED)


class NotNow(Refusal):
    """This cannot be done to a filing in its present state."""

    code = "enterprises.not-now"
    kind = "conflict"


def after(state: State, action: Action) -> State:
    """The state that follows; NotNow when none does."""
    following = NEXT.get((state, action))
    if following is None:
        raise NotNow(state=state.value)
    return following


def counted(state: State) -> State:
    """As what a filing is counted: a draft is nobody's business but the enterprise's."""
    return State.UNFILED if state is State.DRAFT else state


def accepted_headcount(accepted: int | None, action: Action, headcount: int) -> int | None:
    """For how many people an office has taken a filing once `action` is done to one of `headcount`: what an enterprise
    submits later lowers that, and never raises it. None before anything was accepted."""
    if action is Action.ACCEPT:
        return headcount
    if action is Action.SUBMIT and accepted is not None:
        return min(accepted, headcount)
    return accepted


@dataclass(frozen=True, slots=True)
class Cell:
    """So many enterprises in one state, and how many people return to work in them."""

    enterprises: int = 0
    headcount: int = 0


@dataclass(frozen=True, slots=True)
class Told:
    """What may be told of one town and size; None: a number that would be about few."""

    enterprises: Mapping[State, int | None]
    headcounts: Mapping[State, int | None]
    total: int | None
    resumed: float | None  # share of all


def told(cells: Mapping[State, Cell]) -> Told:
    """Hides every cell under ten, and so much more that no hidden one follows from the others and the total."""
    counts = {state: cells.get(state, Cell()).enterprises for state in COUNTED}
    hidden = {state for state, count in counts.items() if is_small(count)}
    rest = sorted((count, state) for state, count in counts.items() if count and state not in hidden)
    while hidden and _gives_away([counts[state] for state in hidden]) and rest:
        hidden.add(rest.pop(0)[1])
    total = None if hidden and _gives_away([counts[state] for state in hidden]) else sum(counts.values())
    enterprises = {state: None if state in hidden else count for state, count in counts.items()}
    headcounts = {state: _headcount(cells.get(state, Cell()), enterprises[state]) for state in COUNTED}
    resumed = enterprises[State.RESUMED]
    return Told(enterprises, headcounts, total, None if total is None or resumed is None else share(resumed, total))


def _gives_away(hidden: list[int]) -> bool:
    """Whether a total beside them would tell one of these."""
    return len(hidden) < 2 or sum(hidden) < SMALLEST


def _headcount(cell: Cell, told_enterprises: int | None) -> int | None:
    return None if told_enterprises is None or is_small(cell.headcount) else cell.headcount
