"""A report is kept as long as its case: from its closing on for the days that the rules of casework say."""

from __future__ import annotations

from nanhai.domain.cases import Case
from nanhai.policies import casework
from nanhai.store import reports
from nanhai.store.writes import Write

ORIGIN = "report:"  # what a case came from, before the id


def with_case(case: Case) -> list[Write]:
    """For the transaction that writes `case`: where that closes the case of a report, the report's end. Its condition
    fails (label "report") when something was said about the report meanwhile."""
    if case.closed_at is None or not case.origin.startswith(ORIGIN):
        return []
    report = reports.get(case.origin.removeprefix(ORIGIN), case.closed_at)
    if report is None or report.case_id != case.case_id:
        return []
    return reports.keep_until(report, case.closed_at + casework.kept_s(case))
