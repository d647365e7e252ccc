"""A day of check-ins as the enterprise sees it: how many, who is missing, and how much looks made by a machine."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from itertools import islice
from typing import Any

from nanhai.domain.checkins import KEPT_DAYS, suspicion
from nanhai.domain.days import date_of, day_of, local_day
from nanhai.domain.errors import Absent, Fault, Invalid
from nanhai.domain.figures import SMALLEST, is_small, share
from nanhai.policies.enterprises import robots
from nanhai.services.asked import Asked
from nanhai.services.enterprises import roster, staff_schemas
from nanhai.services.enterprises.known import stored
from nanhai.services.enterprises.staff_schemas import Day, DayCounts, Missing
from nanhai.services.platform import Platform
from nanhai.store import checkins
from nanhai.store.checkins import Seat

Start = dict[str, Any]
WRITTEN = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def read(platform: Platform, asked: Asked, day: str, limit: int, start: Start | None) -> tuple[Day, Start | None]:
    """The members missing on a local day of the last fortnight, with counts on the first page; Invalid for another day,
    Absent for what is no day, and for an enterprise that has invited nobody yet."""
    today = local_day(asked.now)
    number = _number(day, today)
    found = stored(platform, asked.actor.id)
    if found is None:
        raise Absent
    kept = range(today - KEPT_DAYS + 1, number + 1)
    counts = None if start is not None else _counts(asked.actor.id, kept)
    seats = checkins.seats(asked.actor.id, kept, start)
    missing = list(islice(((seat, place) for seat, place in seats if number not in seat.days), limit + 1))
    shown = missing[:limit]
    labels = roster.labels(found, [seat.invitation for seat, _ in shown])
    told = [
        Missing(label.number, label.name_masked, label.phone_masked)
        for label in (labels[seat.invitation] for seat, _ in shown)
    ]
    return Day(date_of(number), counts, told, None), shown[-1][1] if len(missing) > limit else None


def _number(day: str, today: int) -> int:
    """The local day that a path names; Absent for what is no day, Invalid unless it is one of those that are kept."""
    try:
        number = day_of(date.fromisoformat(day))
    except ValueError:
        raise Absent from None
    if not WRITTEN.fullmatch(day):
        raise Absent
    if not today - KEPT_DAYS < number <= today:
        raise Invalid(Fault("/day", "enterprises.day", {"days": KEPT_DAYS}))
    return number


def _counts(organisation_id: str, kept: range) -> DayCounts:
    seats = [seat for seat, _ in checkins.seats(organisation_id, kept)]
    return DayCounts(len(seats), sum(kept[-1] in seat.days for seat in seats), _suspicion(seats))


def _suspicion(seats: Sequence[Seat]) -> staff_schemas.Suspicion:
    """Numbers about fewer than ten people are not told, nor what they follow from."""
    found = suspicion(([seat.days[day] for day in sorted(seat.days)] for seat in seats), robots())
    few = is_small(found.suspicious) or is_small(found.judged - found.suspicious)
    is_told = found.judged >= SMALLEST and not few
    return staff_schemas.Suspicion(
        found.judged if found.judged >= SMALLEST else None,
        found.suspicious if is_told else None,
        share(found.suspicious, found.judged),
        {sign.value: count if is_told and not is_small(count) else None for sign, count in found.signs.items()},
    )
