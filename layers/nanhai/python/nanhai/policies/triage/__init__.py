"""The dated decision tables of the self-check that ship, each with its texts and its table of cases beside it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from nanhai.domain.triage import TableBook
from nanhai.domain.triage_table import parse

DATED = re.compile(r"(.+-\d{4}-\d{2}-\d{2})\.json")


@cache
def shipped() -> TableBook:
    """Every table in this folder, by the date from which it holds; BadTable names every fault of a bad one."""
    return TableBook.of(parse(document(version), _in_every_language(version)) for version in versions())


def versions() -> list[str]:
    """The versions that ship."""
    found = (DATED.fullmatch(entry.name) for entry in resources.files(__name__).iterdir())
    return sorted(name[1] for name in found if name)


@cache
def document(version: str) -> Mapping[str, Any]:
    """The JSON document of a shipped version."""
    return _loaded(f"{version}.json")


@cache
def texts(version: str) -> Mapping[str, Mapping[str, str]]:
    """What a version says, by language and key."""
    return _loaded(f"{version}.texts.json")


def _in_every_language(version: str) -> frozenset[str]:
    return frozenset.intersection(*(frozenset(told) for told in texts(version).values()))


def _loaded(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(resources.files(__name__).joinpath(name).read_text("utf-8"))
    return loaded
