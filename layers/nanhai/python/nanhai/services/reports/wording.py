"""A report in words and in lists, without what was told in it."""

from __future__ import annotations

from nanhai.domain.reports import Category, State
from nanhai.services.reports.schemas import ReportListed
from nanhai.services.schemas import moment
from nanhai.store.reports import Report
from nanhai.texts import Language, text


def listed(report: Report, language: Language) -> ReportListed:
    return ReportListed(
        report.report_id,
        report.community,
        moment(report.opened_at),
        report.category.value,
        category_text(report.category, language),
        report.state.value,
        report.anonymous,
        report.case_id,
        report.merged_into,
    )


def category_text(category: Category, language: Language) -> str:
    return text(f"reports.category.{category}", language)


def state_text(state: State, language: Language) -> str:
    return text(f"reports.state.{state}", language)
