"""What cities are called: cities.json, by the first four digits of a division code (GB/T 2260), as of 2020."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib import resources


def city_name(code: str, language: str) -> str:
    """What the city with these first four digits is called; its six-digit code when no such city is known."""
    named = cities().get(code)
    return named[language] if named else f"{code}00"


@cache
def cities() -> Mapping[str, Mapping[str, str]]:
    """The names of every city by language."""
    loaded: dict[str, dict[str, str]] = json.loads(
        resources.files("nanhai.policies").joinpath("cities.json").read_text("utf-8")
    )
    return loaded
