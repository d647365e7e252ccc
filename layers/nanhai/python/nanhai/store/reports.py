"""The table `reports`: what was reported, and what office and reporter have said since.

A row tells community, category, state and times; what was told is sealed under a key of the report's own, whose holder
in the table `keys` is report#<id>. The id begins with the time, so that lists are in order by it. Once its case is
closed a report has an end, which is that of all that was said about it.
"""

from __future__ import annotations

from collections.abc import Iterable
from heapq import nlargest
from typing import Any

import msgspec
from pynamodb.expressions.condition import Condition
from pynamodb.indexes import Index

from nanhai.domain.days import local_day
from nanhai.domain.divisions import TOWN_DIGITS
from nanhai.domain.identifiers import Instant, PersonId
from nanhai.domain.reports import Category, State
from nanhai.store import batch, keys, model
from nanhai.store.keys import DataKeyRow
from nanhai.store.model import Start, Write
from nanhai.store.report_rows import MessageRow, ReportRow
from nanhai.store.words import all_of, size

REPORTS_PER_PAGE_MAX = 100
MESSAGES_MAX = 50
MERGED_MAX = 20  # into one report
PAGES_PER_LIST_MAX = 5  # of an index, while what has expired still lies in it
RECEIPT = "receipt"  # the kind of what leads from a receipt code to a report
REPORT, MESSAGE = "report", "message#"


class Report(msgspec.Struct, frozen=True):
    """`content`: sealed; `opened_at`: to the hour where it is anonymous; `expires_at`: once its case is closed."""

    report_id: str
    community: str
    opened_at: Instant
    category: Category
    state: State
    anonymous: bool
    case_id: str
    content: bytes
    messages: int = 0
    merged_into: str | None = None
    merged: frozenset[str] = frozenset()
    expires_at: Instant | None = None


class Message(msgspec.Struct, frozen=True):
    """`number`: from 1, in the order in which they were said; `text`: sealed."""

    number: int
    said_at: Instant
    by_office: bool
    text: bytes


def open_(new: Report) -> Write:
    stored = ReportRow(
        new.report_id,
        REPORT,
        community=new.community,
        town_day=_town_day(new.community[:TOWN_DIGITS], local_day(new.opened_at)),
        opened_at=new.opened_at,
        category=new.category.value,
        state=new.state.value,
        anonymous=new.anonymous,
        case_id=new.case_id,
        content=new.content,
        messages=0,
    )
    return model.put("report", stored, ReportRow.report_id.does_not_exist())


def get(report_id: str, now: Instant) -> Report | None:
    """None for what is kept no longer, too."""
    found = model.get(ReportRow, report_id, REPORT)
    if found is None or (found.expires_at is not None and found.expires_at <= now):
        return None
    return _report(found)


def messages(report_id: str) -> list[Message]:
    """All of them, in the order in which they were said; they end with their report, which is asked for first."""
    theirs = (MessageRow.report_id == report_id) & MessageRow.sk.startswith(MESSAGE)
    page, _ = model.query(MessageRow, theirs, MESSAGES_MAX)
    return [Message(int(row.sk.removeprefix(MESSAGE)), row.said_at, row.by_office, row.text) for row in page]


def say(report: Report, said: Message, state: State) -> list[Write]:
    """The next message, and the state that the report is in then. Its conditions fail (label "report") when anything
    was said or done since `report` was read."""
    new = MessageRow(
        report.report_id,
        _message(said.number),
        said_at=said.said_at,
        by_office=said.by_office,
        text=said.text,
        expires_at=report.expires_at,
    )
    changes = [ReportRow.messages.set(said.number), ReportRow.state.set(state.value)]
    return [
        model.update("report", ReportRow(report.report_id, REPORT), changes, _as_read(report)),
        model.put("message", new, MessageRow.sk.does_not_exist()),
    ]


def keep_until(report: Report, until: Instant) -> list[Write]:
    """The end of a report, and of all that was said. Its conditions fail (label "report") when anything was said or
    done since `report` was read."""
    change = [ReportRow.expires_at.set(until)]
    row = ReportRow(report.report_id, REPORT)
    return [model.update("report", row, change, _as_read(report)), *_messages_until(report, until)]


