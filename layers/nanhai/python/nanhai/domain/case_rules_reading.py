"""Rules of casework as they are read from a JSON document: BadCaseRules names every fault at once, with its pointer."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any

from nanhai.domain.actors import Role
from nanhai.domain.case_rules import (
    CLOSED,
    TIERS,
    CaseKind,
    CaseRules,
    KindRules,
    Needs,
    OutcomeRules,
    StepRules,
    Takes,
    Tier,
    Tries,
    Use,
)
from nanhai.domain.days import DAY_S, HOUR_S
from nanhai.domain.errors import Fault, Invalid
from nanhai.domain.records import READERS, Isolation, Result

Table = Mapping[str, Mapping[str, str]]
HOURS_MAX = 720
KEPT_DAYS_MAX = 3_650
TRIES_MAX = 20
GROUNDS: Mapping[Needs, str] = {
    Needs.ORDER_IN_FORCE: Isolation.name,
    Needs.NEGATIVE: Result.name,
    Needs.POSITIVE: Result.name,
}
OUTCOME_FIELDS = {"from", "rests_on", "needs", "after", "onward", "health"}
OPENED = "opened"
KIND_FIELDS = {
    "first",
    "due_h",
    "limit_h",
    "escalates_h",
    "opened_by",
    "begins",
    "everywhere",
    "states",
    "restarts",
    "outcomes",
    "visible",
}


class BadCaseRules(Invalid):
    """The document is no set of rules; every fault is named with its pointer."""

    code = "case-rules.invalid"


def parse(document: Mapping[str, Any]) -> CaseRules:
    """The rules that a JSON document writes down; BadCaseRules for any that leave a case stuck or a word unknown."""
    reader = _Reader()
    rules = reader.rules(document)
    if reader.faults:
        raise BadCaseRules(*reader.faults)
    return rules


class _Reader:
    """Collects every fault before it refuses."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def rules(self, document: Mapping[str, Any]) -> CaseRules:
        self._only(document, {"version", "valid_from", "title", "source", "kept_days", "steps", "kinds"}, "")
        version = self._get(document, "version", str, "")
        steps = {code: self._step(row, f"/steps/{code}") for code, row in self._rows(document, "steps", "")}
        rows = dict(self._rows(document, "kinds", ""))
        self._among(rows, set(CaseKind), "/kinds")
        kinds = {kind: self._kind(version, kind, rows.get(kind, {}), steps) for kind in CaseKind}
        for code in sorted(set(steps) - {OPENED} - {code for kind in kinds.values() for code in _used(kind.states)}):
            self._fault(f"/steps/{code}", "never-taken")
        kept_s = self._whole(document, "kept_days", KEPT_DAYS_MAX, "") * DAY_S
        return CaseRules(version, self._instant(document), kept_s, kinds)

    def _step(self, row: Mapping[str, Any], at: str) -> StepRules:
        self._only(row, {"use", "roles", "takes"}, at)
        use = self._words(row, "use", set(Use), at)
        roles = self._words(row, "roles", set(Role), at)
        if bool(roles) is ("system" in use):
            self._fault(f"{at}/roles", "nobody-or-the-system")
        takes = self._words(row, "takes", set(Takes), at)
        return StepRules(Use(*use or ["system"]), frozenset(map(Role, roles)), frozenset(map(Takes, takes)))

    def _kind(self, version: str, kind: CaseKind, row: Mapping[str, Any], steps: Mapping[str, StepRules]) -> KindRules:
        at = f"/kinds/{kind}"
        self._only(row, KIND_FIELDS, at)
        states = self._states(row, steps, at)
        used = _used(states)
        return KindRules(
            version=version,
            kind=kind,
            first=(first := Tier(*self._words(row, "first", set(Tier), at) or ["community"])),
            due_s=(due_s := self._whole(row, "due_h", HOURS_MAX, at) * HOUR_S),
            limit_s=self._limit(row, due_s, at),
            escalates_s=self._escalations(row, first, at),
            opened_by=frozenset(map(Role, self._words(row, "opened_by", set(Role), at))),
            begins=self._begins(row, states, at),
            states=states,
            restarts=self._words(row, "restarts", used, at),
            outcomes=self._outcomes(row, states, at),
            visible=self._words(row, "visible", used | {OPENED}, at),
            steps=steps,
        )

    def _states(self, row: Mapping[str, Any], steps: Mapping[str, StepRules], at: str) -> Table:
        told = dict(self._rows(row, "states", at))
        everywhere = self._words(row, "everywhere", set(steps), at)
        states = {state: {**(dict.fromkeys(everywhere, state) if own else {}), **own} for state, own in told.items()}
        for state, own in states.items():
            for code, to in own.items():
                if code not in steps or to not in states:
                    self._fault(f"{at}/states/{state}/{code}", "unknown")
                elif (to == CLOSED) is not (Takes.OUTCOME in steps[code].takes):
                    self._fault(f"{at}/states/{state}/{code}", "outcome-and-end")
        return states

    def _begins(self, row: Mapping[str, Any], states: Table, at: str) -> str:
        """Every state is reached from the first one, and from every one of them the case can be ended."""
        begins: str = self._get(row, "begins", str, at)
        if states.get(CLOSED) != {}:
            self._fault(f"{at}/states/{CLOSED}", "no-end")
        for state in sorted(set(states) - reached(states, begins)):
            self._fault(f"{at}/states/{state}", "unreachable")
        for state in sorted(states):
            if CLOSED not in reached(states, state):
                self._fault(f"{at}/states/{state}", "no-way-out")
        return begins

    def _outcomes(self, row: Mapping[str, Any], states: Table, at: str) -> Mapping[str, OutcomeRules]:
        """Whoever may end the case anywhere finds an outcome there."""
        ends = {state for state, own in states.items() if CLOSED in own.values()}
        found = {}
        for name, told in self._rows(row, "outcomes", at):
            found[name] = self._outcome(told, ends, _used(states), f"{at}/outcomes/{name}")
        for state in sorted(ends - {state for outcome in found.values() for state in outcome.states}):
            self._fault(f"{at}/states/{state}", "no-outcome")
        return found

    def _outcome(self, row: Mapping[str, Any], ends: set[str], used: set[str], at: str) -> OutcomeRules:
        self._only(row, OUTCOME_FIELDS, at)
        states = self._words(row, "from", ends, at)
        rests_on = self._words(row, "rests_on", set(READERS), at)
        needs = frozenset(map(Needs, self._words({"needs": [], **row}, "needs", set(Needs), at)))
        for need in sorted(needs & GROUNDS.keys()):
            if rests_on != {GROUNDS[need]}:
                self._fault(f"{at}/needs/{need}", "rests-on-nothing-such")
        onward = self._flag(row, "onward", at)
        if onward and not needs & {Needs.NO_YELLOW, Needs.NO_RED}:
            self._fault(f"{at}/onward", "needs-nothing")
        after = self._tries(row["after"], used, f"{at}/after") if "after" in row else None
        return OutcomeRules(states or frozenset(ends), rests_on, needs, after, onward, self._flag(row, "health", at))

    def _tries(self, told: object, used: set[str], at: str) -> Tries:
        row = told if isinstance(told, dict) else {}
        self._only(row, {"steps", "times", "not_for"}, at)
        steps = self._words(row, "steps", used, at)
        times = self._whole(row, "times", TRIES_MAX, at)
        return Tries(steps, times, frozenset(map(Tier, self._words(row, "not_for", set(Tier), at))))

    def _escalations(self, row: Mapping[str, Any], first: Tier, at: str) -> Mapping[Tier, int]:
        """Upwards from the first tier, later the higher; the district has it in the end."""
        told = self._get(row, "escalates_h", dict, at)
        self._among(told, set(Tier), f"{at}/escalates_h")
        named = [tier for tier in TIERS if tier in told]
        found = {tier: self._whole(told, tier, HOURS_MAX, f"{at}/escalates_h") * HOUR_S for tier in named}
        if Tier.DISTRICT not in found or any(TIERS.index(tier) <= TIERS.index(first) for tier in found):
            self._fault(f"{at}/escalates_h", "not-upwards")
        if list(found.values()) != sorted(set(found.values())):
            self._fault(f"{at}/escalates_h", "not-in-order")
        return found

    def _limit(self, row: Mapping[str, Any], due_s: int, at: str) -> int:
        limit_s = self._whole(row, "limit_h", HOURS_MAX, at) * HOUR_S
        if limit_s < due_s:
            self._fault(f"{at}/limit_h", "before-it-is-due")
        return limit_s

    def _words(self, row: Mapping[str, Any], name: str, known: Collection[str], at: str) -> frozenset[str]:
        """One word or a list of them, all of them known."""
        told = row.get(name)
        words = [told] if isinstance(told, str) else told
        if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
            self._fault(f"{at}/{name}", "words")
            return frozenset()
        self._among(words, known, f"{at}/{name}")
        return frozenset(words) & frozenset(known)

    def _among(self, words: Collection[str], known: Collection[str], at: str) -> None:
        for word in sorted(set(words) - set(known)):
            self._fault(f"{at}/{word}", "unknown")

    def _only(self, row: Mapping[str, Any], known: set[str], at: str) -> None:
        for name in sorted(set(row) - known):
            self._fault(f"{at}/{name}", "unknown-field")

    def _rows(self, row: Mapping[str, Any], name: str, at: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        for key, value in self._get(row, name, dict, at).items():
            if isinstance(value, dict):
                yield key, value
            else:
                self._fault(f"{at}/{name}/{key}", "type")

    def _whole(self, row: Mapping[str, Any], name: str, most: int, at: str) -> int:
        value: int = self._get(row, name, int, at)
        if not 1 <= value <= most:
            self._fault(f"{at}/{name}", "range")
        return value

    def _flag(self, row: Mapping[str, Any], name: str, at: str) -> bool:
        return bool(self._get({name: False, **row}, name, bool, at))

    def _instant(self, row: Mapping[str, Any]) -> int:
        try:
            moment = datetime.fromisoformat(self._get(row, "valid_from", str, ""))
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            self._fault("/valid_from", "instant")
            return 0
        return int(moment.timestamp())

    def _get(self, row: Mapping[str, Any], name: str, kind: type, at: str) -> Any:  # noqa: ANN401 - JSON
        value = row.get(name)
        if type(value) is kind:
            return value
        self._fault(f"{at}/{name}", "type")
        return kind()

    def _fault(self, pointer: str, code: str) -> None:
        self.faults.append(Fault(pointer, code))


def reached(states: Table, begin: str) -> set[str]:
    """The states to which some steps lead from `begin`, itself among them."""
    found, ahead = set(), [begin]
    while ahead:
        state = ahead.pop()
        if state not in found and state in states:
            found.add(state)
            ahead.extend(states[state].values())
    return found


def _used(states: Table) -> set[str]:
    return {code for own in states.values() for code in own}
