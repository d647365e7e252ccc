"""Days as people here count them: from midnight to midnight in China Standard Time, which has no other offset."""

from __future__ import annotations

from datetime import date, timedelta

from nanhai.domain.identifiers import Instant

HOUR_S = 3_600
DAY_S = 24 * HOUR_S
LOCAL_OFFSET_S = 8 * HOUR_S
_FIRST = date(1970, 1, 1)


def local_day(at: Instant) -> int:
    """The number of the local day (UTC+8) since 1970."""
    return (at + LOCAL_OFFSET_S) // DAY_S


def local_date(at: Instant) -> date:
    """The local day as a date of the calendar."""
    return _FIRST + timedelta(days=local_day(at))