def merge(report: Report, into: Report, until: Instant | None = None) -> list[Write]:
    """Its conditions fail (labels "report" and "into") when either was merged since it was read, something was said
    since to the first, or MERGED_MAX reports are in the second already. `until`: its end, where its case is closed."""
    changes = [ReportRow.state.set(State.MERGED.value), ReportRow.merged_into.set(into.report_id)]
    changes += [] if until is None else [ReportRow.expires_at.set(until)]
    unmerged = ReportRow.merged_into.does_not_exist()
    room = ReportRow.merged.does_not_exist() | (size(ReportRow.merged) < MERGED_MAX)
    alone = _as_read(report) & unmerged & ReportRow.merged.does_not_exist()
    return [
        model.update("report", ReportRow(report.report_id, REPORT), changes, alone),
        model.update(
            "into",
            ReportRow(into.report_id, REPORT),
            [ReportRow.merged.add({report.report_id})],
            ReportRow.report_id.exists() & unmerged & room,
        ),
        *([] if until is None else _messages_until(report, until)),
    ]


def in_community(community: str, limit: int, since: str, before: str, now: Instant) -> list[Report]:
    """The newest of those whose ids lie from `since` to before `before`."""
    ids = ReportRow.report_id.between(since, before)
    return _newest((ReportRow.community == community) & ids, ReportRow.in_community, limit, before, now)


def in_towns(towns: Iterable[str], day: int, limit: int, before: str, now: Instant) -> list[Report]:
    """The newest of one local day whose ids lie before `before`: one request for each town."""
    found = [
        report
        for town in towns
        for report in _newest(
            (ReportRow.town_day == _town_day(town, day)) & (ReportRow.report_id < before),
            ReportRow.in_town,
            limit,
            before,
            now,
        )
    ]
    return nlargest(limit, found, key=lambda report: report.report_id)


def data_key_holder(report_id: str) -> PersonId:
    """As whose a report's key stands among those of persons."""
    return PersonId(f"{REPORT}#{report_id}")


def put_wrapped(report_id: str, wrapped: bytes) -> Write:
    return keys.put_wrapped(data_key_holder(report_id), wrapped)


def wrapped(report_ids: Iterable[str]) -> dict[str, bytes]:
    """The wrapped data keys of these reports, but for those that were shredded."""
    table = DataKeyRow.Meta.table_name
    asked = [model.key_of(DataKeyRow, data_key_holder(report_id))["Key"] for report_id in report_ids]
    rows = [model.read(DataKeyRow, stored) for stored in batch.get({table: asked})[table]]
    return {row.holder.removeprefix(f"{REPORT}#"): row.wrapped for row in rows}


def _newest(where: Condition, index: Index[Any], limit: int, before: str, now: Instant) -> list[Report]:
    most = min(limit, REPORTS_PER_PAGE_MAX)
    alive = ReportRow.expires_at.does_not_exist() | (ReportRow.expires_at > now)
    found: list[Report] = []
    start: Start | None = None
    for _ in range(PAGES_PER_LIST_MAX):  # one more in each: `between` has both ends
        page, start = model.query(ReportRow, where, most + 1, index=index, only=alive, start=start, newest_first=True)
        found += [_report(row) for row in page if row.report_id != before]
        if len(found) >= most or start is None:
            break
    return found[:most]


def _messages_until(report: Report, until: Instant) -> list[Write]:
    rows = (MessageRow(report.report_id, _message(number)) for number in range(1, report.messages + 1))
    change, there = [MessageRow.expires_at.set(until)], MessageRow.said_at.exists()
    return [model.update("message", row, change, there) for row in rows]


def _as_read(report: Report) -> Condition:
    end = ReportRow.expires_at
    same_end = end.does_not_exist() if report.expires_at is None else end == report.expires_at
    return all_of(ReportRow.messages == report.messages, ReportRow.state == report.state.value, same_end)


def _report(found: ReportRow) -> Report:
    return Report(
        found.report_id,
        found.community,
        found.opened_at,
        Category(found.category),
        State(found.state),
        found.anonymous,
        found.case_id,
        found.content,
        found.messages,
        found.merged_into,
        frozenset(found.merged or ()),
        found.expires_at,
    )


def _message(number: int) -> str:
    return f"{MESSAGE}{number:04d}"


def _town_day(town: str, day: int) -> str:
    return f"{town}#{day}"
