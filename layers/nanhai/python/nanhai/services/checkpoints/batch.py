"""Checks that were made without a network, uploaded later: kept as they were made, any number of times the same.

The gate is told where the records known now would have answered differently at that moment.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from nanhai.domain import tokens
from nanhai.domain.colour import Colour, Verdict
from nanhai.domain.decide import decide
from nanhai.domain.errors import Poison
from nanhai.domain.identifiers import Instant, PersonId
from nanhai.domain.records import Holder
from nanhai.domain.tokens import SKEW_S, Refused, Token
from nanhai.services.asked import Asked
from nanhai.services.checkpoints import checking, sightings
from nanhai.services.checkpoints.checking import Mark
from nanhai.services.checkpoints.posts import gate_of
from nanhai.services.checkpoints.schemas import Kept, OfflineScan, ScansKept
from nanhai.services.checkpoints.trusted import trust_of
from nanhai.services.identity.limits import Limit, spend
from nanhai.services.platform import Platform
from nanhai.services.schemas import instant, moment
from nanhai.store import people
from nanhai.store.gates import Gate
from nanhai.store.people import Head
from nanhai.store.scans import Sighting, TooManySightings

SCAN_AGE_S_MAX = 86_400
BATCHES_PER_GUARD = Limit("gate-scan-batch", 60, 60)
TOO_LONG_AGO = "checkpoints.too-long-ago"
IN_THE_FUTURE = "checkpoints.in-the-future"
TOO_MANY_SIGHTINGS = "checkpoints.too-many-sightings"


@dataclass(frozen=True, slots=True)
class Row:
    """One uploaded check as of its own time. `token`: None where it was no pass then; `mark`: None: not to be kept."""

    at: Instant
    told: Verdict
    token: Token | None = None
    mark: Mark | None = None
    code: str | None = None
    person: PersonId | None = None


def upload(platform: Platform, asked: Asked, uploaded: Sequence[OfflineScan]) -> ScansKept:
    """Every row by itself: what nobody signed and what is too old is not accepted, all else is kept."""
    spend(platform, BATCHES_PER_GUARD, asked.actor.id, asked.now)
    gate = gate_of(platform, asked.actor, asked.now)
    rows = [_row(platform, scan, asked.now) for scan in uploaded]
    heads = people.heads({row.person for row in rows if row.person is not None})
    online = [_online(platform, gate, row, heads) for row in rows]
    return ScansKept(list(_kept(asked, gate, rows, online)), moment(asked.now))


def _row(platform: Platform, scan: OfflineScan, now: Instant) -> Row:
    at, told = instant(scan.at), Verdict(scan.verdict)
    if now - at > SCAN_AGE_S_MAX:
        return Row(at, told, code=TOO_LONG_AGO)
    if at > now + SKEW_S:
        return Row(at, told, code=IN_THE_FUTURE)
    seen = tokens.check(scan.token, trust_of(platform, now), platform.settings.audience, at)
    if isinstance(seen, Refused):
        mark = checking.mark_of(scan.token) if seen in checking.SIGNED else None
        return Row(at, told, mark=mark, code=seen.value)
    own = seen.audience == platform.settings.audience
    person = checking.holder_of(platform, seen) if own and seen.holder is not Holder.PAPER else None
    return Row(at, told, seen, Mark(seen.pseudonym, seen.slot), person=person)


def _online(platform: Platform, gate: Gate, row: Row, heads: Mapping[PersonId, Head]) -> Verdict | None:
    """What the records known now say of that moment; None where there are none."""
    head = None if row.person is None else heads.get(row.person)
    if head is None:
        return None
    try:
        timeline = decide(people.facts_of(head), platform.policies.in_force(row.at), row.at)
    except Poison:
        return None
    return None if timeline is None else timeline.verdict(row.at, checking.places_of(gate))


def _kept(asked: Asked, gate: Gate, rows: Sequence[Row], online: Sequence[Verdict | None]) -> Iterator[Kept]:
    for index, (row, verdict) in enumerate(zip(rows, online, strict=True)):
        if row.mark is None:
            yield Kept(index, False, row.code, None, False)
            continue
        colour = Colour.NONE if row.token is None else row.token.colour
        try:
            copied = sightings.keep(asked, row.mark, Sighting(row.at, gate.gate_id, row.told, colour, online=False))
        except TooManySightings:
            yield Kept(index, False, TOO_MANY_SIGHTINGS, None, True)
        else:
            differs = verdict is not None and verdict is not row.told
            yield Kept(index, True, row.code, verdict.value if verdict and differs else None, copied)
