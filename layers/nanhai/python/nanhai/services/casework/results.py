"""A laboratory's finding, entered by a hospital or the health authority."""

from __future__ import annotations

from collections.abc import Iterator

from nanhai.domain import governance
from nanhai.domain.actors import Role
from nanhai.domain.days import DAY_S
from nanhai.domain.errors import Absent, Fault, Invalid
from nanhai.domain.identifiers import Instant, PersonId
from nanhai.domain.records import Result
from nanhai.services import trail
from nanhai.services.asked import Asked
from nanhai.services.casework import facts
from nanhai.services.casework.schemas import RecordWritten, WriteResult
from nanhai.services.casework.subjects import subject
from nanhai.services.platform import Platform
from nanhai.services.schemas import instant
from nanhai.store import casefiles

RESULT_AGE_S_MAX = 30 * DAY_S


def write(platform: Platform, asked: Asked, body: WriteResult) -> RecordWritten:
    """Absent for someone out of scope, and for a hospital to which the person was not referred; Invalid for a sample of
    the future or of long ago."""
    head = subject(asked, body.person_id)
    _check_referred(asked, head.person_id)
    governance.check_own_hands(asked.actor, head.person_id)
    taken_at = instant(body.taken_at)
    if faults := list(_time_faults(taken_at, asked.now)):
        raise Invalid(*faults)
    trail.note(asked, head.person_id)
    record = facts.record(
        platform,
        asked,
        head.person_id,
        Result(body.positive, body.method),
        evidence=body.evidence,
        legal_basis=body.legal_basis,
        happened_at=taken_at,
    )
    return platform.write_records(head.person_id, [record], asked.once, RecordWritten(record.record_id))


def _check_referred(asked: Asked, person: PersonId) -> None:
    actor = asked.actor
    if actor.role is Role.HOSPITAL and not (
        actor.organisation and casefiles.is_referred(person, actor.organisation, asked.now)
    ):
        raise Absent


def _time_faults(taken_at: Instant, now: Instant) -> Iterator[Fault]:
    if taken_at > now:
        yield Fault("/taken_at", "casework.in-the-future")
    elif now - taken_at > RESULT_AGE_S_MAX:
        yield Fault("/taken_at", "casework.too-long-ago", {"days": RESULT_AGE_S_MAX // DAY_S})
