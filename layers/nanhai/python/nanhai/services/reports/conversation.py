"""What office and reporter say to each other about a report: questions, and answers to them."""

from __future__ import annotations

from nanhai.domain.errors import Refusal
from nanhai.domain.identifiers import Instant
from nanhai.domain.reports import State
from nanhai.services.platform import Platform
from nanhai.services.reports import contents
from nanhai.services.reports.schemas import Message, MessageSaid
from nanhai.services.schemas import moment
from nanhai.store import report_counts, reports
from nanhai.store.reports import MESSAGES_MAX, Report
from nanhai.store.writes import Busy, ConditionFailed, Once, Write


class MergedAlready(Refusal):
    """Another report stands for this one."""

    code = "reports.merged-already"
    kind = "conflict"


class NothingAsked(Refusal):
    """No question waits for an answer."""

    code = "reports.nothing-asked"
    kind = "conflict"


class Full(Refusal):
    """Nothing more is said about this report."""

    code = "reports.full"
    kind = "conflict"


def say(
    platform: Platform,
    report: Report,
    text: str,
    *,
    by_office: bool,
    at: Instant,
    once: Once | None,
    extra: list[Write] | None = None,
) -> MessageSaid:
    """The next message. Raises Full, and Busy when somebody else said something meanwhile."""
    number = report.messages + 1
    if number > MESSAGES_MAX:
        raise Full
    state = State.ASKED if by_office else State.ANSWERED
    key = contents.data_key(platform, report.report_id)
    sealed = contents.seal_message(key, report.report_id, number, text.strip())
    said = reports.Message(number, at, by_office, sealed)
    writes = [*reports.say(report, said, state), *report_counts.move(report, state), *(extra or [])]
    try:
        return platform.commit(writes, once, MessageSaid(state, number))
    except ConditionFailed:
        raise Busy(retry_after_s=1) from None


def told(report: Report, key: bytes) -> list[Message]:
    """All that was said, oldest first."""
    return [
        Message(
            one.number,
            moment(one.said_at),
            "office" if one.by_office else "reporter",
            contents.open_message(key, report.report_id, one.number, one.text),
        )
        for one in reports.messages(report.report_id)
    ]
