"""What enterprises fill in and are judged by, as data.

trades.json: GB/T 6565-2015, classification and codes of occupations, five digits each: its eight major classes, and the
middle classes of services (4) and of manufacturing (6), which are what factories and shops run short of.
robots.json: from when on a series of check-ins looks as if nobody had measured anything.
columns.json: what the columns of a roster are called in the sheets that enterprises have.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from nanhai.domain.checkins import Rules


@cache
def trades() -> Mapping[str, str]:
    """What each class is called in Chinese, by its code."""
    return _read("trades")


@cache
def sheet_columns() -> Mapping[str, str]:
    """The column that is meant, by what stands above it."""
    return _read("columns")


@cache
def robots() -> Rules:
    return Rules(**_read("robots"))


def _read(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(resources.files(__name__).joinpath(f"{name}.json").read_text("utf-8"))
    return loaded
