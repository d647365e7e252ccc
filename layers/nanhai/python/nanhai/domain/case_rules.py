"""The rules of casework: dated data that say of each kind of case which steps lead where, whose they are and by when.

A document whose machine has a dead end, a state that nothing reaches, or a word that nobody knows is refused whole.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from nanhai.domain.actors import Role
from nanhai.domain.identifiers import Instant

STEPS_MAX = 200  # of one case
CLOSED = "closed"


class CaseKind(StrEnum):
    VERIFY_YELLOW = "verify-yellow"
    HOME_VISIT = "home-visit"
    ISOLATION = "isolation"
    DISINFECTION = "disinfection"
    HOSPITAL_REFERRAL = "hospital-referral"
    COUNSELLING = "counselling"
    REPORT_FOLLOW_UP = "report-follow-up"
    APPEAL = "appeal"
    CO_PRESENCE = "co-presence-review"


class Tier(StrEnum):
    COMMUNITY = "community"
    TOWN = "town"
    DISTRICT = "district"


TIERS = (Tier.COMMUNITY, Tier.TOWN, Tier.DISTRICT)  # lowest first


class Use(StrEnum):
    """Which use case takes a step."""

    OPEN = "open"
    STEP = "step"
    ASSIGN = "assign"
    HAND_OVER = "hand-over"
    APPEAL = "appeal"
    SYSTEM = "system"


class Takes(StrEnum):
    """What must be told with a step."""

    OUTCOME = "outcome"
    ORGANISATION = "organisation"
    APPOINTMENT_AT = "appointment_at"


class Needs(StrEnum):
    """What must be so for a case to end with an outcome, besides the record that it names."""

    NO_YELLOW = "no-yellow"  # nothing holds the person's pass yellow now
    NO_RED = "no-red"
    ORDER_IN_FORCE = "order-in-force"  # the record named is an order that holds now
    NEGATIVE = "negative"
    POSITIVE = "positive"
    OTHER_CASE = "other-case"  # another open one of the same kind and person is named


@dataclass(frozen=True, slots=True)
class Tries:
    """So many of these `steps` stand before an outcome; `not_for`: the tiers that need none."""

    steps: frozenset[str]
    times: int
    not_for: frozenset[Tier]


@dataclass(frozen=True, slots=True)
class StepRules:
    use: Use
    roles: frozenset[Role]
    takes: frozenset[Takes]


@dataclass(frozen=True, slots=True)
class OutcomeRules:
    """From which states a case ends so, and the classes of record of which it must name one; none: it names none.

    `onward`: where it ends although what it needs is not so, the next case opens with it, for the tier above.
    `health`: told to nobody who may not see health detail.
    """

    states: frozenset[str]
    rests_on: frozenset[str]
    needs: frozenset[Needs] = frozenset()
    after: Tries | None = None
    onward: bool = False
    health: bool = False


@dataclass(frozen=True, slots=True)
class KindRules:
    """`states`: from state, step, to state, whole; `restarts`: steps from which the clock runs anew; `visible`: what
    the person is told of."""

    version: str
    kind: CaseKind
    first: Tier
    due_s: int
    limit_s: int
    escalates_s: Mapping[Tier, int]
    opened_by: frozenset[Role]
    begins: str
    states: Mapping[str, Mapping[str, str]]
    restarts: frozenset[str]
    outcomes: Mapping[str, OutcomeRules]
    visible: frozenset[str]
    steps: Mapping[str, StepRules]

    def allowed(self, state: str) -> Mapping[str, str]:
        """The steps that can be taken in `state`, and where they lead."""
        return self.states.get(state, {})


@dataclass(frozen=True, slots=True)
class CaseRules:
    version: str
    valid_from: Instant
    kept_s: int  # how long a closed case is kept
    kinds: Mapping[CaseKind, KindRules]


@dataclass(frozen=True, slots=True)
class CaseRulesBook:
    """All rules by date; a case keeps to those under which it was opened."""

    rules: tuple[CaseRules, ...]

    @classmethod
    def of(cls, rules: Iterable[CaseRules]) -> CaseRulesBook:
        return cls(tuple(sorted(rules, key=lambda one: (one.valid_from, one.version))))

    def in_force(self, at: Instant) -> CaseRules:
        """Those of `at`; before the first ones, the first."""
        index = bisect_right(self.rules, at, key=lambda one: one.valid_from)
        return self.rules[max(index - 1, 0)]

    def get(self, version: str) -> CaseRules:
        """LookupError for rules that do not ship."""
        for one in self.rules:
            if one.version == version:
                return one
        raise LookupError(f"no rules of casework {version}")
