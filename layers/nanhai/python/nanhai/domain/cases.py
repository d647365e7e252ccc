"""Cases: what communities, towns and the district work on, from its opening to its outcome.

Whose a case is follows from its facts and the time. Nothing has to run for a town to have a case on its list at the
very second at which the community has had it for too long.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from nanhai.domain.actors import Actor, Role
from nanhai.domain.case_rules import CLOSED, STEPS_MAX, TIERS, KindRules, Use
from nanhai.domain.case_rules import CaseKind as CaseKind  # whoever opens or tells of cases takes these from here
from nanhai.domain.case_rules import Tier as Tier
from nanhai.domain.errors import Forbidden, Refusal
from nanhai.domain.identifiers import Instant, PersonId

STEPS_OPEN_MAX = STEPS_MAX - 10  # the last ones are for ending it
SYSTEM = "system"
OPENED, ESCALATED, ASSIGNED, HANDED_OVER = "opened", "escalated", "assigned", "handed-over"
HANDED_BACK, CO_WORKING, CO_WORK_ENDED = "handed-back", "co-working", "co-work-ended"
TIER_OF: Mapping[Role, Tier] = {
    Role.COMMUNITY_OFFICER: Tier.COMMUNITY,
    Role.TOWN_OFFICER: Tier.TOWN,
    Role.DISTRICT_COMMAND: Tier.DISTRICT,
}


class StepNotNow(Refusal):
    """The case is not where this step is taken."""

    code = "casework.step-not-now"
    kind = "conflict"


class StepNotYours(Forbidden):
    """This step is another office's."""

    code = "casework.step-not-yours"


class OtherTier(Forbidden):
    """Another tier works on this case now."""

    code = "casework.other-tier"


class CaseChanged(Refusal):
    """Somebody else has changed the case since it was read."""

    code = "casework.case-changed"
    kind = "conflict"


class CaseFull(Refusal):
    """There is room for the steps that end it, and for no other."""

    code = "casework.case-full"
    kind = "conflict"


class Way(StrEnum):
    """How a case goes from tier to tier."""

    OVER = HANDED_OVER
    BACK = HANDED_BACK
    TOGETHER = CO_WORKING
    ALONE = CO_WORK_ENDED


@dataclass(frozen=True, slots=True)
class Step:
    """What was done, when and by whom, and in which state that left the case. `note` is sealed."""

    code: str
    at: Instant
    by: str
    role: str
    organisation: str
    state: str
    details: Mapping[str, str] = field(default_factory=dict)
    note: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Case:
    """`holder`: whose it is by hand; `given`: who was given it, and when; `clock_from`: when its clock last began.

    `rules`: the version of the rules under which it was opened, and is worked on to its end.
    """

    case_id: str
    chain: str
    kind: CaseKind
    rules: str
    community: str
    person: PersonId | None
    origin: str
    opened_at: Instant
    state: str
    holder: Tier
    given: Mapping[Tier, Instant]
    clock_from: Instant
    steps: tuple[Step, ...]
    version: int = 1
    assignee: str = ""
    referred_to: str = ""
    outcome: str = ""
    closed_at: Instant | None = None
    summary: bytes = field(default=b"", repr=False)

    @property
    def open(self) -> bool:
        return self.closed_at is None


def begin(
    rules: KindRules, case_id: str, chain: str, community: str, person: PersonId | None, origin: str, opened: Step
) -> Case:
    return Case(
        case_id=case_id,
        chain=chain,
        kind=rules.kind,
        rules=rules.version,
        community=community,
        person=person,
        origin=origin,
        opened_at=opened.at,
        state=rules.begins,
        holder=rules.first,
        given={rules.first: opened.at},
        clock_from=opened.at,
        steps=(opened,),
    )


def due_at(rules: KindRules, case: Case) -> Instant:
    """When whoever has it should be done, or take the next step that its kind asks for regularly."""
    return case.clock_from + rules.due_s


def limit_at(rules: KindRules, case: Case) -> Instant:
    """The hard limit: beyond it somebody is woken."""
    return case.clock_from + rules.limit_s


def overdue(rules: KindRules, case: Case, now: Instant) -> bool:
    return case.open and now >= due_at(rules, case)


def since(rules: KindRules, case: Case, tier: Tier) -> Instant | None:
    """From when `tier` works on it: because it was given it or because the time has come; None when neither will be."""
    known = [at for at in (case.given.get(tier), escalates_at(rules, case, tier)) if at is not None]
    return min(known, default=None)


