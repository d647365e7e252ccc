"""Records of an arrival: where from and by what, and how somebody felt."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from nanhai.domain.actors import Role
from nanhai.domain.errors import Fault
from nanhai.domain.identifiers import Instant, PersonId, RecordId
from nanhai.domain.records import SYMPTOMS, Arrival, Fact, Record, Source, Symptoms
from nanhai.services.asked import Asked
from nanhai.services.casework import facts
from nanhai.services.passes.declare import HIGHEST_C, LOWEST_C
from nanhai.services.passes.records import LEGAL_BASIS
from nanhai.services.platform import Platform

SOURCES: Mapping[Role, Source] = {Role.CITIZEN: Source.CITIZEN}  # an office enters what a community was told


@dataclass(frozen=True, slots=True)
class Journey:
    """One arrival, as everybody who came together has it."""

    arrival: Arrival
    at: Instant
    evidence: str


def records(
    platform: Platform, asked: Asked, person: PersonId, journey: Journey, health: Symptoms | None
) -> list[Record]:
    """The arrival at its time, and as of now how somebody feels, when that was told."""
    told: list[tuple[Fact, Instant]] = [(journey.arrival, journey.at)]
    if health is not None:
        told.append((health, asked.now))
    return [_record(platform, asked, person, journey, fact, at) for fact, at in told]


def health_of(temperature_c: float | None, symptoms: Sequence[str] | None) -> Symptoms | None:
    """None when nothing was told of it."""
    if temperature_c is None and symptoms is None:
        return None
    return Symptoms(temperature_c, tuple(dict.fromkeys(symptoms or ())))


def health_faults(
    temperature_at: str, temperature_c: float | None, symptoms_at: str, told: Sequence[str]
) -> Iterator[Fault]:
    if temperature_c is not None and not (math.isfinite(temperature_c) and LOWEST_C <= temperature_c <= HIGHEST_C):
        yield Fault(temperature_at, "passes.temperature", {"lowest": LOWEST_C, "highest": HIGHEST_C})
    for index, symptom in enumerate(told):
        if symptom not in SYMPTOMS:
            yield Fault(f"{symptoms_at}/{index}", "passes.symptom")


def _record(
    platform: Platform, asked: Asked, person: PersonId, journey: Journey, fact: Fact, happened_at: Instant
) -> Record:
    return Record(
        RecordId(platform.new_ulid(asked.now)),
        person,
        happened_at,
        asked.now,
        SOURCES.get(asked.actor.role, Source.COMMUNITY),
        asked.actor.id if asked.actor.role is Role.CITIZEN else facts.office(asked.actor),
        journey.evidence,
        LEGAL_BASIS,
        fact,
    )
