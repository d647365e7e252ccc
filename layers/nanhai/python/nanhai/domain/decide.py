"""From the records of one person and a dated policy to the timeline of the pass. Pure, total, order-independent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter

from nanhai.domain.colour import Colour, worst
from nanhai.domain.findings import AUTHORITIES, WITNESSES, findings
from nanhai.domain.identifiers import Instant, RecordId
from nanhai.domain.policy import AREA_ARRIVAL, AREA_STAY, FEVER, IDENTITY_LINK, ISOLATION, POSITIVE_TEST, Policy
from nanhai.domain.records import (
    Application,
    Arrival,
    Clearance,
    IdentityLink,
    Isolation,
    Record,
    Residence,
    Result,
    Source,
    Stay,
    Symptoms,
)
from nanhai.domain.timeline import FOREVER, Cause, Permit, Segment, Timeline


def decide(records: Iterable[Record], policy: Policy, at: Instant) -> Timeline | None:
    """The colours from `at` on; None when nobody has applied. The first segment keeps its true beginning."""
    known = _distinct([*records])
    valid = effective(known.values())
    applications = [r for r in valid if isinstance(r.fact, Application)]
    if not applications:
        return None
    found = findings(valid, policy)
    begin = min(r.happened_at for r in applications)
    holder = max(applications, key=_when).fact
    assert isinstance(holder, Application)  # noqa: S101 - selected as such above
    whole = Timeline(
        policy.version,
        holder.holder,
        tuple(_segments(begin, found, _bases(valid, policy), policy)),
        tuple(_permits([*known.values()], valid, found, policy)),
    )
    return whole.since(at)


def effective(records: Iterable[Record]) -> list[Record]:
    """What still stands: without records that a later, itself standing record of an authority supersedes, and without
    those that the operators' feed took back itself.

    Only a later record supersedes an earlier one, so chains end and a withdrawn withdrawal restores.
    """
    distinct = _distinct(list(records))
    void: set[RecordId] = set()
    standing = []
    for record in reversed(distinct.values()):
        if record.record_id in void:
            continue
        standing.append(record)
        if record.supersedes is not None:
            target = distinct.get(record.supersedes)
            if target is not None and _may_withdraw(record, target) and _when(target) < _when(record):
                void.add(record.supersedes)
    return standing[::-1]


def _may_withdraw(record: Record, target: Record) -> bool:
    """An authority anything; an operators' feed what it told itself, so that a corrected day replaces the wrong one."""
    if record.source in AUTHORITIES:
        return True
    told = (record.source, record.source_id)
    return record.source is Source.OPERATOR and told == (target.source, target.source_id)


def _distinct(records: Sequence[Record]) -> dict[RecordId, Record]:
    """By id, oldest first. Of two that claim one id all they say decides which one counts, so arrival never matters."""
    if len({record.record_id for record in records}) < len(records):
        records = [*{record.record_id: record for record in sorted(records, key=_whole)}.values()]
    return {record.record_id: record for record in sorted(records, key=_when)}


_when = attrgetter("recorded_at", "record_id")  # an order of records with distinct ids


def _whole(record: Record) -> tuple[Instant, RecordId, Instant, str, str, str]:
    told = repr(record.fact), record.source.value, record.supersedes or ""
    return (record.recorded_at, record.record_id, record.happened_at, *told)


def _bases(records: Sequence[Record], policy: Policy) -> list[tuple[Instant, Colour]]:
    """The colour without any finding, by time: grey until a witness has proved the residence."""
    proofs = sorted(
        (
            r.happened_at,
            *_when(r),
            r.fact.region.startswith(policy.green_regions) or (r.fact.permit and policy.permit_counts),
        )
        for r in records
        if isinstance(r.fact, Residence) and r.source in WITNESSES
    )
    return [(proof[0], Colour.GREEN if proof[-1] else Colour.BLUE) for proof in proofs]


