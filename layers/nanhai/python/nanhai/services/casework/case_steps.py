"""A step of a case: taken once, by whoever's it is, on the case as they read it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from nanhai.domain import cases
from nanhai.domain.actors import Actor
from nanhai.domain.case_rules import CLOSED, KindRules, OutcomeRules, Takes, Use
from nanhai.domain.cases import Case, CaseChanged, Step
from nanhai.domain.days import DAY_S
from nanhai.domain.errors import Fault, Invalid
from nanhai.domain.identifiers import Instant
from nanhai.domain.records import Isolation, Record
from nanhai.policies import casework
from nanhai.services import casetexts
from nanhai.services.asked import Asked
from nanhai.services.cases import told
from nanhai.services.casework import case_access
from nanhai.services.casework.case_schemas import CaseWritten, TakeStep
from nanhai.services.platform import Platform
from nanhai.services.schemas import instant, moment
from nanhai.services.unreadable import facts_of
from nanhai.store import casefiles, people
from nanhai.store.writes import ConditionFailed

APPOINTMENT_AHEAD_S_MAX = 60 * DAY_S
NOT_ENDING = OutcomeRules(frozenset(), frozenset())


def take(platform: Platform, asked: Asked, case_id: str, body: TakeStep) -> CaseWritten:
    """Raises Absent, OnOneself, CaseChanged, what `cases.check_step` raises, and Invalid with every fault of the body.

    An outcome that rests on records names one of them: of this person, and made since the case was opened; only an
    order of isolation may be older. Unreadable while a record of the person cannot be read.
    """
    case, rules = case_access.to_change(asked, case_id, body.version)
    cases.check_step(rules, case, body.step, Use.STEP, asked.actor, asked.now)
    if faults := [*_form_faults(rules, body), *_time_faults(body, asked.now), *_ground_faults(rules, case, body)]:
        raise Invalid(*faults)
    step = taken(asked, body.step, rules.allowed(case.state)[body.step], _details(body))
    return write(platform, asked, rules, case, cases.after(rules, case, noted(platform, case, step, body.note)))


def taken(asked: Asked, code: str, state: str, details: dict[str, str]) -> Step:
    actor: Actor = asked.actor
    return Step(code, asked.now, actor.id, actor.role.value, actor.organisation, state, details)


def write(platform: Platform, asked: Asked, rules: KindRules, before: Case, after: Case) -> CaseWritten:
    """The case as it is now, and the news of it, in one piece; CaseChanged when somebody else was faster."""
    changed = casefiles.change(rules, before, after, casework.kept_s(after))
    answer = CaseWritten(after.case_id, after.state, after.version)
    try:
        return platform.commit([changed, *told(platform, rules, after)], asked.once, answer)
    except ConditionFailed:
        raise CaseChanged from None


def noted(platform: Platform, case: Case, step: Step, note: str | None) -> Step:
    return step if note is None else replace(step, note=casetexts.note(platform, case, note))


def _details(body: TakeStep) -> dict[str, str]:
    at = body.appointment_at
    given = {
        "outcome": body.outcome,
        "organisation": body.organisation,
        "record": body.record,
        "appointment_at": None if at is None else moment(instant(at)).isoformat().replace("+00:00", "Z"),
    }
    return {name: value for name, value in given.items() if value is not None}


def _form_faults(rules: KindRules, body: TakeStep) -> Iterator[Fault]:
    """What is told with a step is just what the step takes."""
    for name in Takes:
        wanted, given = name in rules.steps[body.step].takes, getattr(body, name.value) is not None
        if wanted is not given:
            yield Fault(f"/{name}", "casework.step-needs-it" if wanted else "casework.step-takes-it-not")


def _time_faults(body: TakeStep, now: Instant) -> Iterator[Fault]:
    if body.appointment_at is None:
        return
    at = instant(body.appointment_at)
    if at <= now:
        yield Fault("/appointment_at", "casework.appointment-past")
    elif at - now > APPOINTMENT_AHEAD_S_MAX:
        yield Fault("/appointment_at", "casework.appointment-too-far", {"days": APPOINTMENT_AHEAD_S_MAX // DAY_S})


def _ground_faults(rules: KindRules, case: Case, body: TakeStep) -> Iterator[Fault]:
    outcome = NOT_ENDING
    if body.outcome is not None and rules.allowed(case.state)[body.step] == CLOSED:
        outcome = rules.outcomes.get(body.outcome, NOT_ENDING)
        if case.state not in outcome.states:
            yield Fault("/outcome", "casework.outcome-not-here")
    if body.record is not None and not _is_ground(case, body.record, outcome):
        yield Fault("/record", "casework.record-no-ground")
    elif body.record is None and outcome.rests_on:
        yield Fault("/record", "casework.record-needed")


def _is_ground(case: Case, record_id: str, outcome: OutcomeRules) -> bool:
    head = None if case.person is None else people.head(case.person)
    known = () if head is None else facts_of(head)
    return any(record.record_id == record_id and _fits(case, record, outcome) for record in known)


def _fits(case: Case, record: Record, outcome: OutcomeRules) -> bool:
    if not outcome.rests_on:
        return True
    since = 0 if isinstance(record.fact, Isolation) else case.opened_at
    return record.fact.name in outcome.rests_on and record.recorded_at >= since