def escalates_at(rules: KindRules, case: Case, tier: Tier) -> Instant | None:
    after_s = rules.escalates_s.get(tier)
    return None if after_s is None else case.clock_from + after_s


def next_escalation(rules: KindRules, case: Case) -> tuple[Tier, Instant] | None:
    """The lowest tier that will get it, or got it, because of the time, and has not been told of it; and when."""
    told = {step.details.get("tier") for step in case.steps if step.code == ESCALATED and step.at >= case.clock_from}
    if not case.open or len(case.steps) >= STEPS_OPEN_MAX:
        return None
    for tier in TIERS:
        at = escalates_at(rules, case, tier)
        if at is not None and tier not in case.given and tier not in told:
            return tier, at
    return None


def working(rules: KindRules, case: Case, now: Instant) -> frozenset[Tier]:
    """Who works on it at `now`; nobody on a closed one."""
    begun = {tier: since(rules, case, tier) for tier in TIERS} if case.open else {}
    return frozenset(tier for tier, at in begun.items() if at is not None and at <= now)


def tier(rules: KindRules, case: Case, now: Instant) -> Tier:
    """Who answers for it at `now`: its holder, or the highest tier that it has escalated to."""
    escalated = [t for t in TIERS if (at := escalates_at(rules, case, t)) is not None and at <= now]
    return max([case.holder, *escalated], key=TIERS.index)


def check_step(rules: KindRules, case: Case, code: str, use: Use, actor: Actor, now: Instant) -> None:
    """Raises StepNotYours, OtherTier, StepNotNow or CaseFull unless `actor` may take this step at `now`."""
    about = rules.steps.get(code)
    if about is None or about.use is not use or code not in rules.allowed(case.state):
        raise StepNotNow(step=code, state=case.state)
    if actor.role not in about.roles:
        raise StepNotYours
    mine = TIER_OF.get(actor.role)
    if mine is not None and mine not in working(rules, case, now) and not _takes_over(about.use, case, mine):
        raise OtherTier
    check_room(rules, case, code)


def check_room(rules: KindRules, case: Case, code: str) -> None:
    ends = rules.allowed(case.state).get(code) == CLOSED
    if len(case.steps) >= (STEPS_MAX if ends else STEPS_OPEN_MAX):
        raise CaseFull


def can_end(rules: KindRules, case: Case, outcome: str) -> bool:
    """Whether it is open and may end so from where it is, with no record to name."""
    told = rules.outcomes.get(outcome)
    named = told is not None and case.state in told.states and not told.rests_on
    return case.open and named and rules.allowed(case.state).get(CLOSED) == CLOSED and len(case.steps) < STEPS_MAX


def after(rules: KindRules, case: Case, step: Step) -> Case:
    """The case with `step` taken, whose `state` is the one that the rules lead to."""
    details = step.details
    closed = step.state == CLOSED
    return replace(
        case,
        version=case.version + 1,
        state=step.state,
        steps=(*case.steps, step),
        clock_from=step.at if step.code in rules.restarts else case.clock_from,
        referred_to=details.get("organisation", case.referred_to),
        assignee=details.get("staff", case.assignee),
        outcome=details.get("outcome", ""),
        closed_at=step.at if closed else None,
    )


def handed(case: Case, way: Way, to: Tier, at: Instant) -> Case:
    """The case in other hands. Escalation is not undone by it: the clock runs on."""
    given = dict(case.given)
    if way is Way.ALONE:
        given.pop(to, None)
        return replace(case, given=given)
    if way is not Way.TOGETHER:
        given.pop(case.holder, None)
    given.setdefault(to, at)
    moved = way is not Way.TOGETHER
    return replace(case, given=given, holder=to if moved else case.holder, assignee="" if moved else case.assignee)


def can_go(case: Case, way: Way, to: Tier, by: Tier) -> bool:
    """Up by handing over; down by handing back; together with whoever has not got it: none of it by a tier below its
    holder. Alone again without another, or by that other."""
    mine, theirs, holder = (TIERS.index(one) for one in (by, to, case.holder))
    match way:
        case Way.OVER:
            return theirs > holder <= mine
        case Way.BACK:
            return theirs < holder <= mine
        case Way.TOGETHER:
            return to not in case.given and holder <= mine
        case Way.ALONE:
            return to in case.given and theirs != holder and mine >= min(theirs, holder)


def _takes_over(use: Use, case: Case, mine: Tier) -> bool:
    """A higher tier may take a case before its time has come."""
    return use is Use.HAND_OVER and TIERS.index(mine) > TIERS.index(case.holder)
