"""Appeals as their persons and their reviewers are told of them."""

from __future__ import annotations

from typing import Any, Literal

from nanhai.domain import appeals as rules
from nanhai.domain import cases as casefile
from nanhai.domain.actors import Role
from nanhai.domain.appeals import Against, Standing
from nanhai.domain.case_rules import CaseKind, Tier
from nanhai.domain.cases import Case
from nanhai.domain.errors import Absent
from nanhai.domain.identifiers import Instant
from nanhai.domain.records import Record
from nanhai.policies import casework
from nanhai.services import cases, casetexts, uploads
from nanhai.services.asked import Asked
from nanhai.services.casework import accesses, records
from nanhai.services.casework.appeal_schemas import (
    AppealTold,
    MyAppeal,
    ReasonTold,
    ReviewListed,
)
from nanhai.services.casework.appeals import HEALTH, TOWN
from nanhai.services.passes.holders import holder
from nanhai.services.platform import Platform
from nanhai.services.schemas import moment, moment_or_none
from nanhai.services.unreadable import facts_of
from nanhai.store import appeals, casefiles, people
from nanhai.store.appeals import Appeal
from nanhai.texts import Language, text

PAGES_PER_REQUEST_MAX = 5
PURPOSE = "appeal"
FAR_AHEAD: Instant = 9_999_999_999
Desk = Literal["town", "health"]
Start = dict[str, Any]


def mine(
    platform: Platform, asked: Asked, who: str, limit: int, start: Start | None
) -> tuple[list[MyAppeal], Start | None]:
    """The asker's own or a dependant's, newest first, and where the next page begins."""
    person = holder(asked, who)
    found: list[MyAppeal] = []
    following = start
    for _ in range(PAGES_PER_REQUEST_MAX):
        page, following = casefiles.of_person(person, limit, asked.now, following)
        files = {case.case_id: case for case in page if case.kind is CaseKind.APPEAL}
        known = appeals.many([*files], asked.now)
        found = [_mine(platform, files[one], known[one], asked.now, asked.language) for one in files if one in known]
        if found or following is None:
            break
    return found, following


def waiting(asked: Asked, desk: Desk, limit: int, start: Start | None) -> tuple[list[ReviewListed], Start | None]:
    """Those in the asker's scope that the asker's office may answer by now, soonest due first; nothing of a person."""
    if (asked.actor.role, desk) in {(Role.TOWN_OFFICER, HEALTH), (Role.HEALTH_AUTHORITY, TOWN)}:
        return [], None
    until = asked.now if asked.actor.role is Role.DISTRICT_COMMAND else FAR_AHEAD
    found: list[ReviewListed] = []
    following = start
    for _ in range(PAGES_PER_REQUEST_MAX):
        page, following = appeals.in_queue(desk, until, limit, following)
        found = [_listed(appeal, asked.now) for appeal in page if asked.sees(appeal.community)]
        if found or following is None:
            break
    return found, following


def read(platform: Platform, asked: Asked, appeal_id: str) -> AppealTold:
    """For who may judge it, and with the record whole: Absent out of scope, and what `rules.check_reviewer` raises.

    The person is told who looked.
    """
    appeal, case = in_scope(asked, appeal_id)
    check(asked, appeal, case)
    record = record_of(appeal)
    accesses.note(platform, asked, appeal.person, PURPOSE)
    statement, notes = casetexts.opened(platform, case)
    due_at, limit_at = _clocks(case)
    return AppealTold(
        appeal_id=appeal_id,
        state=standing(appeal, case, asked.now).value,
        person_id=appeal.person,
        community=appeal.community,
        filed_at=moment(appeal.filed_at),
        due_at=moment(due_at),
        limit_at=moment(limit_at),
        record=records.told(record, open_=True, evidence=True),
        statement=statement,
        photos=[uploads.link(platform, name, asked.now) for name in appeal.files],
        notes=[note for note in notes if note],
    )


def in_scope(asked: Asked, appeal_id: str) -> tuple[Appeal, Case]:
    """The appeal as it is once its case was read: where the case is open, an answer fails at its condition."""
    case, appeal = casefiles.get(appeal_id, asked.now), appeals.get(appeal_id, asked.now)
    if appeal is None or case is None:
        raise Absent
    asked.require_scope(appeal.community)
    return appeal, case


def check(asked: Asked, appeal: Appeal, case: Case) -> None:
    """Raises what `rules.check_reviewer` raises unless the asker may judge it now."""
    escalated = Tier.DISTRICT in casefile.working(casework.rules_of(case), case, asked.now)
    about = Against(appeal.person, appeal.filed_by, appeal.record_class, appeal.hands, appeals.judges(appeal.record_id))
    rules.check_reviewer(about, asked.actor, escalated=escalated)


def record_of(appeal: Appeal) -> Record:
    """Absent for who was erased; Unreadable while a record of the person cannot be read."""
    head = people.head(appeal.person)
    found = () if head is None else facts_of(head)
    for record in found:
        if record.record_id == appeal.record_id:
            return record
    raise Absent


def standing(appeal: Appeal, case: Case, now: Instant) -> Standing:
    if appeal.answered is not None:
        return Standing.UPHELD if appeal.answered.upheld else Standing.DISMISSED
    return rules.standing(*_clocks(case), now)


def _clocks(case: Case) -> tuple[Instant, Instant]:
    about = casework.rules_of(case)
    return casefile.due_at(about, case), casefile.limit_at(about, case)


def _mine(platform: Platform, case: Case, appeal: Appeal, now: Instant, language: Language) -> MyAppeal:
    statement, notes = casetexts.opened(platform, case)
    due_at, limit_at = _clocks(case)
    made = appeal.answered
    return MyAppeal(
        appeal_id=appeal.appeal_id,
        state=standing(appeal, case, now).value,
        record_id=appeal.record_id,
        kind=appeal.record_class,
        statement=statement,
        filed_at=moment(appeal.filed_at),
        due_at=moment(due_at),
        limit_at=moment(limit_at),
        answered_at=moment_or_none(None if made is None else made.at),
        reasons=[] if made is None else [ReasonTold(c, text(f"appeals.reason.{c}", language)) for c in made.reasons],
        note=None if made is None else (notes[-1] or None),
        steps=cases.case_told(case).steps,
    )


def _listed(appeal: Appeal, now: Instant) -> ReviewListed:
    clocks = casework.begun(CaseKind.APPEAL, appeal.filed_at)
    state = rules.standing(appeal.due_at, appeal.filed_at + clocks.limit_s, now)
    return ReviewListed(
        appeal.appeal_id,
        state.value,
        appeal.community,
        appeal.record_class,
        moment(appeal.filed_at),
        moment(appeal.due_at),
    )
