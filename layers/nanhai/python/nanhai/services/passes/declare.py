"""A health declaration: it can begin or prolong a finding, never end one."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from nanhai.domain.days import DAY_S
from nanhai.domain.errors import Absent, Fault, Invalid
from nanhai.domain.records import SYMPTOMS, Symptoms
from nanhai.services.asked import Asked
from nanhai.services.identity.limits import Limit, spend
from nanhai.services.passes.holders import holder
from nanhai.services.passes.records import record
from nanhai.services.passes.schemas import Declare, Declared
from nanhai.services.platform import Platform
from nanhai.services.schemas import moment
from nanhai.store.writes import ConditionFailed

LOWEST_C, HIGHEST_C = 35.0, 42.0
PER_PERSON = Limit("declarations", 24, DAY_S)


def declare(platform: Platform, asked: Asked, who: str, body: Declare) -> Declared:
    """Writes one record of what is felt now; Invalid names every fault at once, TooMany for more than 24 a day."""
    person = holder(asked, who)
    faults = [*_temperature_faults(body.temperature_c), *_symptom_faults(body.symptoms)]
    if faults:
        raise Invalid(*faults)
    spend(platform, PER_PERSON, person, asked.now)
    told = Symptoms(body.temperature_c, tuple(dict.fromkeys(body.symptoms)))
    new = record(platform, asked, person, told)
    try:
        return platform.write_records(person, [new], asked.once, Declared(new.record_id, moment(asked.now)))
    except ConditionFailed:
        raise Absent from None


def _temperature_faults(temperature_c: float | None) -> Iterator[Fault]:
    if temperature_c is None:
        return
    if not math.isfinite(temperature_c) or not LOWEST_C <= temperature_c <= HIGHEST_C:
        yield Fault("/temperature_c", "passes.temperature", {"lowest": LOWEST_C, "highest": HIGHEST_C})


def _symptom_faults(symptoms: Sequence[str]) -> Iterator[Fault]:
    for index, symptom in enumerate(symptoms):
        if symptom not in SYMPTOMS:
            yield Fault(f"/symptoms/{index}", "passes.symptom")
