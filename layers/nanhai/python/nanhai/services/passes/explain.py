"""Why a pass had its colour at an instant: by which policy, from which records known by then."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from nanhai.domain import appeals as appealing
from nanhai.domain.errors import Absent, Fault, Invalid
from nanhai.domain.explain import Explanation as Explained
from nanhai.domain.explain import explain as explained
from nanhai.domain.identifiers import PersonId, RecordId
from nanhai.domain.records import Record, to_wire
from nanhai.domain.timeline import Cause
from nanhai.services.asked import Asked
from nanhai.services.passes import wording
from nanhai.services.passes.holders import holder
from nanhai.services.passes.schemas import ExplainedReason, ExplainedRecord, Explanation, ExplanationAsked
from nanhai.services.platform import Platform
from nanhai.services.schemas import instant, moment, moment_or_none
from nanhai.services.unreadable import facts_of
from nanhai.store import appeals, people
from nanhai.texts import Language

EARLIEST = 946_684_800  # the year 2000: before any policy, and within the calendar in every time zone


def explain(platform: Platform, asked: Asked, who: str, query: ExplanationAsked) -> Explanation:
    """Grey before the application; Invalid for the future, which nobody can explain yet, and before EARLIEST."""
    person = holder(asked, who)
    at = asked.now if query.at is None else instant(query.at)
    if at > asked.now:
        raise Invalid(Fault("/at", "passes.in-the-future"))
    if at < EARLIEST:
        raise Invalid(Fault("/at", "passes.too-long-ago"))
    found = explained(_records(person), platform.policies, at)
    behind = {record.record_id: record for record in found.records}
    open_to_appeal = _appealable(found) if at == asked.now else frozenset()
    return Explanation(
        at=moment(found.at),
        colour=found.colour.value,
        word=wording.word(found.colour, asked.language),
        policy=found.policy,
        reasons=[_reason(cause, behind, open_to_appeal, asked.language) for cause in found.segment.causes],
        permits=wording.permits(found.permits, found.at),
    )


def _records(person: PersonId) -> tuple[Record, ...]:
    head = people.head(person)
    if head is None:
        raise Absent
    return facts_of(head)


def _appealable(now: Explained) -> frozenset[RecordId]:
    """Those of the colour of now against which no appeal waits already."""
    records = appealing.behind(now).keys()
    return frozenset(records) - appeals.waiting([*records])


def _reason(
    cause: Cause, behind: Mapping[RecordId, Record], open_to_appeal: Collection[RecordId], language: Language
) -> ExplainedReason:
    records = [behind[record] for record in cause.records if record in behind]
    return ExplainedReason(
        cause.finding,
        wording.sentence(cause, language, records),
        moment(cause.since),
        moment_or_none(cause.until),
        [_record(record, record.record_id in open_to_appeal) for record in records],
    )


def _record(record: Record, appealable: bool) -> ExplainedRecord:
    """Without the evidence and who wrote it: they may name others. An appeal reaches them."""
    return ExplainedRecord(
        record_id=record.record_id,
        kind=record.fact.name,
        happened_at=moment(record.happened_at),
        recorded_at=moment(record.recorded_at),
        source=record.source.value,
        legal_basis=record.legal_basis,
        fact=to_wire(record)["f"],
        appealable=appealable,
    )
