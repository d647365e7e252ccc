"""One cell: as a text that means the same, and as a cell of a workbook that stays text."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import Any

from nanhai.domain.errors import Fault

CHARACTERS_MAX = 200
DIGITS_KEPT = 15  # a number of Excel has no more, and a resident ID has 18
QUOTED = re.compile(r'="(.*)"', re.DOTALL)  # how a CSV keeps digits from becoming a number
LOST = re.compile(r"[0-9](?:\.[0-9]+)?E\+[0-9]{2,}")  # what became of them where it was forgotten
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")  # no XML can hold them
FORMULA = ("=", "+", "-", "@")


def text(value: object) -> str:
    """The cell as its reader sees it: 36.6, 2020-06-24 08:30, a whole number without a point."""
    match value:
        case None:
            return ""
        case bool():
            return str(value).upper()
        case float() if value.is_integer() and abs(value) < 10**DIGITS_KEPT:
            return str(int(value))
        case int() if abs(value) >= 10**DIGITS_KEPT:
            return f"{float(value):.5E}"
        case datetime():
            return f"{value:%Y-%m-%d}" if value.time() == time() else f"{value:%Y-%m-%d %H:%M}"
        case date():
            return f"{value:%Y-%m-%d}"
        case time():
            return f"{value:%H:%M}"
    told = str(value).strip()
    quoted = QUOTED.fullmatch(told)
    return quoted[1].strip() if quoted else told


def fault(pointer: str, told: str) -> Fault | None:
    """What keeps a text from being taken: it is too long, or was a number and has lost its last digits."""
    if len(told) > CHARACTERS_MAX:
        return Fault(pointer, "sheets.cell-too-long", {"most": CHARACTERS_MAX})
    if LOST.fullmatch(told.upper()):
        return Fault(pointer, "sheets.digits-lost")
    return None


def written(sheet: Any, value: str) -> Any:  # noqa: ANN401 - openpyxl has no types
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(sheet, value=CONTROL.sub("", value))
    cell.data_type = "s"
    cell.quotePrefix = value.startswith(FORMULA)  # so that it stays text when somebody edits it
    return cell
