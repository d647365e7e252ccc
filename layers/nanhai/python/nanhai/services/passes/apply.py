"""Applying for a pass: one record, once; the colour follows from the records that are there."""

from __future__ import annotations

from nanhai.domain.errors import Absent, Fault, Invalid
from nanhai.domain.identifiers import PersonId
from nanhai.domain.records import Application, Holder
from nanhai.services.asked import Asked
from nanhai.services.passes import reading
from nanhai.services.passes.holders import holder
from nanhai.services.passes.records import record
from nanhai.services.passes.schemas import Applied, Apply
from nanhai.services.platform import Platform


def apply(platform: Platform, asked: Asked, who: str, body: Apply) -> Applied:
    """Harmless to repeat: the same answer, and no second record. Invalid when `holder` is not what the person is."""
    person = holder(asked, who)
    kind = Holder.PERSON if person == asked.actor.id else Holder.DEPENDANT
    if body.holder != kind.value:
        raise Invalid(Fault("/holder", "passes.holder"))
    answer = Applied(person, kind.value)
    if _has_applied(platform, asked, person):
        return answer
    return platform.write_records(person, [record(platform, asked, person, Application(kind))], asked.once, answer)


def _has_applied(platform: Platform, asked: Asked, person: PersonId) -> bool:
    """Nobody knows of a person whose records cannot be read and who has no pass: the application is taken again."""
    head, stored = reading.look(person)
    if head is None:
        raise Absent
    timeline = reading.current(platform, head, stored, asked.now)
    return timeline is not None and (stored is not None or not reading.is_unknown(timeline))
