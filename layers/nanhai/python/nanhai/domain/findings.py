"""What records mean under a policy: each finding is a kind, an interval [since, until) and the records behind it.

Rules as Nanhai published them in February and March 2020, and for what they leave open the safer reading; every
number comes from the policy. A self-declaration can begin or prolong a finding, never end one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from nanhai.domain.days import day_begins, local_day
from nanhai.domain.identifiers import Instant, RecordId
from nanhai.domain.policy import AREA_ARRIVAL, AREA_STAY, FEVER, IDENTITY_LINK, ISOLATION, POSITIVE_TEST, Area, Policy
from nanhai.domain.records import (
    ISOLATION_S_MAX,
    Arrival,
    IdentityLink,
    Isolation,
    Record,
    Release,
    Result,
    Source,
    Stay,
    Symptoms,
)
from nanhai.domain.timeline import Cause

AUTHORITIES = frozenset({Source.COMMUNITY, Source.HOSPITAL, Source.HEALTH_AUTHORITY})
ORDERING = AUTHORITIES | {Source.FEED}  # who may order isolation: never the person, an employer or the police
WITNESSES = AUTHORITIES | {Source.FEED, Source.OPERATOR, Source.POLICE}  # whose word may improve a colour


def findings(records: Sequence[Record], policy: Policy) -> tuple[Cause, ...]:
    """Every finding in `records` (superseded ones already taken out), worst colour first, then by time."""
    found = [
        *_isolations(records, policy),
        *_illness(records, policy),
        *_positives(records, policy),
        *_stays(records, policy),
        *_arrivals(records, policy),
        *_links(records, policy),
    ]
    return tuple(sorted(found, key=_order))


def _order(cause: Cause) -> tuple[bool, Instant, str, tuple[RecordId, ...]]:
    return (cause.finding != ISOLATION, cause.since, cause.finding, cause.records)


def _isolations(records: Sequence[Record], policy: Policy) -> Iterator[Cause]:  # noqa: ARG001 - one shape for all kinds
    releases: dict[RecordId, list[Record]] = {}
    for record in records:
        if isinstance(record.fact, Release) and record.source in AUTHORITIES:
            releases.setdefault(record.fact.order, []).append(record)
    for record in records:
        order = record.fact
        if not isinstance(order, Isolation) or record.source not in ORDERING:
            continue
        until = min(order.until, order.since + ISOLATION_S_MAX)
        ends = [r for r in releases.get(record.record_id, ()) if r.happened_at < until]
        first = min(ends, key=lambda r: (r.happened_at, r.record_id), default=None)
        if first is not None:
            until = first.happened_at
        if order.since < until:
            behind = (record.record_id,) if first is None else (record.record_id, first.record_id)
            yield Cause(ISOLATION, order.since, until, behind)


def _illness(records: Sequence[Record], policy: Policy) -> Iterator[Cause]:
    """Fever lasts until a negative test or so many symptom-free days: each symptom inside it prolongs it."""
    lasts_s = policy.rules[FEVER].lasts_s
    since: Instant | None = None
    until: Instant = 0
    behind: list[RecordId] = []
    for at, step, record in sorted(_illness_steps(records, policy), key=lambda row: (*row[:2], row[2].record_id)):
        inside = since is not None and at < until
        if since is not None and (not inside or step == _CLEARED):
            if inside:
                behind.append(record.record_id)
            yield Cause(FEVER, since, min(until, at) if step == _CLEARED else until, tuple(behind))
            since, behind, inside = None, [], False
        if step == _FEVERISH and not inside:
            since = at
        if since is not None and step != _CLEARED:
            until = at + lasts_s
            behind.append(record.record_id)
    if since is not None:
        yield Cause(FEVER, since, until, tuple(behind))


_CLEARED, _FEVERISH, _UNWELL = 0, 1, 2  # at one instant a test comes before what is felt: the safer order


def _illness_steps(records: Sequence[Record], policy: Policy) -> Iterator[tuple[Instant, int, Record]]:
    for record in records:
        fact = record.fact
        if _clears(record, policy):
            yield record.happened_at, _CLEARED, record
        elif isinstance(fact, Symptoms):
            if "fever" in fact.codes or (fact.temperature_c is not None and fact.temperature_c >= policy.fever_c):
                yield record.happened_at, _FEVERISH, record
            elif fact.codes:
                yield record.happened_at, _UNWELL, record


def _clears(record: Record, policy: Policy) -> bool:
    """Whether it is an authority's negative test of a method that the policy lets end something."""
    fact = record.fact
    negative = isinstance(fact, Result) and not fact.positive and fact.method in policy.clearing_methods
    return negative and record.source in AUTHORITIES


def _positives(records: Sequence[Record], policy: Policy) -> Iterator[Cause]:
    """A positive test holds the pass until a later negative one, or until its days have passed."""
    tests = [r for r in records if isinstance(r.fact, Result) and r.source in AUTHORITIES]
    negatives = sorted((r.happened_at, r.record_id) for r in tests if _clears(r, policy))
    for record in tests:
        if not isinstance(record.fact, Result) or not record.fact.positive:
            continue
        since, until = record.happened_at, record.happened_at + policy.rules[POSITIVE_TEST].lasts_s
        later = next((n for n in negatives if since < n[0] < until), None)
        if later is None:
            yield Cause(POSITIVE_TEST, since, until, (record.record_id,))
        else:
            yield Cause(POSITIVE_TEST, since, later[0], (record.record_id, later[1]))


