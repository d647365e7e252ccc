"""A member's check-in of the day: one update of their own row, and a record where it says anything that can matter."""

from __future__ import annotations

import math
from collections.abc import Iterator

from nanhai.domain import checkins as days
from nanhai.domain.checkins import Place
from nanhai.domain.days import DAY_S, local_date
from nanhai.domain.errors import Absent, Fault, Invalid
from nanhai.domain.identifiers import PersonId
from nanhai.domain.records import SYMPTOMS, Record, Symptoms, can_matter
from nanhai.services.asked import Asked
from nanhai.services.enterprises.staff_schemas import CheckedIn, CheckIn
from nanhai.services.identity.limits import Limit, spend
from nanhai.services.passes.declare import HIGHEST_C, LOWEST_C
from nanhai.services.passes.records import record
from nanhai.services.platform import Platform
from nanhai.services.schemas import moment
from nanhai.store import checkins
from nanhai.store.writes import ConditionFailed, Write

UNWELL_PER_DAY = Limit("unwell-check-ins", 24, DAY_S)


def write(platform: Platform, asked: Asked, body: CheckIn) -> CheckedIn:
    """The asker's check-in of this local day, in place of an earlier one; what they told of a fever or of symptoms
    stays told. Invalid names every fault, Absent for an enterprise that they have not joined, TooMany."""
    if faults := [*_faults(body)]:
        raise Invalid(*faults)
    person = PersonId(asked.actor.id)
    told = days.check_in(asked.now, body.temperature_c, Place(body.place))
    seat = checkins.note(body.organisation_id, person, told)
    new = record(platform, asked, person, Symptoms(body.temperature_c, tuple(dict.fromkeys(body.symptoms))))
    try:
        return _kept(platform, asked, seat, new)
    except ConditionFailed:
        raise Absent from None


def _kept(platform: Platform, asked: Asked, seat: Write, new: Record) -> CheckedIn:
    """Who is well writes no record: thousands would, each morning, and none could ever matter for a colour."""
    day, at = local_date(asked.now), moment(asked.now)
    if not can_matter(new):
        return platform.commit([seat], asked.once, CheckedIn(day, at, None))
    spend(platform, UNWELL_PER_DAY, new.person_id, asked.now)
    return platform.write_records(new.person_id, [new], asked.once, CheckedIn(day, at, new.record_id), extra=[seat])


def _faults(body: CheckIn) -> Iterator[Fault]:
    if not math.isfinite(body.temperature_c) or not LOWEST_C <= body.temperature_c <= HIGHEST_C:
        yield Fault("/temperature_c", "passes.temperature", {"lowest": LOWEST_C, "highest": HIGHEST_C})
    for index, symptom in enumerate(body.symptoms):
        if symptom not in SYMPTOMS:
            yield Fault(f"/symptoms/{index}", "passes.symptom")
