"""A person and their pass, as stored and as computed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from nanhai.domain.decide import decide
from nanhai.domain.identifiers import Instant, PersonId
from nanhai.domain.records import Record
from nanhai.domain.timeline import Timeline
from nanhai.services.platform import platform
from nanhai.store import passes, people
from nanhai.store.passes import StoredPass
from nanhai.store.people import Head

from infra.local.trouble import Trouble

PAST_MAX = 20


def person(person_id: str) -> Iterator[str]:
    """Head, records newest first, pass, past."""
    who = PersonId(person_id)
    head, stored = passes.one(who)
    if head is None:
        raise Trouble(f"nobody has the id {person_id}")
    yield f"head      version {head.version}, community {head.community}, changed {moment(head.changed_at)}"
    yield f"          {len(head.facts)} facts in the head{', trimmed: the records count' if head.trimmed else ''}"
    for record in sorted(people.records(who), key=lambda found: found.recorded_at, reverse=True):
        yield f"record    {_record(record)}"
    yield from _stored(stored)
    for past in passes.past(who, PAST_MAX)[0]:
        segment = past.segment
        yield f"past      {moment(past.at)} {segment.colour.value} since {moment(segment.since)}, {past.policy_version}"


def shown_pass(person_id: str) -> Iterator[str]:
    """What a reader shows now, beside what lies in the table."""
    who = PersonId(person_id)
    head, stored = passes.one(who)
    if head is None:
        raise Trouble(f"nobody has the id {person_id}")
    now = platform().now()
    yield from _stored(stored)
    yield from _computed(head, now)


def moment(instant: Instant | None) -> str:
    return "…" if instant is None else datetime.fromtimestamp(instant, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _computed(head: Head, now: Instant) -> Iterator[str]:
    policy = platform().policies.in_force(now)
    timeline = decide(people.facts_of(head), policy, now)
    if timeline is None:
        yield f"computed  no pass: nobody has applied; policy {policy.version}, {moment(now)}"
        return
    yield f"computed  {timeline.at(now).colour.value} at {moment(now)}, policy {policy.version}"
    yield from _timeline(timeline)


def _stored(stored: StoredPass | None) -> Iterator[str]:
    if stored is None:
        yield "stored    no pass"
        return
    yield (
        f"stored    record version {stored.record_version}, policy {stored.policy_version}, computed "
        f"{moment(stored.computed_at)}, told {stored.colour_told.value}"
    )
    yield from _timeline(stored.timeline)


def _timeline(timeline: Timeline) -> Iterator[str]:
    for segment in timeline.segments:
        causes = ", ".join(cause.finding for cause in segment.causes) or "no finding"
        yield f"          {moment(segment.since)} – {moment(segment.until)} {segment.colour.value}: {causes}"
    for permit in timeline.permits:
        yield f"          {moment(permit.since)} – {moment(permit.until)} cleared for {', '.join(permit.places)}"


def _record(record: Record) -> str:
    return (
        f"{moment(record.happened_at)} {record.fact.name} by {record.source.value} ({record.source_id}), "
        f"evidence {record.evidence}, {record.record_id}"
    )
