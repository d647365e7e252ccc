"""What an operator tells by the API: some rows of signalling, whole person-days."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from msgspec import Meta, field

from nanhai.services.identity.schemas import Line
from nanhai.services.schemas import END, Answer, Request

ROWS_PER_BATCH_MAX = 1_000
PHONE = rf"^[0-9a-f]{{32}}{END}"
Pseudonym = Annotated[str, Meta(pattern=PHONE, max_length=32)]
Tower = Annotated[str, Meta(min_length=1, max_length=64)]
Longitude = Annotated[float, Meta(ge=-180, le=180)]
Latitude = Annotated[float, Meta(ge=-90, le=90)]
Moment = Annotated[datetime, Meta(tz=True)]
Sequence = Annotated[int, Meta(ge=1, le=9_999_999_999)]


class SightingRow(Request, frozen=True):
    """`phone`: the operator's pseudonym; `tower`, or both degrees of WGS 84; half-open from `from` to `to`."""

    phone: Pseudonym
    since: Moment = field(name="from")
    until: Moment = field(name="to")
    tower: Tower | None = None
    longitude: Longitude | None = None
    latitude: Latitude | None = None


class TellSightings(Request, frozen=True):
    """`sequence`: the operator's own numbering of its deliveries, files among them; the later one counts. `first` and
    `last`: the local days that are told, whole; a row may begin before them or end after them."""

    operator: Line
    sequence: Sequence
    first: date
    last: date
    rows: Annotated[list[SightingRow], Meta(min_length=1, max_length=ROWS_PER_BATCH_MAX)]


class SightingsTold(Answer, frozen=True):
    rows: int
    person_days: int
    visits: int
