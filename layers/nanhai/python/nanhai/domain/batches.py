"""Batches: isolations of many people at once, and what keeps them from being one hand's work.

Every person in one has own evidence. Two people of two organisations approve, neither of the maker's, at least one of
the health authority; then 15 minutes pass in which the batch can still be stopped. No order of it is in force before.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from nanhai.domain.actors import NO_ORGANISATION, Actor, Role
from nanhai.domain.colour import Colour
from nanhai.domain.decide import decide
from nanhai.domain.divisions import COMMUNITY_DIGITS, DISTRICT_DIGITS, TOWN_DIGITS
from nanhai.domain.errors import Fault, Forbidden, Refusal
from nanhai.domain.governance import PROPOSAL_S, OnOneself, SameOrganisation
from nanhai.domain.identifiers import Instant, PersonId, RecordId, ulid
from nanhai.domain.policy import Policy
from nanhai.domain.records import Isolation, Record, Source

ROWS_MAX = 500
HOLD_S = 900
APPROVALS = 2
APPROVERS = frozenset({Role.HEALTH_AUTHORITY, Role.DISTRICT_COMMAND})


class State(StrEnum):
    PROPOSED = "proposed"
    HOLD = "hold"  # approved twice, and not in force yet
    TAKING_EFFECT = "taking-effect"
    DONE = "done"
    REJECTED = "rejected"
    STOPPED = "stopped"
    LAPSED = "lapsed"


class Outcome(StrEnum):
    """What became of one row once the batch took effect."""

    ORDERED = "ordered"
    OVER = "over"  # the order would have ended by then
    ABSENT = "absent"  # the person was erased meanwhile


class Why(StrEnum):
    """Why a batch was rejected or stopped."""

    EVIDENCE = "evidence-insufficient"
    PEOPLE = "wrong-people"
    PERIOD = "wrong-period"
    NOT_NEEDED = "no-longer-needed"


class NotApprover(Forbidden):
    """One of the two approvers comes from the health authority, the other from it or the district command."""

    code = "batches.not-approver"


class NotMakerOrApprover(Forbidden):
    """A batch is stopped by who proposed it, or by who may approve batches."""

    code = "batches.not-yours-to-stop"


class AlreadySettled(Refusal):
    """The batch was rejected, stopped, or has lapsed: it is proposed anew."""

    code = "batches.already-settled"
    kind = "conflict"


class AlreadyApproved(Refusal):
    """Both approvals are there; within the hold it can be stopped, and not be decided again."""

    code = "batches.already-approved"
    kind = "conflict"


class TooLate(Refusal):
    """The hold is over and the orders take effect: each is released or appealed against by itself."""

    code = "batches.too-late"
    kind = "conflict"


@dataclass(frozen=True, slots=True)
class Approver:
    """Who has approved, as far as the rules ask."""

    by: str
    organisation: str
    role: Role
    at: Instant


def row_faults(rows: Sequence[tuple[str, str]]) -> Iterator[Fault]:
    """Of (person, evidence): nobody twice, and no evidence for two."""
    persons: set[str] = set()
    evidence: set[str] = set()
    for number, (person, shown) in enumerate(rows):
        if person in persons:
            yield Fault(f"/rows/{number}/person_id", "batches.person-twice")
        if shown.strip() in evidence:
            yield Fault(f"/rows/{number}/evidence", "batches.evidence-shared")
        persons.add(person)
        evidence.add(shown.strip())


def lapses_at(proposed_at: Instant, order: Isolation) -> Instant:
    """Undecided until then it has lapsed; a batch whose orders would be over after the hold is not decided any more."""
    return min(proposed_at + PROPOSAL_S, order.until - HOLD_S)


def state_at(stored: State, due_at: Instant, now: Instant) -> State:
    """What time has made of a stored state; `due_at` is when a proposal lapses or a hold ends."""
    if now >= due_at:
        return {State.PROPOSED: State.LAPSED, State.HOLD: State.TAKING_EFFECT}.get(stored, stored)
    return stored


def check_approver(maker: Actor, before: Sequence[Approver], checker: Actor, persons: Collection[PersonId]) -> None:
    """Raises OnOneself, NotApprover or SameOrganisation unless `checker` may approve what `maker` proposed."""
    if checker.person and checker.person in persons:
        raise OnOneself
    if checker.role not in APPROVERS or not _one_is_medical(before, checker):
        raise NotApprover
    others = {NO_ORGANISATION, maker.organisation, *(earlier.organisation for earlier in before)}
    if checker.organisation in others or checker.id in {maker.id, *(earlier.by for earlier in before)}:
        raise SameOrganisation


def _one_is_medical(before: Sequence[Approver], checker: Actor) -> bool:
    """Whether the health authority is among them once all approvals are there."""
    roles = {checker.role, *(earlier.role for earlier in before)}
    return len(before) + 1 < APPROVALS or Role.HEALTH_AUTHORITY in roles


def check_stopper(maker: str, stopper: Actor) -> None:
    if stopper.id != maker and stopper.role not in APPROVERS:
        raise NotMakerOrApprover


def common_division(communities: Iterable[str]) -> str:
    """The smallest division that holds them all: who sees it sees every one of them."""
    found = set(communities)
    for digits in (COMMUNITY_DIGITS, TOWN_DIGITS, DISTRICT_DIGITS):
        if len({community[:digits] for community in found}) == 1:
            return found.pop()[:digits]
    return ""


def outlook(
    records: Sequence[Record], person: PersonId, order: Isolation, policy: Policy, at: Instant
) -> tuple[Colour, Colour]:
    """The colour at `at` without and with the order, decided dry; grey for who never applied."""
    ordered = [*records, ordering(RecordId(ulid(at * 1_000, 0)), person, order, at, at)]
    timelines = decide(records, policy, at), decide(ordered, policy, at)
    before, after = (Colour.NONE if timeline is None else timeline.at(at).colour for timeline in timelines)
    return before, after


def ordering(
    record_id: RecordId,
    person: PersonId,
    order: Isolation,
    happened_at: Instant,
    recorded_at: Instant,
    *,
    hands: str = "",
    evidence: str = "",
    legal_basis: str = "",
) -> Record:
    """The record of one row's order; it counts as the health authority's, one of whom has approved."""
    return Record(
        record_id,
        person,
        happened_at,
        recorded_at,
        Source.HEALTH_AUTHORITY,
        hands,
        evidence,
        legal_basis,
        order,
    )


def record_id(batch_id: str, number: int, at: Instant) -> RecordId:
    """The same for the same row, however often its order is written."""
    entropy = hashlib.sha256(f"{batch_id}#{number}".encode()).digest()[:10]
    return RecordId(ulid(at * 1_000, int.from_bytes(entropy, "big")))


def hands(maker: Actor, approved: Sequence[Approver]) -> str:
    """Whose work the orders are, the maker first."""
    offices = [(maker.organisation, maker.id), *((approver.organisation, approver.by) for approver in approved)]
    return "+".join(f"{organisation}/{by}" for organisation, by in offices)
