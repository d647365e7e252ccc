"""Self-check: what somebody feels, where they were and who they are, and which advice a dated table has for it.

It refers and never diagnoses: by the national criteria (7th edition, 2020-03-03) a case takes findings that no phone
has.
Every condition of a rule is a lower bound on what is told, and rules are tried from the most severe outcome to the
mildest. So more told can only make more rules hold, and the first of them is never a milder one.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from nanhai.domain.identifiers import Instant

FEVER = "fever"


class Outcome(StrEnum):
    """Where somebody is referred to, the mildest first."""

    NO_INDICATION = "no-indication"
    SELF_MONITOR = "self-monitor"
    COMMUNITY_FOLLOW_UP = "community-follow-up"
    FEVER_CLINIC = "fever-clinic"
    EMERGENCY = "emergency"

    @property
    def severity(self) -> int:
        return _SEVERITY[self]


_SEVERITY = {outcome: severity for severity, outcome in enumerate(Outcome)}


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody says of themself; `exposures` of the last 14 days."""

    temperature_c: float | None = None
    symptoms: frozenset[str] = frozenset()
    exposures: frozenset[str] = frozenset()
    risks: frozenset[str] = frozenset()
    distress: bool = False


@dataclass(frozen=True, slots=True)
class AtLeast:
    """So many of these symptoms."""

    number: int
    of: frozenset[str]

    def holds(self, symptoms: frozenset[str]) -> bool:
        return len(self.of & symptoms) >= self.number

    def implies(self, other: AtLeast) -> bool:
        """Whether the other one holds wherever this one does."""
        return self.number - len(self.of - other.of) >= other.number


@dataclass(frozen=True, slots=True)
class Rule:
    """Holds when all its lower bounds are reached; without any, always."""

    name: str
    outcome: Outcome
    advice: tuple[str, ...]  # keys of texts
    temperature_c_from: float | None
    symptoms: tuple[AtLeast, ...]
    exposures: int
    risks: int

    def holds(self, told: Told) -> bool:
        return (
            _reaches(told.temperature_c, self.temperature_c_from)
            and all(group.holds(told.symptoms) for group in self.symptoms)
            and len(told.exposures) >= self.exposures
            and len(told.risks) >= self.risks
        )

    def hides(self, later: Rule) -> bool:
        """Whether this one holds wherever `later` does, which is then never reached behind it."""
        return (
            _reaches(later.temperature_c_from, self.temperature_c_from)
            and all(any(theirs.implies(mine) for theirs in later.symptoms) for mine in self.symptoms)
            and later.exposures >= self.exposures
            and later.risks >= self.risks
        )


@dataclass(frozen=True, slots=True)
class Question:
    """A closed list that somebody may choose from, in the order in which it is asked."""

    name: str
    choices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A dated decision table; its last rule always holds, so that every input ends."""

    version: str
    valid_from: Instant
    lowest_c: float
    highest_c: float
    fever_c: float  # from here on a temperature says what the symptom fever says
    symptoms: Question
    exposures: Question
    risks: Question
    counselling: tuple[str, ...]  # advice that is offered beside, to whoever is in distress
    phones: tuple[tuple[str, str], ...]  # of the public services: name and number
    rules: tuple[Rule, ...]

    @property
    def questions(self) -> tuple[Question, Question, Question]:
        return self.symptoms, self.exposures, self.risks


@dataclass(frozen=True, slots=True)
class Advice:
    """What a table says to somebody, and by which of its rules."""

    table: str
    rule: str
    outcome: Outcome
    keys: tuple[str, ...]
    counselling: tuple[str, ...]  # empty where it is not offered


@dataclass(frozen=True, slots=True)
class TableBook:
    """All tables by date; the one in force is the latest that has begun."""

    tables: tuple[Table, ...]

    @classmethod
    def of(cls, tables: Iterable[Table]) -> TableBook:
        return cls(tuple(sorted(tables, key=lambda table: (table.valid_from, table.version))))

    def in_force(self, at: Instant) -> Table:
        """The table of `at`; before the first one, the first."""
        index = bisect_right(self.tables, at, key=lambda table: table.valid_from)
        return self.tables[max(index - 1, 0)]


def check(table: Table, told: Told) -> Advice:
    """The advice of the first rule that holds."""
    read = understood(table, told)
    rule = next(rule for rule in table.rules if rule.holds(read))
    return Advice(table.version, rule.name, rule.outcome, rule.advice, table.counselling if told.distress else ())


def understood(table: Table, told: Told) -> Told:
    """What was told, with the fever that a temperature says."""
    if not _reaches(told.temperature_c, table.fever_c):
        return told
    return Told(told.temperature_c, told.symptoms | {FEVER}, told.exposures, told.risks, told.distress)


def _reaches(value: float | None, bound: float | None) -> bool:
    return bound is None or (value is not None and value >= bound)
