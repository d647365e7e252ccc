"""Arrivals and returns: from where, when, by what. What can be known to be wrong about them without asking anybody."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta, timezone

from nanhai.domain.days import DAY_S, LOCAL_OFFSET_S
from nanhai.domain.decide import effective
from nanhai.domain.errors import Fault
from nanhai.domain.findings import findings
from nanhai.domain.identifiers import Instant
from nanhai.domain.policy import ISOLATION, Policy
from nanhai.domain.records import Arrival, Record

MEANS = ("train", "coach", "car", "flight", "ship", "other")
REGION = re.compile(  # GB/T 2260: a province, perhaps a city, perhaps a county
    r"(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[12])(?:[0-9]{2}){0,2}"
)
NUMBER = re.compile(r"[A-Za-z0-9\u4e00-\u9fff][A-Za-z0-9\u4e00-\u9fff ·/-]{0,15}")  # G1003, a plate, a flight
AGO_S_MAX = 30 * DAY_S
AHEAD_S_MAX = 300  # clocks differ
LOCAL = timezone(timedelta(seconds=LOCAL_OFFSET_S))
MOMENTS = ("%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d", "%Y/%m/%d")


def region_faults(at: str, region: str) -> Iterator[Fault]:
    """A division of two, four or six digits that begins with a province; zeros at its end say no more."""
    if not REGION.fullmatch(region):
        yield Fault(at, "arrivals.region")


def region_of(told: str) -> str:
    """A division without the pairs of zeros that fill it up: 420000 is the province 42."""
    while len(told) > 2 and told.endswith("00"):
        told = told[:-2]
    return told


def time_faults(at: str, happened_at: Instant, now: Instant) -> Iterator[Fault]:
    if happened_at > now + AHEAD_S_MAX:
        yield Fault(at, "arrivals.in-the-future")
    elif happened_at < now - AGO_S_MAX:
        yield Fault(at, "arrivals.too-long-ago", {"days": AGO_S_MAX // DAY_S})


def number_faults(at: str, number: str) -> Iterator[Fault]:
    """Of a train, a flight, a vehicle; empty where there is none."""
    if number and not NUMBER.fullmatch(number):
        yield Fault(at, "arrivals.number")


def local_moment(told: str) -> Instant | None:
    """A day, or a day and a time, as people here write them; None for anything else."""
    for form in MOMENTS:
        try:
            return int(datetime.strptime(told, form).replace(tzinfo=LOCAL).timestamp())
        except (ValueError, OverflowError):
            continue
    return None


def already_told(records: Iterable[Record], arrival: Arrival, happened_at: Instant) -> bool:
    """Whether just this arrival is known already."""
    return any(record.fact == arrival and record.happened_at == happened_at for record in records)


def is_ordered(records: Iterable[Record], policy: Policy, now: Instant) -> bool:
    """Whether an order of isolation is in force at `now`, or will be."""
    found = findings(effective(records), policy)
    return any(cause.finding == ISOLATION and (cause.until is None or now < cause.until) for cause in found)
