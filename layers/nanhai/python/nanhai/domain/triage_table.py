"""A decision table from its JSON document: whatever would make it unsafe is refused, every fault at once."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from itertools import pairwise
from typing import Any, TypeVar

from nanhai.domain.errors import Fault, Invalid
from nanhai.domain.identifiers import Instant
from nanhai.domain.records import SYMPTOMS
from nanhai.domain.triage import FEVER, AtLeast, Outcome, Question, Rule, Table

T = TypeVar("T")
LOWEST_C, HIGHEST_C = 35.0, 42.0
RULES_MAX = 200
FIELDS = frozenset(
    {
        "version",
        "valid_from",
        "title",
        "source",
        "temperature",
        "symptoms",
        "exposures",
        "risks",
        "counselling",
        "phones",
        "rules",
    }
)
RULE_FIELDS = frozenset({"rule", "outcome", "when", "advice"})
WHEN_FIELDS = frozenset({"temperature_c_from", "symptoms", "exposures", "risks"})


class BadTable(Invalid):
    """The document is no decision table that may be used; every fault is named with its pointer."""

    code = "triage.bad-table"


def parse(document: Mapping[str, Any], texts: Collection[str]) -> Table:
    """The table; BadTable unless every word is known, every key has its text in `texts`, rules go from the most severe
    outcome to the mildest, none is hidden behind another one, all outcomes are reached and the last rule always
    holds."""
    reader = _Reader(texts)
    table = reader.table(document)
    if not reader.faults:
        reader.faults += _order_faults(table.rules)
    if reader.faults:
        raise BadTable(*reader.faults)
    return table


def _order_faults(rules: tuple[Rule, ...]) -> Iterator[Fault]:
    if not rules or not _is_open(rules[-1]):
        yield Fault("/rules", "triage.table-last")
    for index, (before, after) in enumerate(pairwise(rules), 1):
        if after.outcome.severity > before.outcome.severity:
            yield Fault(f"/rules/{index}/outcome", "triage.table-order", {"rule": after.name})
    for index, rule in enumerate(rules):
        for hiding in rules[:index]:
            if hiding.hides(rule):
                yield Fault(f"/rules/{index}", "triage.table-hidden", {"rule": rule.name, "by": hiding.name})
        if rule.name in {other.name for other in rules[:index]}:
            yield Fault(f"/rules/{index}/rule", "triage.table-twice")
    for outcome in set(Outcome) - {rule.outcome for rule in rules}:
        yield Fault("/rules", "triage.table-outcome", {"outcome": outcome.value})


def _is_open(rule: Rule) -> bool:
    return rule.temperature_c_from is None and not (rule.symptoms or rule.exposures or rule.risks)


class _Reader:
    """Collects every fault before the document is refused."""

    def __init__(self, texts: Collection[str]) -> None:
        self.texts = texts
        self.faults: list[Fault] = []

    def table(self, document: Mapping[str, Any]) -> Table:
        self._only(document, FIELDS, "")
        bounds = self._get(document, "temperature", dict, "")
        self._only(bounds, {"lowest_c", "highest_c", "fever_c"}, "/temperature")
        symptoms = self._question(document, "symptoms", "symptom")
        exposures = self._question(document, "exposures", "exposure")
        risks = self._question(document, "risks", "risk")
        self._known(symptoms.choices, SYMPTOMS, "/symptoms")
        return Table(
            version=self._get(document, "version", str, ""),
            valid_from=self._instant(document),
            lowest_c=self._degrees(bounds, "lowest_c", "/temperature"),
            highest_c=self._degrees(bounds, "highest_c", "/temperature"),
            fever_c=self._degrees(bounds, "fever_c", "/temperature"),
            symptoms=symptoms,
            exposures=exposures,
            risks=risks,
            counselling=self._advice(document, "counselling", ""),
            phones=tuple(self._phones(document)),
            rules=tuple(self._rules(document, frozenset(symptoms.choices), len(exposures.choices), len(risks.choices))),
        )

    def _question(self, document: Mapping[str, Any], name: str, prefix: str) -> Question:
        choices = tuple(self._words(document, name, ""))
        self._texted((f"{prefix}.{choice}" for choice in choices), f"/{name}")
        if len(set(choices)) < len(choices) or (name == "symptoms" and FEVER not in choices):
            self._fault(f"/{name}", "triage.table-word")
        return Question(name, choices)

    def _rules(
        self, document: Mapping[str, Any], symptoms: frozenset[str], exposures: int, risks: int
    ) -> Iterator[Rule]:
        rows = self._get(document, "rules", list, "")
        if len(rows) > RULES_MAX:
            self._fault("/rules", "triage.table-range")
        for index, row in enumerate(rows[:RULES_MAX]):
            at = f"/rules/{index}"
            if not isinstance(row, dict):
                self._fault(at, "triage.table-field")
                continue
            self._only(row, RULE_FIELDS, at)
            when = self._get(row, "when", dict, at)
            self._only(when, WHEN_FIELDS, f"{at}/when")
            low = self._degrees(when, "temperature_c_from", f"{at}/when") if "temperature_c_from" in when else None
            yield Rule(
                self._get(row, "rule", str, at),
                self._outcome(row, at),
                self._advice(row, "advice", at),
                low,
                tuple(self._groups(when, symptoms, f"{at}/when")),
                self._count(when, "exposures", exposures, f"{at}/when"),
                self._count(when, "risks", risks, f"{at}/when"),
            )

    def _groups(self, when: Mapping[str, Any], known: frozenset[str], at: str) -> Iterator[AtLeast]:
        for index, row in enumerate(self._get(when, "symptoms", list, at) if "symptoms" in when else []):
            here = f"{at}/symptoms/{index}"
            if not isinstance(row, dict):
                self._fault(here, "triage.table-field")
                continue
            self._only(row, {"at_least", "of"}, here)
            of = frozenset(self._words(row, "of", here)) if "of" in row else known
            self._known(of, known, f"{here}/of")
            yield AtLeast(self._count(row, "at_least", len(of), here, low=1), of)

    def _outcome(self, row: Mapping[str, Any], at: str) -> Outcome:
        told = self._get(row, "outcome", str, at)
        if told not in set(Outcome):
            self._fault(f"{at}/outcome", "triage.table-word")
            return Outcome.EMERGENCY
        self._texted((f"outcome.{told}", f"now.{told}"), f"{at}/outcome")
        return Outcome(told)

    def _phones(self, document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        rows = self._get(document, "phones", dict, "")
        self._texted((f"phone.{name}" for name in rows), "/phones")
        for name in rows:
            yield name, self._get(rows, name, str, "/phones")

    def _advice(self, row: Mapping[str, Any], name: str, at: str) -> tuple[str, ...]:
        keys = tuple(self._words(row, name, at))
        self._texted((f"advice.{key}" for key in keys), f"{at}/{name}")
        if not keys:
            self._fault(f"{at}/{name}", "triage.table-field")
        return keys

    def _words(self, row: Mapping[str, Any], name: str, at: str) -> Iterator[str]:
        for index, word in enumerate(self._get(row, name, list, at)):
            if isinstance(word, str):
                yield word
            else:
                self._fault(f"{at}/{name}/{index}", "triage.table-field")

    def _texted(self, keys: Iterator[str] | tuple[str, ...], at: str) -> None:
        for key in keys:
            if key not in self.texts:
                self._fault(at, "triage.table-text", key=key)

    def _known(self, words: Collection[str], known: Collection[str], at: str) -> None:
        if not set(words) <= set(known):
            self._fault(at, "triage.table-word")

    def _degrees(self, row: Mapping[str, Any], name: str, at: str) -> float:
        value = self._get(row, name, float, at)
        if type(row.get(name)) is float and not LOWEST_C <= value <= HIGHEST_C:
            self._fault(f"{at}/{name}", "triage.table-range")
        return value

    def _count(self, row: Mapping[str, Any], name: str, high: int, at: str, low: int = 0) -> int:
        value = self._get(row, name, int, at) if name in row else low
        if type(row.get(name, low)) is int and not low <= value <= high:
            self._fault(f"{at}/{name}", "triage.table-range")
        return value

    def _instant(self, row: Mapping[str, Any]) -> Instant:
        try:
            moment = datetime.fromisoformat(self._get(row, "valid_from", str, ""))
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            self._fault("/valid_from", "triage.table-field")
            return 0
        return int(moment.timestamp())

    def _get(self, row: Mapping[str, Any], name: str, kind: type[T], at: str) -> T:
        value = row.get(name)
        if type(value) is kind:
            return value
        self._fault(f"{at}/{name}", "triage.table-field")
        return kind()

    def _only(self, row: Mapping[str, Any], known: Collection[str], at: str) -> None:
        for name in sorted(set(row) - set(known)):
            self._fault(f"{at}/{name}", "triage.table-field")

    def _fault(self, pointer: str, code: str, **params: str) -> None:
        self.faults.append(Fault(pointer, code, dict(params)))