def _stays(records: Sequence[Record], policy: Policy) -> Iterator[Cause]:
    """A stay in an affected area from the minimum length on links to it, until so many days after its end."""
    lasts_s = policy.rules[AREA_STAY].lasts_s
    rows = [(r, r.fact) for r in records if isinstance(r.fact, Stay)]
    for area in policy.areas:
        inside = [
            (
                max(stay.since, area.since),
                stay.until if area.until is None else min(stay.until, area.until),
                r.record_id,
            )
            for r, stay in rows
            if stay.region.startswith(area.region)
        ]
        for since, until, behind in _merged(inside):
            if until - since >= policy.minimum_stay_s:
                yield Cause(AREA_STAY, since, until + lasts_s, behind)


def _merged(
    intervals: Iterable[tuple[Instant, Instant, RecordId]],
) -> Iterator[tuple[Instant, Instant, tuple[RecordId, ...]]]:
    """Overlapping and adjacent intervals as one; empty ones are none."""
    since, until = 0, -1
    behind: list[RecordId] = []
    for begin, end, record in sorted(row for row in intervals if row[0] < row[1]):
        if behind and begin > until:
            yield since, until, tuple(behind)
            behind = []
        if not behind:
            since, until = begin, end
        until = max(until, end)
        behind.append(record)
    if behind:
        yield since, until, tuple(behind)


def _arrivals(records: Sequence[Record], policy: Policy) -> Iterator[Cause]:
    lasts_s = policy.rules[AREA_ARRIVAL].lasts_s
    for record in records:
        fact = record.fact
        if isinstance(fact, Arrival) and any(area.holds(fact.region, record.happened_at) for area in policy.areas):
            yield Cause(AREA_ARRIVAL, record.happened_at, record.happened_at + lasts_s, (record.record_id,))


def _links(records: Sequence[Record], policy: Policy) -> Iterator[Cause]:
    """An identity that points to an affected area: weak, so it lapses once enough days of presence here are shown."""
    links = [(r, r.fact) for r in records if isinstance(r.fact, IdentityLink)]
    affected = [(r, area) for r, link in links for area in policy.areas if link.region.startswith(area.region)]
    if not affected:
        return
    lasts_s = policy.rules[IDENTITY_LINK].lasts_s
    for record, area in affected:
        since, until = max(record.happened_at, area.since), _link_end(area, lasts_s)
        behind: tuple[RecordId, ...] = (record.record_id,)
        shown = _presence_shown(records, policy, area.since)
        lapse = next(((at, proof) for at, proof in shown if until is None or at < until), None)
        if lapse is not None:
            until, behind = lapse[0], (record.record_id, *lapse[1])
        if until is None or since < until:
            yield Cause(IDENTITY_LINK, since, until, behind)


def _link_end(area: Area, lasts_s: int) -> Instant | None:
    return None if area.until is None else area.until + lasts_s


def _presence_shown(
    records: Sequence[Record], policy: Policy, since: Instant
) -> list[tuple[Instant, tuple[RecordId, ...]]]:
    """When a run of so many consecutive local days from `since` on, each with the minimum stay here, was complete; by
    whom shown. Days before the area was listed show nothing about the days after."""
    days: dict[int, list[tuple[Instant, Instant, RecordId]]] = {}
    for record in records:
        stay = record.fact
        if isinstance(stay, Stay) and record.source in WITNESSES and stay.region.startswith(policy.presence_regions):
            for day, begin, end in _by_day(max(stay.since, since), stay.until, policy.presence_days):
                days.setdefault(day, []).append((begin, end, record.record_id))
    full = {day: rows for day, rows in days.items() if _seconds(rows) >= policy.minimum_stay_s}
    shown = []
    for _, run in groupby(enumerate(sorted(full)), key=lambda pair: pair[1] - pair[0]):
        consecutive = [day for _, day in run]
        if len(consecutive) >= policy.presence_days:
            proof = consecutive[: policy.presence_days]
            at = max(until for _, until, _ in full[proof[-1]])
            shown.append((at, tuple(sorted({row[2] for day in proof for row in full[day]}))))
    return shown


def _by_day(since: Instant, until: Instant, days_max: int) -> Iterator[tuple[int, Instant, Instant]]:
    """[since, until) cut at local midnights; of a long one the first `days_max` + 1 days, all that can count."""
    day = local_day(since)
    for _ in range(days_max + 1):
        if since >= until:
            return
        midnight = day_begins(day + 1)
        yield day, since, min(midnight, until)
        day, since = day + 1, midnight


def _seconds(rows: Iterable[tuple[Instant, Instant, RecordId]]) -> int:
    return sum(until - since for since, until, _ in _merged(rows))
