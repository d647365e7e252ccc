"""What is wrong with a filing: everything at once, and for a draft only what is there and cannot be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from nanhai.domain.errors import Fault
from nanhai.policies.enterprises import trades
from nanhai.services.enterprises.schemas import Contact, Plan, WriteFiling
from nanhai.services.identity.codes import MOBILE
from nanhai.services.identity.proof import NAME, clean_name

PLANNED_DAYS_BACK_MAX, PLANNED_DAYS_AHEAD_MAX = 90, 365
PERCENT_MAX = 100
NEEDED = ("planned_on", "headcount", "labour_shortage", "capacity_percent")
TRADE_DIGITS = 5
LISTED_MAJORS = "46"  # whose middle classes ship: of the others only the major class is checked


def faults(body: WriteFiling, today: date) -> Iterator[Fault]:
    if body.action == "submit":
        yield from _missing(body)
    yield from _plan(body.plan, today)
    if body.contact is not None:
        yield from _contact(body.contact)


def is_trade(code: str) -> bool:
    """Whether GB/T 6565-2015 has, as far as it ships, a class with this code."""
    if not (len(code) == TRADE_DIGITS and code.isascii() and code.isdigit()):
        return False
    major, middle = f"{code[0]}0000", f"{code[:3]}00"
    return major in trades() and (code[0] not in LISTED_MAJORS or middle in trades())


def _missing(body: WriteFiling) -> Iterator[Fault]:
    for name in NEEDED:
        if getattr(body.plan, name) is None:
            yield Fault(f"/plan/{name}", "enterprises.needed")
    if not body.plan.supplies:
        yield Fault("/plan/supplies", "enterprises.needed")
    if body.contact is None:
        yield Fault("/contact", "enterprises.needed")


def _plan(plan: Plan, today: date) -> Iterator[Fault]:
    first, last = today - timedelta(days=PLANNED_DAYS_BACK_MAX), today + timedelta(days=PLANNED_DAYS_AHEAD_MAX)
    if plan.planned_on is not None and not first <= plan.planned_on <= last:
        yield Fault("/plan/planned_on", "enterprises.planned-on", {"first": str(first), "last": str(last)})
    if plan.capacity_percent is not None and plan.capacity_percent > PERCENT_MAX:
        yield Fault("/plan/capacity_percent", "enterprises.percent")
    for index, trade in enumerate(plan.trades):
        if not is_trade(trade.code):
            yield Fault(f"/plan/trades/{index}/code", "enterprises.trade")
    if plan.labour_shortage is not None and sum(trade.missing for trade in plan.trades) > plan.labour_shortage:
        yield Fault("/plan/labour_shortage", "enterprises.shortage")
    yield from _twice("/plan/trades/{}/code", [trade.code for trade in plan.trades])
    yield from _twice("/plan/supplies/{}/kind", [supply.kind for supply in plan.supplies])


def _contact(contact: Contact) -> Iterator[Fault]:
    if not NAME.fullmatch(clean_name(contact.name)):
        yield Fault("/contact/name", "identity.name")
    if not MOBILE.fullmatch(contact.phone):
        yield Fault("/contact/phone", "identity.phone")


def _twice(at: str, told: Sequence[str]) -> Iterator[Fault]:
    for index, one in enumerate(told):
        if one in told[:index]:
            yield Fault(at.format(index), "enterprises.twice")
