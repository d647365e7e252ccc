"""The three tiers of a district by their statistical codes: district 6 digits, town 9, community 12."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from nanhai.domain.identifiers import DivisionCode

DISTRICT_DIGITS, TOWN_DIGITS, COMMUNITY_DIGITS = 6, 9, 12
TIERS = frozenset({DISTRICT_DIGITS, TOWN_DIGITS, COMMUNITY_DIGITS})


@dataclass(frozen=True, slots=True)
class Community:
    code: DivisionCode
    name: str
    town: DivisionCode
    town_name: str


class Divisions:
    """One district's communities and towns, in the order of their codes."""

    def __init__(self, rows: Iterable[Community]) -> None:
        ordered = sorted(rows, key=lambda row: row.code)
        self._communities = {row.code: row for row in ordered}
        self._towns = {row.town: row.town_name for row in ordered}

    def community(self, code: str) -> Community | None:
        """The community with this code; None when the district has none."""
        return self._communities.get(DivisionCode(code))

    def name(self, code: str) -> str | None:
        """What a community or town of the district is called."""
        found = self.community(code)
        return found.name if found else self._towns.get(DivisionCode(code))

    @property
    def communities(self) -> tuple[Community, ...]:
        return tuple(self._communities.values())

    @property
    def towns(self) -> dict[DivisionCode, str]:
        """Names of the towns by code."""
        return dict(self._towns)

    def __contains__(self, code: str) -> bool:
        return self.name(code) is not None


def contains(outer: str, inner: str) -> bool:
    """Whether division `inner` is `outer` or lies in it; what is not a code contains nothing and lies nowhere."""
    return is_code(outer) and is_code(inner) and inner.startswith(outer)


def is_code(text: str) -> bool:
    return len(text) in TIERS and text.isascii() and text.isdigit()
