"""Identity numbers as a form can check them: an error in typing is found, a valid person is never refused.

A resident ID has 17 digits and a check character (GB 11643-1999, ISO 7064 MOD 11-2). Its region is information only:
residence permits begin with 81 to 83, and districts were renamed since many were born. It is not checked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from nanhai.domain.errors import Fault

RESIDENT, HONG_KONG_MACAO, TAIWAN, PASSPORT, PERMANENT_RESIDENT, OTHER = "10", "14", "15", "20", "34", "99"
ID_TYPES = frozenset({RESIDENT, HONG_KONG_MACAO, TAIWAN, PASSPORT, PERMANENT_RESIDENT, OTHER})
AGE_YEARS_MAX = 130
FORMS = {
    RESIDENT: re.compile(r"[1-9][0-9]{16}[0-9X]"),
    HONG_KONG_MACAO: re.compile(r"[HM][0-9]{8}(?:[0-9]{2})?"),
    TAIWAN: re.compile(r"[0-9]{8}(?:[0-9]{2})?"),
    PASSPORT: re.compile(r"[A-Z0-9]{5,17}"),
    PERMANENT_RESIDENT: re.compile(r"[A-Z]{3}[0-9]{12}|[1-9][0-9]{16}[0-9X]"),
    OTHER: re.compile(r"[A-Z0-9-]{4,32}"),
}
_CHECK = "0123456789X"


def check(id_type: str, number: str, today: date, at: str = "") -> Iterator[Fault]:
    """Everything wrong with a number in upper case, as faults at `<at>/id_type` and `<at>/id_number`."""
    form = FORMS.get(id_type)
    if form is None:
        yield Fault(f"{at}/id_type", "identity.id-type")
    elif not form.fullmatch(number):
        yield Fault(f"{at}/id_number", "identity.id-number-form")
    elif len(number) == 18 and id_type in {RESIDENT, PERMANENT_RESIDENT}:
        yield from _resident(number, today, f"{at}/id_number")


def check_character(seventeen: str) -> str:
    """The last character of a number by its first 17 digits (ISO 7064 MOD 11-2)."""
    remainder = 0
    for digit in seventeen:
        remainder = (remainder + int(digit)) * 2 % 11
    return _CHECK[(12 - remainder) % 11]


def birth_date(id_type: str, number: str) -> date | None:
    """The birth date that a document's number holds; None when it holds none."""
    holds_one = len(number) == 18 and id_type in {RESIDENT, PERMANENT_RESIDENT}
    return born(number) if holds_one else None


def born(number: str) -> date | None:
    """The birth date in a resident ID; None when those digits are no date."""
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def _resident(number: str, today: date, at: str) -> Iterator[Fault]:
    if check_character(number[:17]) != number[17]:
        yield Fault(at, "identity.id-number-check")
    birth = born(number)
    if birth is None or birth > today or today.year - birth.year > AGE_YEARS_MAX:
        yield Fault(at, "identity.id-number-birth")
