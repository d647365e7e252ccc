"""The decision table in force, in the words of its own texts."""

from __future__ import annotations

from collections.abc import Iterable

from nanhai.domain.identifiers import Instant
from nanhai.domain.triage import Question, Table
from nanhai.policies import triage
from nanhai.services.schemas import moment
from nanhai.services.triage.schemas import Bounds, Phone, Phrase, TableTold
from nanhai.texts import Language

PREFIXES = {"symptoms": "symptom", "exposures": "exposure", "risks": "risk"}


def in_force(now: Instant) -> Table:
    return triage.shipped().in_force(now)


def told(now: Instant, language: Language) -> TableTold:
    """The whole table: what is asked, and by which rules it is answered."""
    table = in_force(now)
    document = triage.document(table.version)
    symptoms, exposures, risks = (_choices(table, question, language) for question in table.questions)
    return TableTold(
        table.version,
        moment(table.valid_from),
        document["title"][language],
        document["source"],
        Bounds(table.lowest_c, table.highest_c, table.fever_c),
        symptoms,
        exposures,
        risks,
        document["rules"],
    )


def word(table: Table, key: str, language: Language) -> str:
    return triage.texts(table.version)[language][key]


def phrases(table: Table, keys: Iterable[str], language: Language) -> list[Phrase]:
    return [Phrase(key, word(table, f"advice.{key}", language)) for key in keys]


def named(table: Table, question: Question, chosen: Iterable[str], language: Language) -> list[str]:
    """What was chosen in words, in the order in which it is asked."""
    picked = set(chosen)
    prefix = PREFIXES[question.name]
    return [word(table, f"{prefix}.{choice}", language) for choice in question.choices if choice in picked]


def phones(table: Table, language: Language) -> list[Phone]:
    return [Phone(name, word(table, f"phone.{name}", language), number) for name, number in table.phones]


def _choices(table: Table, question: Question, language: Language) -> list[Phrase]:
    words = named(table, question, question.choices, language)
    return [Phrase(choice, text) for choice, text in zip(question.choices, words, strict=True)]
