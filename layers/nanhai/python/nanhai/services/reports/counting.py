"""How many reports there are today and this week, by town, community, category and state, within the asker's scope."""

from __future__ import annotations

from collections import Counter

from nanhai.domain.days import local_day
from nanhai.policies.divisions import divisions
from nanhai.services.asked import Asked
from nanhai.services.platform import Platform
from nanhai.services.reports.listing import towns_of
from nanhai.services.reports.schemas import Counted, ReportCounts, TownCounted
from nanhai.services.schemas import moment
from nanhai.store import report_counts
from nanhai.store.report_counts import Cell

WEEK_DAYS = 7


def count(platform: Platform, asked: Asked) -> ReportCounts:
    """Of the scope; a report counts for the day it was opened on, in the state that it is in now."""
    towns, today = towns_of(platform, asked.actor.scope), local_day(asked.now)
    by_day = report_counts.of_days(towns, range(today - WEEK_DAYS + 1, today + 1))
    seen = {day: _seen(asked, cells) for day, cells in by_day.items()}
    week = sum(seen.values(), Counter[Cell]())
    return ReportCounts(
        moment(asked.now),
        [_town(platform, town, seen[today], week) for town in towns],
        [Counted(*cell, today=seen[today][cell], week=reports) for cell, reports in sorted(week.items())],
    )


def _seen(asked: Asked, cells: Counter[Cell]) -> Counter[Cell]:
    return Counter({cell: reports for cell, reports in cells.items() if reports > 0 and asked.sees(cell[0])})


def _town(platform: Platform, town: str, today: Counter[Cell], week: Counter[Cell]) -> TownCounted:
    name = divisions(platform.settings.district).name(town) or town
    return TownCounted(town, name, _of(town, today), _of(town, week))


def _of(town: str, cells: Counter[Cell]) -> int:
    return sum(reports for (community, _, _), reports in cells.items() if community.startswith(town))
