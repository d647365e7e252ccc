"""Following a report by its receipt code, with or without a name: what became of it, and answering what is asked."""

from __future__ import annotations

from nanhai.domain import receipts
from nanhai.domain.errors import Absent
from nanhai.domain.identifiers import Instant
from nanhai.domain.reports import State
from nanhai.policies.divisions import divisions
from nanhai.services import cases
from nanhai.services.asked import Asked
from nanhai.services.identity.limits import spend
from nanhai.services.platform import Platform
from nanhai.services.reports import anonymity, contents, conversation, limits
from nanhai.services.reports.conversation import NothingAsked
from nanhai.services.reports.schemas import AnswerQuestion, Follow, Followed, MessageSaid
from nanhai.services.reports.wording import category_text, state_text
from nanhai.services.schemas import moment
from nanhai.store import lookups, reports
from nanhai.store.reports import RECEIPT, Report


class ReceiptUnknown(Absent):
    """No report has this code: mistyped, or never given."""

    code = "reports.receipt-unknown"


def follow(platform: Platform, asked: Asked, body: Follow, address: str) -> Followed:
    """Raises ReceiptUnknown, TooMany from the network of `address`."""
    report = _report(platform, body.receipt, address, asked.now)
    into = None if report.merged_into is None else reports.get(report.merged_into, asked.now)
    case = cases.steps_of(platform, (into or report).case_id)
    return Followed(
        report.category.value,
        category_text(report.category, asked.language),
        report.state.value,
        state_text(report.state, asked.language),
        report.community,
        divisions(platform.settings.district).name(report.community) or report.community,
        moment(report.opened_at),
        None if case is None else case.state,
        [] if case is None else case.steps,
        conversation.told(report, contents.data_key(platform, report.report_id)),
    )


def answer(platform: Platform, asked: Asked, body: AnswerQuestion, address: str) -> MessageSaid:
    """Raises ReceiptUnknown, NothingAsked, Full, Busy, TooMany from the network of `address`."""
    report = _report(platform, body.receipt, address, asked.now)
    if report.state is not State.ASKED:
        raise NothingAsked
    at, once = asked.now, asked.once
    if report.anonymous:
        at, once = anonymity.hour(at), anonymity.unhurried(once)
    return conversation.say(platform, report, body.text, by_office=False, at=at, once=once)


def _report(platform: Platform, typed: str, address: str, now: Instant) -> Report:
    spend(platform, limits.FOLLOWED, anonymity.coarse(address), anonymity.hour(now))
    code = receipts.read(typed)
    report_id = None if code is None else lookups.find(platform.blind(RECEIPT, "follow", code), RECEIPT)
    found = None if report_id is None else reports.get(report_id, now)
    if found is None:
        raise ReceiptUnknown
    return found
