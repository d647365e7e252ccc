"""A policy: dated, immutable data that says which findings give which colour, and for how long."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from nanhai.domain.colour import Colour
from nanhai.domain.days import DAY_S, HOUR_S
from nanhai.domain.errors import Absent, Fault, Invalid
from nanhai.domain.identifiers import Instant, PolicyVersion, Region
from nanhai.domain.records import FEVER_C_MIN

ISOLATION, FEVER, POSITIVE_TEST = "isolation", "fever", "positive-test"
AREA_STAY, AREA_ARRIVAL, IDENTITY_LINK = "area-stay", "area-arrival", "identity-link"
KINDS = (ISOLATION, FEVER, POSITIVE_TEST, AREA_STAY, AREA_ARRIVAL, IDENTITY_LINK)
AREAS_MAX = 1_000
METHODS = ("nucleic-acid", "antibody", "antigen")


class BadPolicy(Invalid):
    """The document is no policy; every fault is named with its pointer."""

    code = "policy.invalid"


class UnknownPolicy(Absent):
    code = "policy.unknown"


@dataclass(frozen=True, slots=True)
class Area:
    """A region listed as affected over [since, until)."""

    region: Region
    since: Instant
    until: Instant | None

    def holds(self, region: str, at: Instant) -> bool:
        return region.startswith(self.region) and self.since <= at and (self.until is None or at < self.until)


@dataclass(frozen=True, slots=True)
class Rule:
    """What one kind of finding means: its colour, how long it lasts, and who follows it up within what time."""

    colour: Colour
    lasts_s: int
    follow_up: str
    due_s: int


@dataclass(frozen=True, slots=True)
class Policy:
    version: PolicyVersion
    valid_from: Instant
    green_regions: tuple[Region, ...]  # a household there is green, everyone else is blue
    permit_counts: bool  # a residence permit stands for a household
    presence_regions: tuple[Region, ...]  # days here make an identity link lapse
    presence_days: int
    fever_c: float
    clearing_methods: tuple[str, ...]  # laboratory methods whose negative ends a fever or a positive test
    minimum_stay_s: int
    areas: tuple[Area, ...]
    rules: Mapping[str, Rule]


@dataclass(frozen=True, slots=True)
class PolicyBook:
    """All policies by date; the one in force is the latest that has begun."""

    policies: tuple[Policy, ...]

    @classmethod
    def of(cls, policies: Iterable[Policy]) -> PolicyBook:
        return cls(tuple(sorted(policies, key=lambda policy: (policy.valid_from, policy.version))))

    def in_force(self, at: Instant) -> Policy:
        """The policy of `at`; before the first one, the first (there was no pass to colour)."""
        index = bisect_right(self.policies, at, key=lambda policy: policy.valid_from)
        return self.policies[max(index - 1, 0)]

    def get(self, version: str) -> Policy:
        for policy in self.policies:
            if policy.version == version:
                return policy
        raise UnknownPolicy


def parse(document: Mapping[str, Any]) -> Policy:
    """The policy that a JSON document describes; BadPolicy names every fault at once."""
    return _Reader(document).policy()


class _Reader:
    """Collects every fault before it refuses."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        self.faults: list[Fault] = []

    def policy(self) -> Policy:
        known = {
            "version",
            "valid_from",
            "title",
            "source",
            "home",
            "fever_c",
            "clearing_methods",
            "minimum_stay_h",
            "affected_areas",
            "findings",
        }
        self._only(self.document, known, "")
        home = self._get(self.document, "home", dict, "")
        self._only(home, {"green_regions", "permit_counts", "presence_regions", "presence_days"}, "/home")
        policy = Policy(
            version=PolicyVersion(self._get(self.document, "version", str, "")),
            valid_from=self._instant(self.document, "valid_from", ""),
            green_regions=self._regions(home, "green_regions"),
            permit_counts=self._get(home, "permit_counts", bool, "/home"),
            presence_regions=self._regions(home, "presence_regions"),
            presence_days=self._whole(home, "presence_days", 1, 60, "/home"),
            fever_c=self._number(self.document, "fever_c", FEVER_C_MIN, 40.0),
            clearing_methods=self._methods(),
            minimum_stay_s=self._whole(self.document, "minimum_stay_h", 0, 72, "") * HOUR_S,
            areas=tuple(self._areas()),
            rules=self._rules(),
        )
        if self.faults:
            raise BadPolicy(*self.faults)
        return policy

    def _areas(self) -> Iterable[Area]:
        rows = self._get(self.document, "affected_areas", list, "")
        if len(rows) > AREAS_MAX:
            self._fault("/affected_areas", "policy.too-many-areas")
        for index, row in enumerate(rows[:AREAS_MAX]):
            at = f"/affected_areas/{index}"
            if not isinstance(row, dict):
                self._fault(at, "policy.type")
                continue
            self._only(row, {"region", "since", "until"}, at)
            since = self._instant(row, "since", at)
            until = None if row.get("until") is None else self._instant(row, "until", at)
            if until is not None and until <= since:
                self._fault(f"{at}/until", "policy.ends-before-it-begins")
            yield Area(self._region(row.get("region"), f"{at}/region"), since, until)

    def _rules(self) -> Mapping[str, Rule]:
        findings = self._get(self.document, "findings", dict, "")
        self._only(findings, set(KINDS), "/findings")
        return {kind: self._rule(findings, kind) for kind in KINDS}

    def _rule(self, findings: Mapping[str, Any], kind: str) -> Rule:
        at = f"/findings/{kind}"
        row = self._get(findings, kind, dict, "/findings")
        self._only(row, {"colour", "lasts_days", "follow_up", "due_h"}, at)
        colour = self._get(row, "colour", str, at)
        if colour not in {Colour.YELLOW, Colour.RED}:
            self._fault(f"{at}/colour", "policy.colour")
        if (colour == Colour.RED) is not (kind == ISOLATION):  # red is for an isolation order, and for nothing else
            self._fault(f"{at}/colour", "policy.red-is-isolation")
        return Rule(
            Colour(colour) if colour in set(Colour) else Colour.NONE,
            self._whole(row, "lasts_days", 1, 60, at) * DAY_S,
            self._get(row, "follow_up", str, at),
            self._whole(row, "due_h", 1, 720, at) * HOUR_S,
        )

    def _fault(self, pointer: str, code: str) -> None:
        self.faults.append(Fault(pointer, code))

    def _only(self, row: Mapping[str, Any], known: set[str], at: str) -> None:
        for name in sorted(set(row) - known):
            self._fault(f"{at}/{name}", "policy.unknown-field")

    def _get(self, row: Mapping[str, Any], name: str, kind: type, at: str) -> Any:  # noqa: ANN401 - JSON
        value = row.get(name)
        if type(value) is kind:
            return value
        self._fault(f"{at}/{name}", "policy.type" if name in row else "policy.required")
        return kind()

    def _whole(self, row: Mapping[str, Any], name: str, low: int, high: int, at: str) -> int:
        value: int = self._get(row, name, int, at)
        if name in row and not low <= value <= high:
            self._fault(f"{at}/{name}", "policy.range")
        return value

    def _number(self, row: Mapping[str, Any], name: str, low: float, high: float) -> float:
        value: float = self._get(row, name, float, "")
        if name in row and not low <= value <= high:
            self._fault(f"/{name}", "policy.range")
        return value

    def _instant(self, row: Mapping[str, Any], name: str, at: str) -> Instant:
        text = self._get(row, name, str, at)
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            self._fault(f"{at}/{name}", "policy.instant")
            return 0
        return int(moment.timestamp())

    def _regions(self, row: Mapping[str, Any], name: str) -> tuple[Region, ...]:
        values = self._get(row, name, list, "/home")
        return tuple(self._region(value, f"/home/{name}/{index}") for index, value in enumerate(values))

    def _methods(self) -> tuple[str, ...]:
        values = self._get(self.document, "clearing_methods", list, "")
        for index, value in enumerate(values):
            if value not in METHODS:
                self._fault(f"/clearing_methods/{index}", "policy.method")
        return tuple(value for value in values if value in METHODS)

    def _region(self, value: object, at: str) -> Region:
        if not (isinstance(value, str) and value.isascii() and value.isdigit() and len(value) in {2, 4, 6}):
            self._fault(at, "policy.region")
            return Region("")
        return Region(value)
