"""The self-check: an instant answer. Nothing of it is stored, counted or logged."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from nanhai.domain import triage
from nanhai.domain.errors import Fault, Invalid
from nanhai.domain.identifiers import Instant
from nanhai.domain.triage import Advice, Outcome, Question, Table, Told
from nanhai.policies.divisions import divisions
from nanhai.services.platform import Platform
from nanhai.services.triage import clinics, tables
from nanhai.services.triage.schemas import CheckMyself, Felt, SelfChecked
from nanhai.texts import Language

CLINICS_FROM = Outcome.FEVER_CLINIC


def check(platform: Platform, asked: CheckMyself, *, language: Language, now: Instant) -> SelfChecked:
    """The advice of the table in force; Invalid names everything that is none of its choices."""
    table = tables.in_force(now)
    found = faults(table, asked)
    if asked.division is not None and asked.division not in divisions(platform.settings.district):
        found.append(Fault("/division", "triage.division"))
    if found:
        raise Invalid(*found)
    return advised(platform, table, triage.check(table, told(asked)), asked.division or "", language)


def faults(table: Table, felt: Felt) -> list[Fault]:
    """Everything that this table does not ask."""
    chosen = felt.symptoms, felt.exposures, felt.risks
    return [
        *_temperature_faults(table, felt.temperature_c),
        *(
            fault
            for asked, words in zip(table.questions, chosen, strict=True)
            for fault in _choice_faults(asked, words)
        ),
    ]


def told(felt: Felt) -> Told:
    symptoms, exposures, risks = map(frozenset, (felt.symptoms, felt.exposures, felt.risks))
    return Told(felt.temperature_c, symptoms, exposures, risks, distress=felt.distress)


def advised(platform: Platform, table: Table, advice: Advice, division: str, language: Language) -> SelfChecked:
    """The advice in words, with the clinics near a division where it sends somebody to a doctor."""
    needs_doctor = advice.outcome.severity >= CLINICS_FROM.severity
    return SelfChecked(
        advice.table,
        advice.rule,
        advice.outcome.value,
        tables.word(table, f"outcome.{advice.outcome.value}", language),
        tables.word(table, f"now.{advice.outcome.value}", language),
        tables.phrases(table, advice.keys, language),
        tables.phrases(table, advice.counselling, language),
        tables.phones(table, language),
        clinics.near(platform.settings.district, division) if needs_doctor else [],
    )


def _temperature_faults(table: Table, temperature_c: float | None) -> Iterator[Fault]:
    if temperature_c is None:
        return
    if not (math.isfinite(temperature_c) and table.lowest_c <= temperature_c <= table.highest_c):
        yield Fault("/temperature_c", "triage.temperature", {"lowest": table.lowest_c, "highest": table.highest_c})


def _choice_faults(asked: Question, words: Sequence[str]) -> Iterator[Fault]:
    for index, word in enumerate(words):
        if word not in asked.choices:
            yield Fault(f"/{asked.name}/{index}", "triage.choice")
