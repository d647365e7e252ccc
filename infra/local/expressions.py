"""EventBridge's schedule expressions: rate(5 minutes) and cron(0 18 ? * MON-FRI *), times in UTC."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")
CRON = re.compile(r"cron\((\S+) (\S+) (\S+) (\S+) (\S+) (\S+)\)")
UNIT_S = {"minute": 60, "hour": 3_600, "day": 86_400}
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
WEEKDAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
RANGES = ((0, 59), (0, 23), (1, 31), (1, 12), (1, 7), (1970, 2199))
MISSED_S_MAX = 8 * 86_400  # further back a missed time is not looked for


def due(expression: str, last: int, now: int) -> bool:
    """Whether a run is due at `now`, the last one having been at `last`; ValueError for an unknown expression."""
    rate = RATE.fullmatch(expression)
    if rate:
        return now - last >= int(rate[1]) * UNIT_S[rate[2]]
    cron = CRON.fullmatch(expression)
    if not cron:
        raise ValueError(f"not a schedule expression: {expression}")
    fields = [_values(text, *span) for text, span in zip(cron.groups(), RANGES, strict=True)]
    return any(_matches(fields, minute) for minute in _minutes(max(last, now - MISSED_S_MAX), now))


def _minutes(after: int, until: int) -> Iterator[datetime]:
    minute = datetime.fromtimestamp(after - after % 60 + 60, UTC)
    end = datetime.fromtimestamp(until, UTC)
    while minute <= end:
        yield minute
        minute += timedelta(minutes=1)


def _matches(fields: list[set[int]], at: datetime) -> bool:
    weekday = at.isoweekday() % 7 + 1  # 1 is Sunday
    found = (at.minute, at.hour, at.day, at.month, weekday, at.year)
    return all(value in allowed for value, allowed in zip(found, fields, strict=True))


def _values(text: str, low: int, high: int) -> set[int]:
    return set().union(*(_part(part, low, high) for part in text.split(",")))


def _part(part: str, low: int, high: int) -> range:
    span, _, step = part.partition("/")
    if span in {"*", "?"}:
        first, last = low, high
    else:
        begin, dash, end = span.partition("-")
        first = _number(begin)
        last = _number(end) if dash else (high if step else first)
    return range(first, last + 1, int(step or 1))


def _number(text: str) -> int:
    for names in (MONTHS, WEEKDAYS):
        if text in names:
            return names.index(text) + 1
    return int(text)
