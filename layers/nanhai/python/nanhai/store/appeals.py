"""What belongs to an appeal beside its case, in the table `cases`: the record that it is against, its evidence, its
answer. And of what was appealed against: one appeal at a time, and who has judged it before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from pynamodb.attributes import ListAttribute, UnicodeAttribute, UnicodeSetAttribute
from pynamodb.expressions.update import Action
from pynamodb.indexes import AllProjection

from nanhai.domain.identifiers import Instant, OrganisationId, PersonId, RecordId, StaffId
from nanhai.store import batch, model
from nanhai.store.attributes import PlainMapAttribute, WholeNumberAttribute
from nanhai.store.casefile_rows import CaseFileRow, CaseKeyRow
from nanhai.store.model import Start, Table, TableIndex, Write

APPEALS_PER_PAGE_MAX = 100
KEPT_S = 365 * 86_400  # once answered
APPEAL, AGAINST = "appeal#", "appealed#"
UNTOLD = "gates"  # upheld, and the gates are not told yet
UNANSWERED = "appeals"  # among those that wait for an escalation: nobody has been woken for it yet


class QueueIndex(TableIndex["AppealRow"]):
    class Meta:
        index_name = "queue"
        projection = AllProjection()

    queue = UnicodeAttribute(hash_key=True)
    due_at = WholeNumberAttribute(range_key=True)


class AppealRow(Table):
    """`queue`: appeal#<desk> while it waits, then appeal#gates until the gates are told; `due_at` orders either, and
    `untold` counts how often that failed. `escalation`: UNANSWERED until somebody is woken for it at `escalation_at`,
    or it is answered. `answer`: by, organisation, role, at, upheld, reasons, correction."""

    class Meta:
        table_name = "cases"

    case_id = UnicodeAttribute(hash_key=True)
    queue = UnicodeAttribute(null=True)
    due_at = WholeNumberAttribute(null=True)
    person_id = UnicodeAttribute()
    filed_by = UnicodeAttribute()
    filed_at = WholeNumberAttribute()
    community = UnicodeAttribute()
    record_id = UnicodeAttribute()
    record_class = UnicodeAttribute()
    hands = ListAttribute[str]()
    files = ListAttribute[str]()
    escalation = UnicodeAttribute(null=True)
    escalation_at = WholeNumberAttribute(null=True)
    alarmed_at = WholeNumberAttribute(null=True)
    untold = WholeNumberAttribute(null=True)
    answer = PlainMapAttribute[Any](null=True)
    expires_at = WholeNumberAttribute(null=True)
    in_queue = QueueIndex()


class AppealedRow(Table):
    """Of one record: the appeal that waits, and which members of staff have answered earlier ones."""

    class Meta:
        table_name = "cases"

    case_id = UnicodeAttribute(hash_key=True)
    waiting = UnicodeAttribute(null=True)
    judges = UnicodeSetAttribute(null=True)


class Answered(msgspec.Struct, frozen=True):
    """`correction`: the record that an upheld appeal made."""

    by: StaffId
    organisation: OrganisationId
    role: str
    at: Instant
    upheld: bool
    reasons: tuple[str, ...]
    correction: RecordId | None


class Appeal(msgspec.Struct, frozen=True):
    """`appeal_id` is its case's too. `desk`: whose it is first; `files`: under which names its evidence is kept;
    `untold`: how often its gates could not be told."""

    appeal_id: str
    person: PersonId
    filed_by: PersonId
    filed_at: Instant
    due_at: Instant
    community: str
    record_id: RecordId
    record_class: str
    hands: tuple[str, ...]
    files: tuple[str, ...]
    desk: str
    answered: Answered | None = None
    untold: int = 0


def file(new: Appeal, limit_at: Instant) -> list[Write]:
    """The second condition fails (label "appealed") while another appeal against the record waits. Unanswered until
    `limit_at`, somebody is woken."""
    stored = AppealRow(
        APPEAL + new.appeal_id,
        queue=_queue(new.desk),
        due_at=new.due_at,
        person_id=new.person,
        filed_by=new.filed_by,
        filed_at=new.filed_at,
        community=new.community,
        record_id=new.record_id,
        record_class=new.record_class,
        hands=list(new.hands),
        files=list(new.files),
        escalation=UNANSWERED,
        escalation_at=limit_at,
    )
    free = AppealedRow.waiting.does_not_exist()
    waits = model.update("appealed", _appealed(new.record_id), [AppealedRow.waiting.set(new.appeal_id)], free)
    return [model.put("appeal", stored, AppealRow.case_id.does_not_exist()), waits]


def answer(appeal: Appeal, made: Answered) -> list[Write]:
    """The first condition fails (label "appeal") when it was answered meanwhile. The gates wait to be told of an
    upheld one."""
    told = {
        "by": made.by,
        "organisation": made.organisation,
        "role": made.role,
        "at": made.at,
        "upheld": made.upheld,
        "reasons": list(made.reasons),
        "correction": made.correction,
    }
    place = [AppealRow.queue.set(_queue(UNTOLD)), AppealRow.due_at.set(made.at)]
    place = place if made.upheld else [AppealRow.queue.remove(), AppealRow.due_at.remove()]
    change = [AppealRow.answer.set(told), AppealRow.expires_at.set(made.at + KEPT_S), *place, *_escalated()]
    unanswered = AppealRow.person_id.exists() & AppealRow.answer.does_not_exist()
    freed = [AppealedRow.waiting.remove(), AppealedRow.judges.add({made.by})]
    return [
        model.update("appeal", AppealRow(APPEAL + appeal.appeal_id), change, unanswered),
        model.update("appealed", _appealed(appeal.record_id), freed, AppealedRow.waiting == appeal.appeal_id),
    ]


def put_off(appeal: Appeal, due_at: Instant) -> Write:
    """Its gates could not be told, and are told at `due_at`. The condition fails (label "appeal") when another run has
    told them or put it off."""
    known = AppealRow.untold == appeal.untold if appeal.untold else AppealRow.untold.does_not_exist()
    change = [AppealRow.due_at.set(due_at), AppealRow.untold.set(appeal.untold + 1)]
    waits = (AppealRow.queue == _queue(UNTOLD)) & known
    return model.update("appeal", AppealRow(APPEAL + appeal.appeal_id), change, waits)


def gates_told(appeal_id: str) -> Write:
    """Harmless when it was done before."""
    change = [AppealRow.queue.remove(), AppealRow.due_at.remove()]
    return model.update("appeal", AppealRow(APPEAL + appeal_id), change, AppealRow.queue == _queue(UNTOLD))


def alarmed(appeal_id: str, at: Instant) -> Write:
    """Its condition fails (label "appeal") when somebody was woken before, or it has been answered."""
    change = [AppealRow.alarmed_at.set(at), *_escalated()]
    return model.update("appeal", AppealRow(APPEAL + appeal_id), change, AppealRow.escalation == UNANSWERED)


def get(appeal_id: str, now: Instant) -> Appeal | None:
    found = model.get(AppealRow, APPEAL + appeal_id)
    return None if found is None else _alive(found, now)


def many(appeal_ids: Sequence[str], now: Instant) -> dict[str, Appeal]:
    """Those that are there, by id."""
    keys = [model.key_of(AppealRow, APPEAL + appeal_id)["Key"] for appeal_id in appeal_ids]
    rows = [model.read(AppealRow, stored) for stored in batch.get({AppealRow.Meta.table_name: keys})["cases"]]
    found = [alive for alive in (_alive(row, now) for row in rows) if alive is not None]
    return {appeal.appeal_id: appeal for appeal in found}


def waiting(record_ids: Sequence[RecordId]) -> frozenset[RecordId]:
    """Against which of these records an appeal waits."""
    keys = [model.key_of(AppealedRow, AGAINST + record_id)["Key"] for record_id in record_ids]
    rows = [model.read(AppealedRow, stored) for stored in batch.get({AppealedRow.Meta.table_name: keys})["cases"]]
    return frozenset(RecordId(row.case_id.removeprefix(AGAINST)) for row in rows if row.waiting is not None)


def judges(record_id: RecordId) -> frozenset[str]:
    """The members of staff who have answered an appeal against this record."""
    found = model.get(AppealedRow, AGAINST + record_id)
    return frozenset() if found is None else frozenset(found.judges or ())


def in_queue(desk: str, until: Instant, limit: int, start: Start | None = None) -> tuple[list[Appeal], Start | None]:
    """Those of a desk, or of UNTOLD, that are due until then, soonest first, and where the next page begins."""
    theirs = (AppealRow.queue == _queue(desk)) & (AppealRow.due_at <= until)
    most = min(limit, APPEALS_PER_PAGE_MAX)
    page, following = model.query(AppealRow, theirs, most, index=AppealRow.in_queue, start=start)
    return [_appeal(found) for found in page], following


def to_wake_for(now: Instant, limit: int, start: Start | None = None) -> tuple[list[str], Start | None]:
    """The ids of those that nobody answered in time and nobody was woken for, longest waiting first, and where the
    next page begins."""
    theirs = (AppealRow.escalation == UNANSWERED) & (AppealRow.escalation_at <= now)
    most = min(limit, APPEALS_PER_PAGE_MAX)
    page, following = model.query(CaseKeyRow, theirs, most, index=CaseFileRow.to_escalate, start=start)
    return [found.case_id.removeprefix(APPEAL) for found in page], following


def _escalated() -> list[Action]:
    return [AppealRow.escalation.remove(), AppealRow.escalation_at.remove()]


def _appealed(record_id: RecordId) -> AppealedRow:
    return AppealedRow(AGAINST + record_id)


def _queue(desk: str) -> str:
    return f"{APPEAL}{desk}"


def _alive(found: AppealRow, now: Instant) -> Appeal | None:
    return None if found.expires_at is not None and found.expires_at <= now else _appeal(found)


def _appeal(found: AppealRow) -> Appeal:
    made = found.answer
    return Appeal(
        appeal_id=found.case_id.removeprefix(APPEAL),
        person=PersonId(found.person_id),
        filed_by=PersonId(found.filed_by),
        filed_at=found.filed_at,
        due_at=found.due_at or 0,
        community=found.community,
        record_id=RecordId(found.record_id),
        record_class=found.record_class,
        hands=tuple(found.hands),
        files=tuple(found.files),
        desk=(found.queue or "").removeprefix(APPEAL),
        answered=None if made is None else _answered(made),
        untold=found.untold or 0,
    )


def _answered(made: dict[str, Any]) -> Answered:
    return Answered(
        StaffId(made["by"]),
        OrganisationId(made["organisation"]),
        made["role"],
        made["at"],
        made["upheld"],
        tuple(made["reasons"]),
        None if made["correction"] is None else RecordId(made["correction"]),
    )
