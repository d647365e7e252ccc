"""The table `reports`: what was reported, and what office and reporter have said since.

A row tells community, category, state and times; what was told is sealed under a key of the report's own, whose holder
in the table `keys` is report#<id>. The id begins with the time, so that lists are in order by it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from heapq import nlargest
from typing import Any

from pynamodb.attributes import BinaryAttribute, BooleanAttribute, UnicodeAttribute, UnicodeSetAttribute
from pynamodb.expressions.condition import Condition
from pynamodb.indexes import AllProjection, Index

from nanhai.domain.days import local_day
from nanhai.domain.divisions import TOWN_DIGITS
from nanhai.domain.identifiers import Instant, PersonId
from nanhai.domain.reports import Category, State
from nanhai.store import batch, keys, model
from nanhai.store.attributes import WholeNumberAttribute
from nanhai.store.keys import DataKeyRow
from nanhai.store.model import Table, TableIndex, Write
from nanhai.store.words import all_of, size

REPORTS_PER_PAGE_MAX = 100
MESSAGES_MAX = 50
MERGED_MAX = 20  # into one report
RECEIPT = "receipt"  # the kind of what leads from a receipt code to a report
REPORT, MESSAGE = "report", "message#"


class CommunityIndex(TableIndex["ReportRow"]):
    class Meta:
        index_name = "community"
        projection = AllProjection()

    community = UnicodeAttribute(hash_key=True)
    report_id = UnicodeAttribute(range_key=True)


class TownIndex(TableIndex["ReportRow"]):
    class Meta:
        index_name = "town"
        projection = AllProjection()

    town_day = UnicodeAttribute(hash_key=True)
    report_id = UnicodeAttribute(range_key=True)


class ReportsTable(Table):
    class Meta:
        table_name = "reports"

    report_id = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)


class ReportRow(ReportsTable):
    """`town_day`: <town>#<local day>; `messages`: how many there are; `merged`: the reports that are in it."""

    community = UnicodeAttribute()
    town_day = UnicodeAttribute()
    opened_at = WholeNumberAttribute()
    category = UnicodeAttribute()
    state = UnicodeAttribute()
    anonymous = BooleanAttribute()
    case_id = UnicodeAttribute()
    content = BinaryAttribute(legacy_encoding=False)
    messages = WholeNumberAttribute()
    merged_into = UnicodeAttribute(null=True)
    merged = UnicodeSetAttribute(null=True)
    in_community = CommunityIndex()
    in_town = TownIndex()


class MessageRow(ReportsTable):
    said_at = WholeNumberAttribute()
    by_office = BooleanAttribute()
    text = BinaryAttribute(legacy_encoding=False)


@dataclass(frozen=True, slots=True)
class Report:
    """`content`: sealed; `opened_at`: to the hour where it is anonymous."""

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


@dataclass(frozen=True, slots=True)
class Message:
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


def get(report_id: str) -> Report | None:
    found = model.get(ReportRow, report_id, REPORT)
    return None if found is None else _report(found)


def messages(report_id: str) -> list[Message]:
    """All of them, in the order in which they were said."""
    theirs = (MessageRow.report_id == report_id) & MessageRow.sk.startswith(MESSAGE)
    page, _ = model.query(MessageRow, theirs, MESSAGES_MAX)
    return [Message(int(row.sk.removeprefix(MESSAGE)), row.said_at, row.by_office, row.text) for row in page]


def say(report: Report, said: Message, state: State) -> list[Write]:
    """The next message, and the state that the report is in then. Its conditions fail (label "report") when anything
    was said or done since `report` was read."""
    new = MessageRow(
        report.report_id, _message(said.number), said_at=said.said_at, by_office=said.by_office, text=said.text
    )
    changes = [ReportRow.messages.set(said.number), ReportRow.state.set(state.value)]
    return [
        model.update("report", ReportRow(report.report_id, REPORT), changes, _as_read(report)),
        model.put("message", new, MessageRow.sk.does_not_exist()),
    ]


def merge(report: Report, into: Report) -> list[Write]:
    """Its conditions fail (labels "report" and "into") when either was merged since it was read, something was said
    since to the first, or MERGED_MAX reports are in the second already."""
    changes = [ReportRow.state.set(State.MERGED.value), ReportRow.merged_into.set(into.report_id)]
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
    ]


def in_community(community: str, limit: int, since: str, before: str) -> list[Report]:
    """The newest of those whose ids lie from `since` to before `before`."""
    ids = ReportRow.report_id.between(since, before)
    return _newest((ReportRow.community == community) & ids, ReportRow.in_community, limit, before)


def in_towns(towns: Iterable[str], day: int, limit: int, before: str) -> list[Report]:
    """The newest of one local day whose ids lie before `before`: one request for each town."""
    found = [
        report
        for town in towns
        for report in _newest(
            (ReportRow.town_day == _town_day(town, day)) & (ReportRow.report_id < before),
            ReportRow.in_town,
            limit,
            before,
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


def _newest(where: Condition, index: Index[Any], limit: int, before: str) -> list[Report]:
    most = min(limit, REPORTS_PER_PAGE_MAX)
    page, _ = model.query(
        ReportRow, where, most + 1, index=index, newest_first=True
    )  # one more: `between` has both ends
    return [_report(found) for found in page if found.report_id != before][:most]


def _as_read(report: Report) -> Condition:
    return all_of(ReportRow.messages == report.messages, ReportRow.state == report.state.value)


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
    )


def _message(number: int) -> str:
    return f"{MESSAGE}{number:04d}"


def _town_day(town: str, day: int) -> str:
    return f"{town}#{day}"
