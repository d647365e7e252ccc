"""Cases as other services know them: how one is opened in their transaction, and what a person is told of theirs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from nanhai.domain import cases
from nanhai.domain.actors import Actor
from nanhai.domain.case_outcomes import onward
from nanhai.domain.case_rules import CLOSED, KindRules
from nanhai.domain.cases import OPENED, SYSTEM, Case, Step, Tier
from nanhai.domain.cases import CaseKind as CaseKind  # whoever opens cases takes it from here
from nanhai.domain.identifiers import ULID_LENGTH, Instant, PersonId, crockford
from nanhai.policies import casework
from nanhai.services import casetexts
from nanhai.services.news import news
from nanhai.services.platform import Platform
from nanhai.services.schemas import Answer, moment, moment_or_none
from nanhai.store import casefiles
from nanhai.store.writes import Write

CASE_STEP = "case-step"  # the kind of news that tells of a step
TOLD = frozenset({"appointment_at", "organisation", "outcome", "tier"})  # details of a step that the person sees

Start = dict[str, Any]


@dataclass(frozen=True, slots=True)
class NewCase:
    """`community`: 12 digits. `origin`: what it comes from, "<what>:<id>", or "officer". `key`: the same key opens the
    same case once. `chain`: the id of the first case of a chain; an empty one goes on from the person's open case, and
    begins a chain where there is none. `summary` is stored sealed. `holder` and `clock_from`: of a case that goes on
    from one that was closed. `told`: whether the person gets news of it at once; they see it among their cases."""

    kind: CaseKind
    community: str
    origin: str
    person: PersonId | None = None
    summary: str = ""
    by: str = SYSTEM
    role: str = SYSTEM
    organisation: str = ""
    key: str = ""
    chain: str = ""
    holder: Tier | None = None
    clock_from: Instant | None = None
    told: bool = True


@dataclass(frozen=True, slots=True)
class Opened:
    """`writes` go into the transaction of what it rests on: three at most; none when the key's case is there."""

    case_id: str
    writes: tuple[Write, ...]


@dataclass(frozen=True, slots=True)
class Closed:
    """`until`: how long the case is kept. The condition of the first write fails (label "case") when somebody else has
    changed the case since."""

    until: Instant
    writes: tuple[Write, ...]


class StepTold(Answer, frozen=True):
    """`office`: whose step it was, by organisation; nobody's name."""

    code: str
    at: datetime
    role: str
    office: str
    details: dict[str, str]


class CaseTold(Answer, frozen=True):
    """What the person may know of a case: `due_at` while it is open, and every step that its kind shows, in order."""

    case_id: str
    kind: str
    state: str
    community: str
    opened_at: datetime
    due_at: datetime | None
    closed_at: datetime | None
    outcome: str | None
    steps: list[StepTold]


def opened(platform: Platform, at: Instant, new: NewCase) -> Opened:
    """Absent when the person's data key is gone and there is something to seal.

    Two transactions at once with one key: the later one's case is without effect.
    """
    case_id = _case_id(platform, at, new.key)
    if new.key and casefiles.get(case_id, at) is not None:
        return Opened(case_id, ())
    rules = casework.begun(new.kind, at)
    step = Step(OPENED, at, new.by, new.role, new.organisation, rules.begins)
    case = cases.begin(rules, case_id, _chain(new, at) or case_id, new.community, new.person, new.origin, step)
    if new.holder is not None:
        case = onward(case, new.holder, case.clock_from if new.clock_from is None else new.clock_from)
    case, key = casetexts.summarised(platform, case, new.summary)
    announced = told(platform, rules, case) if new.told else ()
    return Opened(case_id, (casefiles.open_(rules, case), *key, *announced))


def closed(platform: Platform, at: Instant, case_id: str, outcome: str, by: Actor, other: str) -> Closed | None:
    """The end of a case by what makes its work needless, which `by` may decide: it goes on in the case `other`. None
    where it is no open case, or has not this end from where it is. The writes go into the transaction of what ends it.
    """
    case = casefiles.get(case_id, at)
    if case is None or not cases.can_end(casework.rules_of(case), case, outcome):
        return None
    rules, kept_s = casework.rules_of(case), casework.kept_s(case)
    step = Step(CLOSED, at, by.id, by.role.value, by.organisation, CLOSED, {"outcome": outcome, "case": other})
    after = cases.after(rules, case, step)
    return Closed(at + kept_s, (casefiles.change(rules, case, after, kept_s), *told(platform, rules, after)))


def told(platform: Platform, rules: KindRules, case: Case) -> tuple[Write, ...]:
    """News of the last step, for the transaction that writes it; none when the person is not told of such a step."""
    step = case.steps[-1]
    if case.person is None or step.code not in rules.visible:
        return ()
    params = {"kind": f"@case.kind.{case.kind}", "step": f"@case.step.{step.code}"}
    return (news(platform, case.person, step.at, CASE_STEP, params, f"{case.case_id}#{len(case.steps)}"),)


def of_person(
    platform: Platform, person: PersonId, limit: int, start: Start | None
) -> tuple[list[CaseTold], Start | None]:
    """Newest first, and where the next page begins."""
    found, following = casefiles.of_person(person, limit, platform.now(), start)
    return [case_told(case) for case in found], following


def steps_of(platform: Platform, case_id: str) -> CaseTold | None:
    """Whoever asks makes sure that the case is the person's."""
    found = casefiles.get(case_id, platform.now())
    return None if found is None else case_told(found)


def case_told(case: Case) -> CaseTold:
    rules = casework.rules_of(case)
    return CaseTold(
        case_id=case.case_id,
        kind=case.kind.value,
        state=case.state,
        community=case.community,
        opened_at=moment(case.opened_at),
        due_at=moment(cases.due_at(rules, case)) if case.open else None,
        closed_at=moment_or_none(case.closed_at),
        outcome=case.outcome or None,
        steps=[_step_told(step) for step in case.steps if step.code in rules.visible],
    )


def _step_told(step: Step) -> StepTold:
    return StepTold(step.code, moment(step.at), step.role, step.organisation, _shown(step.details))


def _shown(details: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in details.items() if name in TOLD}


def _chain(new: NewCase, at: Instant) -> str:
    """What is opened while somebody's case is open goes on from it: one timeline, from first word to release."""
    return new.chain or ("" if new.person is None else casefiles.going_on(new.person, at))


def _case_id(platform: Platform, at: Instant, key: str) -> str:
    if not key:
        return platform.new_ulid(at)
    return crockford(int(platform.blind("case", "key", key), 16), ULID_LENGTH)
