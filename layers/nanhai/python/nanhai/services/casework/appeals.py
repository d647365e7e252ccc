"""An appeal (纠错申诉) is filed: against one record behind the present colour, with a receipt at once."""

from __future__ import annotations

from nanhai.domain import appeals as rules
from nanhai.domain.appeals import AlreadyOpen, Standing
from nanhai.domain.days import DAY_S
from nanhai.domain.errors import Absent, Fault, Invalid
from nanhai.domain.explain import explain
from nanhai.domain.identifiers import PersonId, RecordId
from nanhai.domain.records import Record
from nanhai.policies import casework
from nanhai.services import cases, photos
from nanhai.services.asked import Asked
from nanhai.services.cases import CaseKind, NewCase
from nanhai.services.casework.appeal_schemas import AppealFiled, FileAppeal
from nanhai.services.identity.limits import Limit, spend
from nanhai.services.passes.holders import holder
from nanhai.services.platform import Platform
from nanhai.services.schemas import moment
from nanhai.services.unreadable import facts_of
from nanhai.store import appeals, people
from nanhai.store.appeals import Appeal
from nanhai.store.people import Head
from nanhai.store.writes import ConditionFailed

PER_PERSON = Limit("appeals", 10, DAY_S)
HEALTH, TOWN = "health", "town"  # whose an appeal is first
FOLDER = "appeals"


def file(platform: Platform, asked: Asked, body: FileAppeal) -> AppealFiled:
    """Invalid names what is wrong with record and evidence; AlreadyOpen while another appeal against the record waits.

    Absent for who is not the asker's to act for; Unreadable while a record of the person cannot be read; TooMany.
    """
    person = holder(asked, body.who)
    head = people.head(person)
    if head is None:
        raise Absent
    record = rules.behind(explain(facts_of(head), platform.policies, asked.now)).get(RecordId(body.record_id))
    evidence, faults = photos.taken(platform, body.evidence, "/evidence")
    if record is None:
        faults.insert(0, Fault("/record_id", "appeals.record-not-behind"))
    if record is None or faults:
        raise Invalid(*faults)
    spend(platform, PER_PERSON, person, asked.now)
    told = _filed(platform, asked, head, record, body.statement, photos.keep(platform, FOLDER, evidence))
    photos.discard(platform, evidence)
    return told


def _filed(
    platform: Platform, asked: Asked, head: Head, record: Record, statement: str, files: list[str]
) -> AppealFiled:
    clocks = casework.begun(CaseKind.APPEAL, asked.now)
    case = cases.opened(platform, asked.now, _case(asked, head, record, statement))
    due_at, limit_at = asked.now + clocks.due_s, asked.now + clocks.limit_s
    new = Appeal(
        appeal_id=case.case_id,
        person=head.person_id,
        filed_by=PersonId(asked.actor.id),
        filed_at=asked.now,
        due_at=due_at,
        community=head.community,
        record_id=record.record_id,
        record_class=record.fact.name,
        hands=rules.hands(record),
        files=tuple(files),
        desk=HEALTH if record.fact.name in rules.MEDICAL else TOWN,
    )
    told = AppealFiled(case.case_id, Standing.OPEN.value, moment(asked.now), moment(due_at), moment(limit_at))
    try:
        return platform.commit([*appeals.file(new, limit_at), *case.writes], asked.once, told)
    except ConditionFailed:
        raise AlreadyOpen from None


def _case(asked: Asked, head: Head, record: Record, statement: str) -> NewCase:
    return NewCase(
        kind=CaseKind.APPEAL,
        community=head.community,
        origin=f"record:{record.record_id}",
        person=head.person_id,
        summary=statement,
        by=asked.actor.id,
        role=asked.actor.role.value,
    )
