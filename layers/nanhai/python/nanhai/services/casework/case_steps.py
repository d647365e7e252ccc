"""A step of a case: taken once, by whoever's it is, on the case as they read it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from nanhai.domain import cases
from nanhai.domain.actors import Actor, Role
from nanhai.domain.case_rules import KindRules, Takes, Use
from nanhai.domain.cases import Case, CaseChanged, Step
from nanhai.domain.days import DAY_S
from nanhai.domain.errors import Fault, Invalid
from nanhai.domain.identifiers import Instant
from nanhai.policies import casework
from nanhai.services import casetexts
from nanhai.services.asked import Asked
from nanhai.services.cases import told
from nanhai.services.casework import case_access, case_endings
from nanhai.services.casework.case_schemas import CaseWritten, TakeStep
from nanhai.services.platform import Platform
from nanhai.services.reports import retention
from nanhai.services.schemas import instant, moment
from nanhai.store import casefiles, staff
from nanhai.store.writes import ConditionFailed, Write

APPOINTMENT_AHEAD_S_MAX = 60 * DAY_S


def take(platform: Platform, asked: Asked, case_id: str, body: TakeStep) -> CaseWritten:
    """Raises Absent, OnOneself, CaseChanged, what `cases.check_step` raises, and Invalid with every fault of the body.

    An outcome that rests on records names one of them; one that says it was opened twice names the other case. Where
    the cause goes on and no record answers it, the next case opens for the tier above, in the same transaction.
    Unreadable while a record of the person cannot be read.
    """
    case, rules = case_access.to_change(asked, case_id, body.version)
    cases.check_step(rules, case, body.step, Use.STEP, asked.actor, asked.now)
    ending = case_endings.looked_at(platform, asked, rules, case, body)
    if faults := [*_form_faults(rules, body), *_time_faults(body, asked.now), *ending.faults]:
        raise Invalid(*faults)
    told, more = case_endings.goes_on(platform, asked, rules, case, ending)
    step = taken(asked, body.step, rules.allowed(case.state)[body.step], _details(body) | told)
    after = cases.after(rules, case, noted(platform, case, step, body.note))
    return write(platform, asked, rules, case, after, more)


def taken(asked: Asked, code: str, state: str, details: dict[str, str]) -> Step:
    actor: Actor = asked.actor
    return Step(code, asked.now, actor.id, actor.role.value, actor.organisation, state, details)


def write(
    platform: Platform, asked: Asked, rules: KindRules, before: Case, after: Case, more: Sequence[Write] = ()
) -> CaseWritten:
    """The case as it is now, the news of it, the end of the report that it closes and `more`, in one piece; CaseChanged
    when somebody else was faster."""
    changed = casefiles.change(rules, before, after, casework.kept_s(after))
    news = told(platform, rules, after)
    answer = CaseWritten(after.case_id, after.state, after.version)
    try:
        return platform.commit([changed, *news, *retention.with_case(after), *more], asked.once, answer)
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
        elif wanted and name is Takes.ORGANISATION and not staff.serves(Role.HOSPITAL, body.organisation or ""):
            yield Fault("/organisation", "casework.hospital-unknown")


def _time_faults(body: TakeStep, now: Instant) -> Iterator[Fault]:
    if body.appointment_at is None:
        return
    at = instant(body.appointment_at)
    if at <= now:
        yield Fault("/appointment_at", "casework.appointment-past")
    elif at - now > APPOINTMENT_AHEAD_S_MAX:
        yield Fault("/appointment_at", "casework.appointment-too-far", {"days": APPOINTMENT_AHEAD_S_MAX // DAY_S})
