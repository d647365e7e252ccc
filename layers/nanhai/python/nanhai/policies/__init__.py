"""The dated policies that ship, each an immutable JSON document beside its table of cases."""

from __future__ import annotations

import json
import re
from functools import cache
from importlib import resources

from nanhai.domain.policy import PolicyBook, parse

DATED = re.compile(r".+-\d{4}-\d{2}-\d{2}\.json")


@cache
def shipped() -> PolicyBook:
    """Every policy in this folder, by the date from which it holds."""
    return PolicyBook.of(parse(document(name)) for name in names())


def names() -> list[str]:
    """The versions that ship."""
    return sorted(
        entry.name.removesuffix(".json") for entry in resources.files(__name__).iterdir() if DATED.fullmatch(entry.name)
    )


def document(version: str) -> dict[str, object]:
    """The JSON document of a shipped version."""
    loaded: dict[str, object] = json.loads(resources.files(__name__).joinpath(f"{version}.json").read_text("utf-8"))
    return loaded
