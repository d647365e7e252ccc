"""How a case ends: an outcome that the rules allow here and now, and the case in which it goes on where it does.

A pass that is held back is somebody's work until a record answers it, or until its colour has ended.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from nanhai.domain import case_outcomes, cases
from nanhai.domain.case_rules import CLOSED, KindRules, Needs, OutcomeRules
from nanhai.domain.cases import TIER_OF, Case, Step, Tier
from nanhai.domain.colour import Colour
from nanhai.domain.decide import effective
from nanhai.domain.errors import Fault
from nanhai.domain.explain import explain
from nanhai.domain.identifiers import Instant, RecordId
from nanhai.domain.records import Record
from nanhai.policies import casework
from nanhai.services.asked import Asked
from nanhai.services.cases import NewCase, opened
from nanhai.services.casework.case_schemas import TakeStep
from nanhai.services.platform import Platform
from nanhai.services.unreadable import facts_of
from nanhai.store import casefiles, people
from nanhai.store.writes import Write

NOT_ENDING = OutcomeRules(frozenset(), frozenset())
NOTED = "noted"


@dataclass(frozen=True, slots=True)
class Ending:
    """`other`: the open case that is about the same; `onward`: the cause goes on, so the next case has to open."""

    faults: tuple[Fault, ...] = ()
    other: Case | None = None
    onward: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """What is known about the person of a case now: what stands, which colours hold the pass, which orders."""

    records: tuple[Record, ...] = ()
    standing: tuple[Record, ...] = ()
    held: frozenset[Colour] = frozenset()
    orders: frozenset[RecordId] = frozenset()


def looked_at(platform: Platform, asked: Asked, rules: KindRules, case: Case, body: TakeStep) -> Ending:
    """Every fault of the outcome, of the record and of the other case. Unreadable where a record cannot be read."""
    ends = body.outcome is not None and rules.allowed(case.state)[body.step] == CLOSED
    outcome = rules.outcomes.get(body.outcome or "", NOT_ENDING) if ends else NOT_ENDING
    if ends and case.state not in outcome.states:
        return Ending((Fault("/outcome", "casework.outcome-not-here"),))
    rests = body.record is not None or outcome.needs & case_outcomes.NEEDED.keys()
    known = _known(platform, case, asked.now) if rests else Known()
    over, other = case_outcomes.is_over(outcome, known.held), _other(outcome, case, body, asked.now)
    faults = [
        *_outcome_faults(outcome, case, TIER_OF.get(asked.actor.role, Tier.DISTRICT), over=over),
        *_ground_faults(outcome, case, body, known),
        *_other_faults(outcome, body, other),
    ]
    return Ending(tuple(faults), other, onward=outcome.onward and not over)


def goes_on(
    platform: Platform, asked: Asked, rules: KindRules, case: Case, ending: Ending
) -> tuple[dict[str, str], tuple[Write, ...]]:
    """What the last step tells of the case in which this one goes on, and the writes that belong with it.

    CaseFull when there is no room in the other case.
    """
    if ending.other is not None:
        return {"case": ending.other.case_id}, (_noted(asked, case, ending.other),)
    if ending.onward:
        next_ = opened(platform, asked.now, _next(asked, rules, case))
        return {"case": next_.case_id}, next_.writes
    return {}, ()


def _outcome_faults(outcome: OutcomeRules, case: Case, by: Tier, *, over: bool) -> Iterator[Fault]:
    if outcome.after is not None and not case_outcomes.tried(outcome, case, by):
        yield Fault("/outcome", "casework.tried-too-little", {"times": outcome.after.times})
    if not over and not outcome.onward:
        yield Fault("/outcome", "casework.hand-over-instead")


def _ground_faults(outcome: OutcomeRules, case: Case, body: TakeStep, known: Known) -> Iterator[Fault]:
    if body.record is None:
        if outcome.rests_on:
            yield Fault("/record", "casework.record-needed")
    elif not _is_ground(outcome, case, body.record, known):
        yield Fault("/record", "casework.record-no-ground")


def _is_ground(outcome: OutcomeRules, case: Case, record_id: str, known: Known) -> bool:
    if not outcome.rests_on:
        return any(record.record_id == record_id for record in known.records)
    named = [record for record in known.standing if record.record_id == record_id]
    return any(case_outcomes.fits(outcome, case, record, known.orders) for record in named)


def _other(outcome: OutcomeRules, case: Case, body: TakeStep, now: Instant) -> Case | None:
    """None where none is named, or what is named is no such case."""
    if body.other is None or Needs.OTHER_CASE not in outcome.needs:
        return None
    found = casefiles.get(body.other, now)
    return found if found is not None and case_outcomes.twin(case, found) else None


def _other_faults(outcome: OutcomeRules, body: TakeStep, other: Case | None) -> Iterator[Fault]:
    wanted = Needs.OTHER_CASE in outcome.needs
    if wanted is not (body.other is not None):
        yield Fault("/other", "casework.other-case-needed" if wanted else "casework.step-takes-it-not")
    elif wanted and other is None:
        yield Fault("/other", "casework.other-case-unfit")


def _known(platform: Platform, case: Case, now: Instant) -> Known:
    head = None if case.person is None else people.head(case.person)
    if head is None:
        return Known()
    records = facts_of(head)
    told = explain(records, platform.policies, now)
    rules = platform.policies.get(told.policy).rules
    colours = {cause: rules[cause.finding].colour for cause in told.segment.causes}
    orders = {record for cause, colour in colours.items() if colour is Colour.RED for record in cause.records}
    return Known(records, tuple(effective(records)), frozenset(colours.values()), frozenset(orders))


def _noted(asked: Asked, case: Case, other: Case) -> Write:
    """The other one tells of this; so of two that name each other at once one stays open."""
    rules, actor = casework.rules_of(other), asked.actor
    cases.check_room(rules, other, NOTED)
    details = {"case": case.case_id}
    step = Step(NOTED, asked.now, actor.id, actor.role.value, actor.organisation, other.state, details)
    return casefiles.change(rules, other, cases.after(rules, other, step), casework.kept_s(other))


def _next(asked: Asked, rules: KindRules, case: Case) -> NewCase:
    """The same work one tier higher; its clock runs on, so no escalation is lost."""
    return NewCase(
        case.kind,
        case.community,
        f"case:{case.case_id}",
        case.person,
        by=asked.actor.id,
        role=asked.actor.role.value,
        organisation=asked.actor.organisation,
        chain=case.chain,
        holder=case_outcomes.above(cases.tier(rules, case, asked.now)),
        clock_from=case.clock_from,
    )