def _segments(
    begin: Instant, found: Sequence[Cause], bases: Sequence[tuple[Instant, Colour]], policy: Policy
) -> Iterator[Segment]:
    """Cut where anything begins or ends; neighbours that say the same are one."""
    cuts = {
        begin,
        *(at for at, _ in bases),
        *(c.since for c in found),
        *(c.until for c in found if c.until is not None),
    }
    last: Segment | None = None
    for since in sorted(cut for cut in cuts if cut >= begin):
        causes = tuple(c for c in found if c.since <= since and (c.until is None or since < c.until))
        base = next((colour for at, colour in reversed(bases) if at <= since), Colour.NONE)
        colour = worst([base, *(policy.rules[c.finding].colour for c in causes)])
        if last is not None and (last.colour, last.causes) == (colour, causes):
            continue
        if last is not None:
            yield Segment(last.since, since, last.colour, last.causes)
        last = Segment(since, None, colour, causes)
    if last is not None:
        yield last


def _permits(
    known: Sequence[Record], records: Sequence[Record], found: Sequence[Cause], policy: Policy
) -> Iterator[Permit]:
    """A clearance answers what was known when it was given, as far as its giver answers for it.

    Evidence recorded in the same second or later ends it, unless it tells no more than an earlier record did. It
    permits nothing while a finding holds that somebody else has to follow up: no community lets a laboratory's
    positive pass.
    """
    given = [(r, r.fact) for r in records if isinstance(r.fact, Clearance) and r.source in AUTHORITIES]
    if not given:
        return
    by_id, first_told = {r.record_id: r for r in records}, _first_told(known)
    evidence = sorted(
        {
            first_told.get(behind, by_id[behind].recorded_at)
            for c in found
            for behind in c.records
            if _begins(by_id[behind], c.finding)
        }
    )
    for record, fact in given:
        news = next((at for at in evidence if at >= record.recorded_at), FOREVER)
        since, until = record.happened_at, min(fact.until, news)
        if since < until and not any(_is_for_others(c, record.source, policy, since, until) for c in found):
            yield Permit(record.record_id, fact.places, since, until)


def _first_told(known: Sequence[Record]) -> dict[RecordId, Instant]:
    """Of records, oldest first: since when what the operators' stays tell has been known.

    A stay within one that the same feed told of in the same region, and that was not taken back before, is no newer
    than that one: a corrected day that tells less is no news, one that tells more is.
    """
    gone: dict[RecordId, Instant] = {}
    for record in known:
        if record.supersedes is not None:
            gone[record.supersedes] = min(record.recorded_at, gone.get(record.supersedes, FOREVER))
    found: dict[RecordId, Instant] = {}
    before: list[tuple[Record, Stay]] = []
    for record in known:
        if isinstance(record.fact, Stay) and record.source is Source.OPERATOR:
            wider = [one.record_id for one, stay in before if _tells_all_of(one, stay, record, record.fact)]
            there = (one for one in wider if gone.get(one, FOREVER) >= record.recorded_at)
            found[record.record_id] = min([record.recorded_at, *(found[one] for one in there)])
            before.append((record, record.fact))
    return found


def _tells_all_of(one: Record, stay: Stay, other: Record, its: Stay) -> bool:
    same = (one.source_id, stay.region) == (other.source_id, its.region)
    return same and stay.since <= its.since and its.until <= stay.until


EVIDENCE = {
    ISOLATION: Isolation,
    FEVER: Symptoms,
    POSITIVE_TEST: Result,
    AREA_STAY: Stay,
    AREA_ARRIVAL: Arrival,
    IDENTITY_LINK: IdentityLink,
}


def _begins(record: Record, finding: str) -> bool:
    """Whether the record began or prolonged the finding; those that ended it stand behind it too."""
    fact = record.fact
    return isinstance(fact, EVIDENCE[finding]) and not (isinstance(fact, Result) and not fact.positive)


def _is_for_others(cause: Cause, source: Source, policy: Policy, since: Instant, until: Instant) -> bool:
    """Whether the cause holds within [since, until) and `source` does not answer for it."""
    within = cause.since < until and (cause.until is None or since < cause.until)
    theirs = policy.rules[cause.finding].follow_up != Source.COMMUNITY.value
    return within and cause.finding != ISOLATION and theirs and source is Source.COMMUNITY
