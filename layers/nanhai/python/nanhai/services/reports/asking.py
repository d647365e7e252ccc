"""An office asks the reporter, whoever that is: the question stands under the receipt code."""

from __future__ import annotations

from nanhai.domain.identifiers import PersonId
from nanhai.domain.reports import State
from nanhai.services import trail
from nanhai.services.asked import Asked
from nanhai.services.news import news
from nanhai.services.platform import Platform
from nanhai.services.reports import contents, conversation
from nanhai.services.reports.conversation import MergedAlready
from nanhai.services.reports.reading import in_scope
from nanhai.services.reports.schemas import Ask, MessageSaid
from nanhai.store.reports import Report
from nanhai.store.writes import Write

NEWS = "reports-asked"


def ask(platform: Platform, asked: Asked, report_id: str, body: Ask) -> MessageSaid:
    """Whoever gave their name is told that there is a question. Raises Absent, MergedAlready, Full, Busy."""
    report = in_scope(asked, report_id)
    if report.state is State.MERGED:
        raise MergedAlready
    trail.note(asked, report_id)
    told = _told(platform, asked, report)
    return conversation.say(platform, report, body.text, by_office=True, at=asked.now, once=asked.once, extra=told)


def _told(platform: Platform, asked: Asked, report: Report) -> list[Write]:
    """Under an index of what it is about: the row of a notice leads from nobody to a report."""
    content = contents.open_(contents.data_key(platform, report.report_id), report)
    if not content.reporter:
        return []
    subject = platform.blind("report", "notice", f"{report.report_id} {report.messages + 1}")
    return [news(platform, PersonId(content.reporter), asked.now, NEWS, {}, subject)]
