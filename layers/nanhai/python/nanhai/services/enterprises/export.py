"""The own roster as a workbook: as masked as on the screen, so many rows a file."""

from __future__ import annotations

from typing import Any

from nanhai.services import sheets, trail
from nanhai.services.asked import Asked
from nanhai.services.enterprises import roster
from nanhai.services.enterprises.staff_schemas import RosterEntry
from nanhai.services.platform import Platform
from nanhai.services.schemas import moment
from nanhai.texts import Language, text

Start = dict[str, Any]
ROWS_PER_FILE = 2_000
ROWS_PER_READ = 100
COLUMNS = ("number", "name", "phone", "joined", "admitted", "as-of")
LOCAL = "enterprises.column-"


def made(platform: Platform, asked: Asked, start: Start | None) -> tuple[bytes, Start | None]:
    """A workbook, and where the next one begins. Written down in the audit before it is made."""
    trail.note(asked, asked.actor.id, trail.ANSWERED)
    entries: list[RosterEntry] = []
    while len(entries) < ROWS_PER_FILE:
        page, start = roster.listed(platform, asked, ROWS_PER_READ, start)
        entries += page
        if start is None:
            break
    as_of = moment(asked.now).isoformat()
    rows = ([*_cells(entry, asked.language), as_of] for entry in entries)
    return sheets.workbook([text(LOCAL + column, asked.language) for column in COLUMNS], rows), start


def _cells(entry: RosterEntry, language: Language) -> list[str]:
    admitted = "" if entry.admitted is None else _yes(entry.admitted, language)
    return [entry.number, entry.name_masked, entry.phone_masked, _yes(entry.joined, language), admitted]


def _yes(told: bool, language: Language) -> str:
    return text("enterprises.yes" if told else "enterprises.no", language)
