"""Days as people here count them: from midnight to midnight in China Standard Time, which has no other offset."""

from __future__ import annotations

from datetime import date, timedelta

from nanhai.domain.identifiers import Instant

MINUTE_S = 60
HOUR_S = 60 * MINUTE_S
DAY_S = 24 * HOUR_S
LOCAL_OFFSET_S = 8 * HOUR_S
_FIRST = date(1970, 1, 1)


def local_day(at: Instant) -> int:
    """The number of the local day (UTC+8) since 1970."""
    return (at + LOCAL_OFFSET_S) // DAY_S


def local_date(at: Instant) -> date:
    """The local day as a date of the calendar."""
    return date_of(local_day(at))


def day_begins(day: int) -> Instant:
    """The midnight with which the local day of that number begins."""
    return day * DAY_S - LOCAL_OFFSET_S


def date_of(day: int) -> date:
    """The local day of that number as a date of the calendar."""
    return _FIRST + timedelta(days=day)


def day_of(calendar: date) -> int:
    """The number of the local day that has this date."""
    return (calendar - _FIRST).days
