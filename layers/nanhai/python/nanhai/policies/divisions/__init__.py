"""The divisions of the districts that ship: <district>.csv with the columns code, name, town_code, town.

440605: National Bureau of Statistics, statistical division codes, edition of 2023.
"""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources

from nanhai.domain.divisions import Community, Divisions
from nanhai.domain.identifiers import DivisionCode


@cache
def divisions(district: str) -> Divisions:
    """The divisions of a district by its six-digit code; LookupError when none ship for it."""
    source = resources.files(__name__).joinpath(f"{district}.csv")
    if not source.is_file():
        raise LookupError(f"no divisions ship for district {district}")
    rows = csv.DictReader(source.read_text("utf-8").splitlines())
    return Divisions(
        Community(DivisionCode(row["code"]), row["name"], DivisionCode(row["town_code"]), row["town"]) for row in rows
    )
