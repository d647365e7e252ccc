"""Which outcome a case may end with: after enough was tried, on a record that answers it, once its cause is over."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from nanhai.domain.case_rules import TIERS, Needs, OutcomeRules, Tier
from nanhai.domain.cases import Case
from nanhai.domain.colour import Colour
from nanhai.domain.identifiers import Instant, RecordId
from nanhai.domain.records import Isolation, Record, Result

NEEDED: dict[Needs, Colour] = {Needs.NO_YELLOW: Colour.YELLOW, Needs.NO_RED: Colour.RED}


def tried(outcome: OutcomeRules, case: Case, by: Tier) -> bool:
    """Whether enough was tried before, as far as that is asked of `by`."""
    after = outcome.after
    if after is None or by in after.not_for:
        return True
    return sum(step.code in after.steps for step in case.steps) >= after.times


def is_over(outcome: OutcomeRules, held: Collection[Colour]) -> bool:
    """Whether of the colours that findings give the pass now none is left that the outcome needs to be over."""
    return not {NEEDED[need] for need in outcome.needs & NEEDED.keys()} & set(held)


def fits(outcome: OutcomeRules, case: Case, record: Record, in_force: Collection[RecordId]) -> bool:
    """Whether the outcome may rest on `record`: made since the case was opened; only an order may be older."""
    fact = record.fact
    since = 0 if isinstance(fact, Isolation) else case.opened_at
    if fact.name not in outcome.rests_on or record.recorded_at < since:
        return False
    if isinstance(fact, Result) and outcome.needs & {Needs.NEGATIVE, Needs.POSITIVE}:
        return (Needs.POSITIVE if fact.positive else Needs.NEGATIVE) in outcome.needs
    return Needs.ORDER_IN_FORCE not in outcome.needs or record.record_id in in_force


def twin(case: Case, other: Case) -> bool:
    """Whether `other` is still open and about the same as `case`: of its kind and person, or where it is about nobody,
    of its community."""
    same = (other.kind, other.person) == (case.kind, case.person)
    here = case.person is not None or other.community == case.community
    return same and here and other.open and other.case_id != case.case_id


def onward(case: Case, to: Tier, clock_from: Instant) -> Case:
    """A case just begun that goes on from another: it is `to`'s, and the clock of the other runs on."""
    return replace(case, holder=to, given={to: case.opened_at}, clock_from=clock_from)


def above(tier: Tier) -> Tier:
    """The next higher one; the district is its own."""
    return TIERS[min(TIERS.index(tier) + 1, len(TIERS) - 1)]
