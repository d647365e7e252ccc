"""Sheets that people fill in at a desk: rows in, from CSV or XLSX, and a workbook out.

Nothing of a file is believed: how much it unpacks to is bounded before it is unpacked, no formula is computed, and
whatever cannot be read is refused with its row and column, never with another exception.
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from nanhai.domain.errors import Fault, Refusal
from nanhai.services import sheet_cells, sheet_files
from nanhai.services.sheet_files import CSV, XLSX, SheetTooLarge, SheetUnreadable

__all__ = [
    "CSV",
    "XLSX",
    "SheetColumns",
    "SheetRow",
    "SheetTooLarge",
    "SheetTooLong",
    "SheetUnreadable",
    "media_type_of",
    "rows",
    "workbook",
]

HEADER_WITHIN_ROWS = 5  # above it stands what the sheet is called
BLANK_ROWS_MAX = 10_000  # all together: Excel keeps rows that were once formatted
NONE: Mapping[str, str] = {}


class SheetColumns(Refusal):
    """Columns are missing or stand there twice; each is named."""

    code = "sheets.columns"


class SheetTooLong(Refusal):
    """More rows than are taken at once."""

    code = "sheets.too-long"


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row that says something. `number`: as the sheet's own margin shows it, from 1; `values`: a text for each
    column that the sheet has, without blanks around it; `faults`: cells that could not be read, at
    `/rows/<number>/<column>`, empty in `values`."""

    number: int
    values: dict[str, str]
    faults: tuple[Fault, ...] = field(default=())


def rows(
    data: bytes,
    media_type: str,
    columns: Sequence[str],
    rows_max: int,
    *,
    optional: Sequence[str] = (),
    aliases: Mapping[str, str] = NONE,
) -> Iterator[SheetRow]:
    """The rows under the header, in order, once the whole sheet is known to be sound.

    The header names every one of `columns`, in any order, by itself or by an alias ({what stands there: column});
    `optional` may be missing, and columns of other names are not read. Raises SheetUnreadable, SheetTooLarge,
    SheetColumns, SheetTooLong.
    """
    lines = enumerate(sheet_files.lines(data, media_type), start=1)
    known = {_name(column): column for column in (*columns, *optional)}
    known |= {_name(alias): column for alias, column in aliases.items() if column in known.values()}
    places = _header(lines, known, columns)
    return iter(_filled(lines, places, rows_max))


def media_type_of(data: bytes) -> str:
    """What a sheet is by its first bytes: a workbook is a zip, all else is taken for text."""
    return XLSX if data.startswith(b"PK") else CSV


def workbook(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """An XLSX with one sheet. Every cell is text, also one that begins like a formula."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in (columns, *rows):
        sheet.append([sheet_cells.written(sheet, value) for value in row])
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def _header(
    lines: Iterator[tuple[int, list[object]]], known: Mapping[str, str], columns: Sequence[str]
) -> dict[int, str]:
    """Where each column stands: by the first line that names two, or the only one."""
    enough = min(2, len(columns))
    for number, line in lines:
        places = [(place, known.get(_name(sheet_cells.text(cell)))) for place, cell in enumerate(line)]
        named = [(place, column) for place, column in places if column is not None]
        if len({column for _, column in named}) >= enough:
            return _distinct(named, columns)
        if number >= HEADER_WITHIN_ROWS:
            break
    raise SheetColumns(*(_missing(column) for column in columns))


def _distinct(named: Sequence[tuple[int, str]], columns: Sequence[str]) -> dict[int, str]:
    there = [column for _, column in named]
    faults = [_missing(column) for column in columns if column not in there]
    twice = dict.fromkeys(column for column in there if there.count(column) > 1)
    faults += [Fault(f"/header/{column}", "sheets.column-twice", {"column": column}) for column in twice]
    if faults:
        raise SheetColumns(*faults)
    return dict(named)


def _missing(column: str) -> Fault:
    return Fault(f"/header/{column}", "sheets.column-missing", {"column": column})


def _filled(lines: Iterator[tuple[int, list[object]]], places: Mapping[int, str], rows_max: int) -> list[SheetRow]:
    found: list[SheetRow] = []
    blank = 0
    for number, line in lines:
        row = _row(number, line, places)
        if not row.faults and not any(row.values.values()):
            blank += 1
        else:
            found.append(row)
        if len(found) > rows_max or blank > BLANK_ROWS_MAX:
            raise SheetTooLong(most=rows_max)
    return found


def _row(number: int, line: Sequence[object], places: Mapping[int, str]) -> SheetRow:
    values, faults = dict.fromkeys(places.values(), ""), []
    for place, column in places.items():
        told = sheet_cells.text(line[place]) if place < len(line) else ""
        if (fault := sheet_cells.fault(f"/rows/{number}/{column}", told)) is None:
            values[column] = told
        else:
            faults.append(fault)
    return SheetRow(number, values, tuple(faults))


def _name(header: str) -> str:
    """As it is compared: full-width as half-width, without case, blanks and the asterisk of what must be filled in."""
    folded = unicodedata.normalize("NFKC", header).casefold()
    return "".join(folded.split()).strip("*")
