"""Reports as offices see them live: the newest of a community, a town or the district, within the asker's scope."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nanhai.domain.days import DAY_S, local_day
from nanhai.domain.divisions import COMMUNITY_DIGITS, contains
from nanhai.domain.errors import Absent
from nanhai.domain.identifiers import Instant, ulid
from nanhai.policies.divisions import divisions
from nanhai.services.asked import Asked
from nanhai.services.platform import Platform
from nanhai.services.reports import wording
from nanhai.services.reports.schemas import ReportListed
from nanhai.store import reports
from nanhai.store.reports import Report

LISTED_DAYS = 30
DAYS_PER_REQUEST_MAX = 3  # of a district of seven towns that is 21 requests of the store

Start = dict[str, Any]  # {"before": an id}


def listed(
    platform: Platform, asked: Asked, division: str | None, limit: int, start: Start | None
) -> tuple[list[ReportListed], Start | None]:
    """Newest first, and where the next page begins; Absent for a division out of scope, or none. Without one: all of
    the scope. Nothing is older than LISTED_DAYS."""
    where = asked.actor.scope if division is None else division
    asked.require_scope(where)
    since = asked.now - LISTED_DAYS * DAY_S
    start = start or {"before": first_id(asked.now + DAY_S), "day": local_day(asked.now)}
    if len(where) == COMMUNITY_DIGITS:
        found, following = _of_community(where, limit, first_id(since), start, asked.now)
    else:
        found, following = _of_towns(towns_of(platform, where), limit, local_day(since), start, asked.now)
    return [wording.listed(report, asked.language) for report in found], following


def first_id(at: Instant) -> str:
    """No report that was opened at `at` or later has a lower id."""
    return ulid(at * 1_000, 0)


def towns_of(platform: Platform, where: str) -> Sequence[str]:
    """The towns of a division of the district, or the one that it lies in; Absent when it is none."""
    found = [
        town for town in divisions(platform.settings.district).towns if contains(where, town) or contains(town, where)
    ]
    if not found:
        raise Absent
    return found


def _of_community(
    community: str, limit: int, since: str, start: Start, now: Instant
) -> tuple[list[Report], Start | None]:
    found = reports.in_community(community, limit, since, start["before"], now)
    return found, {**start, "before": found[-1].report_id} if len(found) == limit else None


def _of_towns(
    towns: Sequence[str], limit: int, last_day: int, start: Start, now: Instant
) -> tuple[list[Report], Start | None]:
    """Day by day backwards, a few days for one request."""
    found: list[Report] = []
    before, today = str(start["before"]), int(start["day"])
    for day in range(today, max(today - DAYS_PER_REQUEST_MAX, last_day - 1), -1):
        found += reports.in_towns(towns, day, limit - len(found), before, now)
        if len(found) == limit:
            return found, {"before": found[-1].report_id, "day": day}
    earlier = today - DAYS_PER_REQUEST_MAX
    return found, {"before": before, "day": earlier} if earlier >= last_day else None
