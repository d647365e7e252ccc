"""An appeal (纠错申诉) is filed: against one record behind the present colour, with a receipt at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nanhai.domain import appeals as rules
from nanhai.domain.appeals import AlreadyOpen, Standing
from nanhai.domain.days import DAY_S
from nanhai.domain.errors import Absent, Fault, Invalid
from nanhai.domain.explain import explain
from nanhai.domain.identifiers import PersonId, RecordId
from nanhai.domain.photo_formats import PhotoUnreadable
from nanhai.domain.photos import Photo, stripped
from nanhai.domain.records import Record
from nanhai.policies import casework
from nanhai.services import cases, uploads
from nanhai.services.asked import Asked
from nanhai.services.cases import CaseKind, NewCase
from nanhai.services.casework.appeal_schemas import AppealFiled, FileAppeal
from nanhai.services.identity.limits import Limit, spend
from nanhai.services.passes.holders import holder
from nanhai.services.platform import Platform
from nanhai.services.schemas import moment
from nanhai.services.unreadable import facts_of
from nanhai.services.uploads import Purpose, UploadMissing, UploadTooLarge
from nanhai.store import appeals, people
from nanhai.store.appeals import Appeal
from nanhai.store.people import Head
from nanhai.store.writes import ConditionFailed

PER_PERSON = Limit("appeals", 10, DAY_S)
HEALTH, TOWN = "health", "town"  # whose an appeal is first


def file(platform: Platform, asked: Asked, body: FileAppeal) -> AppealFiled:
    """Invalid names what is wrong with record and evidence; AlreadyOpen while another appeal against the record waits.

    Absent for who is not the asker's to act for; Unreadable while a record of the person cannot be read; TooMany.
    """
    person = holder(asked, body.who)
    head = people.head(person)
    if head is None:
        raise Absent
    record = rules.behind(explain(facts_of(head), platform.policies, asked.now)).get(RecordId(body.record_id))
    photos, faults = _taken(platform, body.evidence)
    if record is None:
        faults.insert(0, Fault("/record_id", "appeals.record-not-behind"))
    if record is None or faults:
        raise Invalid(*faults)
    spend(platform, PER_PERSON, person, asked.now)
    told = _filed(platform, asked, head, record, body.statement, _kept(platform, photos))
    for upload_id in photos:
        uploads.discard(platform, Purpose.PHOTO, upload_id)
    return told


def _filed(
    platform: Platform, asked: Asked, head: Head, record: Record, statement: str, files: tuple[str, ...]
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
        files=files,
        desk=HEALTH if record.fact.name in rules.MEDICAL else TOWN,
    )
    told = AppealFiled(case.case_id, Standing.OPEN.value, moment(asked.now), moment(due_at), moment(limit_at))
    try:
        return platform.commit([*appeals.file(new), *case.writes], asked.once, told)
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


def _taken(platform: Platform, upload_ids: Sequence[str]) -> tuple[dict[str, Photo], list[Fault]]:
    """The photos without what they tell besides, and every upload that is not there or is none."""
    found: dict[str, Photo] = {}
    faults = []
    for index, upload_id in enumerate(upload_ids):
        try:
            found[upload_id] = stripped(uploads.taken(platform, Purpose.PHOTO, upload_id))
        except (UploadMissing, UploadTooLarge, PhotoUnreadable) as refused:
            faults.append(Fault(f"/evidence/{index}", refused.code, refused.params))
    return found, faults


def _kept(platform: Platform, photos: Mapping[str, Photo]) -> tuple[str, ...]:
    """The names that they are kept under, which tell nothing: the same photo twice has one."""
    names = {upload_id: f"appeals/{platform.blind('photo', 'kept', upload_id)}" for upload_id in photos}
    for upload_id, name in names.items():
        uploads.keep(platform, name, photos[upload_id].data, photos[upload_id].media_type)
    return tuple(names.values())
