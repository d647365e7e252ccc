"""The health authority ends an isolation order before its own end."""

from __future__ import annotations

from nanhai.domain import governance
from nanhai.domain.identifiers import RecordId
from nanhai.domain.records import Release
from nanhai.services import trail
from nanhai.services.asked import Asked
from nanhai.services.casework import facts
from nanhai.services.casework.schemas import RecordWritten, WriteRelease
from nanhai.services.casework.subjects import subject
from nanhai.services.platform import Platform
from nanhai.services.unreadable import facts_of


def write(platform: Platform, asked: Asked, body: WriteRelease) -> RecordWritten:
    """Absent for someone out of scope, Invalid for an order that is not this person's, OrderEnded when it is over.

    Unreadable while a record of the person cannot be read: it may be the order, or its release.
    """
    head = subject(asked, body.person_id)
    governance.check_own_hands(asked.actor, head.person_id)
    order = RecordId(body.order)
    governance.order_to_release(facts_of(head), order, asked.now)
    trail.note(asked, head.person_id)
    record = facts.record(
        platform, asked, head.person_id, Release(order), evidence=body.evidence, legal_basis=body.legal_basis
    )
    return platform.write_records(head.person_id, [record], asked.once, RecordWritten(record.record_id))
