"""What a delivery is: an operator's, under the operator's number, of the days that it tells; files are named so.

`<operator>/<sequence>_<first>_<last>.<form>`, as in china-mobile/1_2020-03-01_2020-03-14.parquet.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from nanhai.domain.days import date_of, day_of, local_day
from nanhai.domain.errors import Refusal
from nanhai.domain.identifiers import Instant
from nanhai.policies import trajectories

SEQUENCE_MAX = 9_999_999_999
OPERATOR = "[a-z][a-z0-9-]{0,31}"
DATE = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
FORMS = frozenset({"parquet", "csv", "ndjson"})
KEY = re.compile(rf"({OPERATOR})/([1-9][0-9]{{0,9}})_({DATE})_({DATE})\.({'|'.join(sorted(FORMS))})")


class DaysNotTaken(Refusal):
    """A delivery is of days that are kept, from a first one to a last one."""

    code = "sightings.days-not-taken"


@dataclass(frozen=True, slots=True)
class Name:
    """`first` and `last`: the local days that are told, whole, and no other day is touched."""

    operator: str
    sequence: int
    first: int
    last: int

    def key(self, form: str) -> str:
        return f"{self.operator}/{self.sequence}_{date_of(self.first)}_{date_of(self.last)}.{form}"


def read(key: str) -> tuple[Name, str] | None:
    """The delivery of this key and the form it has; None for what is no such key."""
    found = KEY.fullmatch(key)
    if found is None:
        return None
    operator, sequence, first, last, form = found.groups()
    try:
        return Name(operator, int(sequence), *(day_of(date.fromisoformat(day)) for day in (first, last))), form
    except ValueError:
        return None


def check_days(name: Name, now: Instant) -> None:
    """DaysNotTaken unless all of its days are kept now."""
    today, kept = local_day(now), trajectories.rule().kept_days
    if not today - kept <= name.first <= name.last <= today:
        raise DaysNotTaken(days=kept)
