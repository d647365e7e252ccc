"""From a file's bytes to lines of cells. XLSX by openpyxl, with defusedxml behind it; CSV by the standard library."""

from __future__ import annotations

import codecs
import csv
import io
import warnings
import zipfile
from collections.abc import Iterator
from functools import cache
from itertools import islice
from typing import Any

from nanhai.domain.errors import Refusal

CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BYTES_MAX = 5_000_000
UNPACKED_BYTES_MAX = 10_000_000  # all parts of a workbook; zipfile unpacks no more of a part than it says of itself
PARTS_MAX = 200
COLUMNS_MAX = 64
LINES_MAX = 100_000  # of a sheet, blank ones as well
CSV_ENCODINGS = ("utf-8-sig", "gb18030")  # the second is what Excel writes in China
DELIMITERS = (",", "\t", ";")
SCAN_BYTES = 1_000  # of the first line, to see what delimits


class SheetUnreadable(Refusal):
    """No sheet of the kind that it says it is."""

    code = "sheets.unreadable"


class SheetTooLarge(Refusal):
    """More bytes, parts, lines or columns than are unpacked."""

    code = "sheets.too-large"
    kind = "too-large"


def lines(data: bytes, media_type: str) -> Iterator[list[object]]:
    """The lines of the first visible sheet, each with its cells from the first column on; a missing line is empty.

    Raises SheetUnreadable or SheetTooLarge, some of it only on the way.
    """
    if len(data) > BYTES_MAX:
        raise SheetTooLarge
    match media_type:
        case "text/csv":
            found = _csv(data)
        case "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet":
            found = _xlsx(data)
        case _:
            raise SheetUnreadable
    return _bounded(found)


def _bounded(found: Iterator[list[object]]) -> Iterator[list[object]]:
    for _ in range(LINES_MAX):
        line = next(found, None)
        if line is None:
            return
        if any(cell not in (None, "") for cell in line[COLUMNS_MAX:]):
            raise SheetTooLarge
        yield line
    raise SheetTooLarge


def _csv(data: bytes) -> Iterator[list[object]]:
    text = _decoded(data)
    first = text[:SCAN_BYTES].partition("\n")[0]
    delimiter = max(DELIMITERS, key=first.count)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    except csv.Error:
        raise SheetUnreadable from None


def _decoded(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise SheetUnreadable
    for encoding in CSV_ENCODINGS:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise SheetUnreadable


def _xlsx(data: bytes) -> Iterator[list[object]]:
    library = _openpyxl()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_sizes(archive)
        yield from _read(library, data)
    except Refusal:
        raise
    except Exception:  # whatever a library stumbles over in a stranger's file: there are dozens of kinds
        raise SheetUnreadable from None


def _check_sizes(archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    if len(parts) > PARTS_MAX or sum(part.file_size for part in parts) > UNPACKED_BYTES_MAX:
        raise SheetTooLarge


def _read(library: Any, data: bytes) -> Iterator[list[object]]:  # noqa: ANN401 - openpyxl has no types
    book = library.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    sheet = next((one for one in book.worksheets if one.sheet_state == "visible"), None)
    if sheet is None:
        raise SheetUnreadable
    sheet.reset_dimensions()  # what the sheet says of its size may be anything
    wide = sheet.iter_rows(max_col=COLUMNS_MAX + 1, values_only=True)
    yield from (list(line) for line in islice(wide, LINES_MAX + 1))


@cache
def _openpyxl() -> Any:  # noqa: ANN401 - only the functions with the layer `sheets` have it, and those on first use only
    import openpyxl

    if not openpyxl.DEFUSEDXML:
        raise RuntimeError("openpyxl reads strangers' XML with defusedxml only")
    warnings.filterwarnings("ignore", module="openpyxl")  # they quote cells, and whose they are
    return openpyxl
