"""A pass that became yellow or red is somebody's work: a case opens for the community, once for each finding, to verify
or to look after who is isolated.

When what is known has changed since such a case was closed, or what closed it holds no longer, another one opens in its
chain: the clearance answered what was known then, and an order answers a yellow for as long as it is in force.
"""

from __future__ import annotations

from collections.abc import Iterable

from nanhai.domain.cases import Case, CaseKind
from nanhai.domain.colour import Colour
from nanhai.domain.decide import effective
from nanhai.domain.errors import Poison
from nanhai.domain.identifiers import ULID_LENGTH, Instant, RecordId, from_crockford
from nanhai.domain.records import Isolation, Source
from nanhai.domain.timeline import Cause
from nanhai.services import cases
from nanhai.services.cases import NewCase
from nanhai.services.platform import Platform
from nanhai.store import casefiles, people
from nanhai.store.passes import StoredPass
from nanhai.store.writes import Write

KINDS = {Colour.YELLOW: CaseKind.VERIFY_YELLOW, Colour.RED: CaseKind.ISOLATION}
CASES_MAX = 20  # of one finding; whoever has had so many is on the community's list anyway
TIME_CHARACTERS = 10  # of a ULID


def writes(here: Platform, new: StoredPass) -> tuple[Write, ...]:
    """The case that this pass needs and nobody has opened yet; none for a pass of another colour."""
    cause, kind = _cause(here, new), KINDS.get(new.colour_told)
    if cause is None or kind is None:
        return ()
    now, key, chain = here.now(), f"{kind}#{new.person_id}#{cause.finding}#{cause.since}", ""
    for _ in range(CASES_MAX):
        opened = cases.opened(here, now, _case(kind, new, cause, key, chain))
        if opened.writes:
            return opened.writes
        before = _last(opened.case_id, now)
        if before is None or before.closed_at is None or _is_answered(new, cause, before, before.closed_at):
            return ()
        key, chain = f"{key}#{before.closed_at}", before.chain
    return ()


def _last(case_id: str, now: Instant) -> Case | None:
    """The case, or the one in which it says that it goes on."""
    found = casefiles.get(case_id, now)
    for _ in range(CASES_MAX):
        onward = "" if found is None or found.open else found.steps[-1].details.get("case", "")
        if not onward:
            break
        found = casefiles.get(onward, now)
    return found


def _is_answered(new: StoredPass, cause: Cause, before: Case, closed_at: Instant) -> bool:
    """Whether nothing is known of the cause since, and the record that the case ended on still stands.

    A pass that is older than the end of the case tells nothing about it: it was delivered again.
    """
    if _newest(cause.records) >= closed_at:
        return False
    if max(new.computed_at, new.told_since) <= closed_at:
        return True
    head = people.head(new.person_id)
    try:
        known = () if head is None else people.facts_of(head)
    except Poison:
        return True  # the pass is grey, and will be told again
    grounds = {r.record_id for r in effective(known) if not (_is_yellow(before) and isinstance(r.fact, Isolation))}
    return before.steps[-1].details.get("record") in grounds


def _is_yellow(case: Case) -> bool:
    return case.kind is CaseKind.VERIFY_YELLOW


def _cause(here: Platform, new: StoredPass) -> Cause | None:
    """The finding that gives the pass its colour and that a community follows up; the worst of several."""
    rules = here.policies.get(new.policy_version).rules
    for cause in new.timeline.at(new.told_since).causes:
        rule = rules[cause.finding]
        if rule.colour is new.colour_told and rule.follow_up == Source.COMMUNITY.value:
            return cause
    return None


def _case(kind: CaseKind, new: StoredPass, cause: Cause, key: str, chain: str) -> NewCase:
    origin = f"record:{max(cause.records, default='')}"
    return NewCase(kind, new.community, origin, new.person_id, key=key, chain=chain)


def _newest(records: Iterable[RecordId]) -> Instant:
    return max(map(_recorded_at, records), default=0)


def _recorded_at(record: RecordId) -> Instant:
    """When a record was written, by its id; 0 for an id that tells no time."""
    try:
        return from_crockford(record[:TIME_CHARACTERS]) // 1_000 if len(record) == ULID_LENGTH else 0
    except ValueError:
        return 0
