"""The dated rules of casework that ship, each an immutable JSON document."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources

from nanhai.domain.case_rules import CaseKind, CaseRulesBook, KindRules
from nanhai.domain.case_rules_reading import parse
from nanhai.domain.cases import Case
from nanhai.domain.identifiers import Instant


@cache
def shipped() -> CaseRulesBook:
    """Every set of rules in this folder, by the date from which it holds."""
    return CaseRulesBook.of(parse(document(name)) for name in names())


def begun(kind: CaseKind, at: Instant) -> KindRules:
    """The rules for a case that is opened at `at`."""
    return shipped().in_force(at).kinds[kind]


def rules_of(case: Case) -> KindRules:
    """The rules under which this case was opened."""
    return shipped().get(case.rules).kinds[case.kind]


def kept_s(case: Case) -> int:
    """For how long the case is kept once it is closed."""
    return shipped().get(case.rules).kept_s


def names() -> list[str]:
    """The versions that ship."""
    files = [entry.name for entry in resources.files(__name__).iterdir()]
    return sorted(name.removesuffix(".json") for name in files if name.endswith(".json") and ".cases." not in name)


def document(version: str) -> dict[str, object]:
    """The JSON document of a shipped version."""
    loaded: dict[str, object] = json.loads(resources.files(__name__).joinpath(f"{version}.json").read_text("utf-8"))
    return loaded
