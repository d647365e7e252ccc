"""Two reports of one event become one: the second stands for both, and both receipts keep working.

The first one's case is closed with it: what is done is done in the other's.
"""

from __future__ import annotations

from nanhai.domain.errors import Fault, Invalid, Refusal
from nanhai.domain.reports import State
from nanhai.services import cases, trail
from nanhai.services.asked import Asked
from nanhai.services.platform import Platform
from nanhai.services.reports.conversation import Full, MergedAlready
from nanhai.services.reports.reading import in_scope
from nanhai.services.reports.schemas import Merge, Merged
from nanhai.store import report_counts, reports
from nanhai.store.reports import MERGED_MAX, Report
from nanhai.store.writes import Busy, ConditionFailed, Write

OUTCOME = "opened-twice"  # of the first one's case


class StandsForOthers(Refusal):
    """Other reports were merged into this one: merge the other way round."""

    code = "reports.stands-for-others"
    kind = "conflict"


def merge(platform: Platform, asked: Asked, report_id: str, body: Merge) -> Merged:
    """Raises Absent for either out of scope, Invalid, MergedAlready for either, StandsForOthers, Full, Busy."""
    report = in_scope(asked, report_id)
    if body.into == report_id:
        raise Invalid(Fault("/into", "reports.into-itself"))
    into = in_scope(asked, body.into)
    _check(report, into)
    trail.note(asked, report_id)
    writes = _writes(platform, asked, report, into)
    try:
        return platform.commit(writes, asked.once, Merged(State.MERGED, into.report_id))
    except ConditionFailed:
        _check(in_scope(asked, report_id), in_scope(asked, body.into))
        raise Busy(retry_after_s=1) from None


def _writes(platform: Platform, asked: Asked, report: Report, into: Report) -> list[Write]:
    ended = cases.closed(platform, asked.now, report.case_id, OUTCOME, asked.actor, into.case_id)
    counted = report_counts.move(report, State.MERGED)
    if ended is None:  # its case was closed before
        return [*reports.merge(report, into), *counted]
    return [*reports.merge(report, into, ended.until), *counted, *ended.writes]


def _check(report: Report, into: Report) -> None:
    if report.merged_into or into.merged_into:
        raise MergedAlready
    if report.merged:
        raise StandsForOthers
    if len(into.merged) >= MERGED_MAX:
        raise Full
