"""Schedules are due when EventBridge would run them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from infra.local.expressions import due


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


@pytest.mark.parametrize(
    ("expression", "last", "now", "expected"),
    [
        ("rate(1 minute)", "2026-11-23 10:00:00", "2026-11-23 10:00:59", False),
        ("rate(1 minute)", "2026-11-23 10:00:00", "2026-11-23 10:01:00", True),
        ("rate(5 minutes)", "2026-11-23 10:00:00", "2026-11-23 10:04:59", False),
        ("rate(2 hours)", "2026-11-23 10:00:00", "2026-11-23 12:00:00", True),
        ("rate(1 day)", "2026-11-23 10:00:00", "2026-11-24 09:59:59", False),
        ("cron(10 16 * * ? *)", "2026-11-23 16:00:00", "2026-11-23 16:09:59", False),
        ("cron(10 16 * * ? *)", "2026-11-23 16:00:00", "2026-11-23 16:10:00", True),
        ("cron(10 16 * * ? *)", "2026-11-23 16:10:00", "2026-11-23 16:10:30", False),
        ("cron(10 16 * * ? *)", "2026-11-20 00:00:00", "2026-11-23 12:00:00", True),  # a missed one
        ("cron(0 18 ? * MON-FRI *)", "2026-11-28 00:00:00", "2026-11-29 23:00:00", False),  # Saturday, Sunday
        ("cron(0 18 ? * MON-FRI *)", "2026-11-28 00:00:00", "2026-11-30 18:00:00", True),
        ("cron(0/15 * * * ? *)", "2026-11-23 10:16:00", "2026-11-23 10:29:00", False),
        ("cron(0/15 * * * ? *)", "2026-11-23 10:16:00", "2026-11-23 10:30:00", True),
        ("cron(0 0 1 JAN,JUL ? *)", "2026-12-31 12:00:00", "2027-01-01 00:00:00", True),
        ("cron(0 0 1 JAN,JUL ? *)", "2026-11-30 12:00:00", "2026-12-01 12:00:00", False),
    ],
)
def test_it_is_due_exactly_when_its_time_has_come_since_the_last_run(expression, last, now, expected):
    assert due(expression, at(last), at(now)) is expected


@pytest.mark.parametrize("expression", ["", "every minute", "rate(five minutes)", "rate(1 week)", "cron(* * *)"])
def test_an_unknown_expression_is_refused(expression):
    with pytest.raises(ValueError, match="not a schedule expression"):
        due(expression, 0, 1)
