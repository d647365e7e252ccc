"""The pass as it is now: one request to the store, whatever the streams have done so far."""

from __future__ import annotations

from nanhai.domain.colour import Colour
from nanhai.services.asked import Asked
from nanhai.services.passes import reading, wording
from nanhai.services.passes.holders import holder
from nanhai.services.passes.schemas import Pass
from nanhai.services.platform import Platform
from nanhai.services.schemas import moment, moment_or_none


def show(platform: Platform, asked: Asked, who: str) -> Pass:
    """Absent for somebody else's pass, NotApplied when there is none. A clearance is shown while it matters."""
    person = holder(asked, who)
    held = reading.held(platform, person, asked.now)
    segment = held.timeline.at(asked.now)
    cleared = held.timeline.permits if segment.colour is Colour.YELLOW else ()
    since, until = held.timeline.spell(asked.now)
    now = moment(asked.now)
    return Pass(
        person_id=person,
        colour=segment.colour.value,
        word=wording.word(segment.colour, asked.language),
        shape=wording.SHAPES[segment.colour],
        verdict=held.timeline.verdict(asked.now).value,
        since=moment(since),
        until=moment_or_none(until),
        reasons=wording.reasons(segment.causes, asked.language),
        permits=wording.permits(cleared, asked.now),
        policy=held.timeline.policy,
        record_version=held.head.version,
        as_of=now,
        server_time=now,
    )
