"""One report with all that it tells, for an office: whoever gave their name is told who looked."""

from __future__ import annotations

from collections.abc import Iterator

from nanhai.domain.errors import Absent
from nanhai.domain.identifiers import Instant, PersonId
from nanhai.domain.reports import SAME_TIME_S, State, same_place
from nanhai.services import uploads
from nanhai.services.asked import Asked
from nanhai.services.casework import accesses
from nanhai.services.platform import Platform
from nanhai.services.reports import contents, conversation, wording
from nanhai.services.reports.contents import Content
from nanhai.services.reports.listing import first_id
from nanhai.services.reports.schemas import ReportListed, ReportSeen
from nanhai.services.schemas import moment
from nanhai.store import reports
from nanhai.store.reports import Report
from nanhai.vault import sealing

CANDIDATES_MAX = 50
PURPOSE = "report-follow-up"


def read(platform: Platform, asked: Asked, report_id: str) -> ReportSeen:
    """Absent when there is none, or none in scope, or its key was shredded."""
    report = in_scope(asked, report_id)
    key = contents.data_key(platform, report_id)
    content = contents.open_(key, report)
    if content.reporter:
        accesses.note(platform, asked, PersonId(content.reporter), PURPOSE)
    return ReportSeen(
        wording.listed(report, asked.language),
        content.description,
        content.address,
        content.latitude,
        content.longitude,
        moment(content.seen_at),
        [uploads.link(platform, name, asked.now) for name in content.photos],
        content.reporter or None,
        conversation.told(report, key),
        list(_duplicates(platform, asked, report, content)),
        sorted(report.merged),
    )


def in_scope(asked: Asked, report_id: str) -> Report:
    """Absent for none, and just the same for one out of scope."""
    found = reports.get(report_id, asked.now)
    if found is None:
        raise Absent
    asked.require_scope(found.community)
    return found


def _duplicates(platform: Platform, asked: Asked, report: Report, content: Content) -> Iterator[ReportListed]:
    """Reports of the same category, about the same time and place, that stand for themselves."""
    here = contents.spot(report, content)
    candidates = [one for one in _about_then(report, asked.now) if _may_tell_the_same(one, report)]
    keys = reports.wrapped(one.report_id for one in candidates) if candidates else {}
    for one in candidates:
        if (wrapped := keys.get(one.report_id)) is None:
            continue
        key = sealing.unwrap_key(platform.ring.kek, wrapped, reports.data_key_holder(one.report_id))
        if same_place(here, contents.spot(one, contents.open_(key, one))):
            yield wording.listed(one, asked.language)


def _about_then(report: Report, now: Instant) -> list[Report]:
    since, before = first_id(report.opened_at - SAME_TIME_S), first_id(report.opened_at + SAME_TIME_S + 1)
    return reports.in_community(report.community, CANDIDATES_MAX, since, before, now)


def _may_tell_the_same(one: Report, report: Report) -> bool:
    return one.report_id != report.report_id and one.category is report.category and one.state is not State.MERGED
