"""Cases for the tests of their rules: opened at a fixed second, stepped at another."""

from __future__ import annotations

from nanhai.domain import cases
from nanhai.domain.cases import OPENED, SYSTEM, CaseKind, Step, Tier, Way
from nanhai.domain.identifiers import PersonId
from nanhai.policies import casework

T0 = 1_583_100_000
HOUR_S = 3_600
BOOK = casework.shipped().rules[-1]
MOVES = {way.value for way in Way}


def rules_of(kind):
    return BOOK.kinds[CaseKind(kind)]


def opened(kind, at=T0):
    rules = rules_of(kind)
    step = Step(OPENED, at, SYSTEM, SYSTEM, "", rules.begins)
    person = PersonId("P000000000000")
    return cases.begin(rules, "C", "C", "440605011001", person, "officer", step)


def stepped(case, code, at, told=""):
    """The case after a step; `told`: the tier that it goes to, or its outcome."""
    rules = rules_of(case.kind)
    details = {} if not told else {"to" if code in MOVES else "outcome": told}
    step = Step(code, at, "officer-1", "community-officer", "office-1", rules.allowed(case.state)[code], details)
    after = cases.after(rules, case, step)
    return cases.handed(after, Way(code), Tier(told), at) if code in MOVES else after


def seconds(text) -> int:
    hours, minutes, rest = text.split(":")
    return int(hours) * HOUR_S + int(minutes) * 60 + int(rest)
