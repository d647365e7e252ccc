"""The stream of `scans`: every new sighting counts once at its gate, on its local day, under what was said there.

A stream record delivered again finds the row that its first delivery left, for as long as sightings are kept.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from typing import Any

from nanhai.domain.days import local_day
from nanhai.domain.errors import Poison
from nanhai.domain.identifiers import GateId, Instant
from nanhai.services.platform import Platform
from nanhai.store import counters, scans
from nanhai.store.scans import KEPT_S, Sighting
from nanhai.store.writes import Once, commit
from nanhai.streams import batch
from nanhai.streams.batch import Answer, Consumer
from nanhai.streams.change import Change, Kind

Tallies = dict[tuple[GateId, int], Counter[str]]


def handle(event: Mapping[str, Any]) -> Answer:
    return batch.handle(CONSUMER, event)


def apply(here: Platform, change: Change) -> None:
    """Counts what the change added; what only expired or was told again adds nothing."""
    if change.kind is Kind.REMOVE:
        return
    if change.new is None:
        raise Poison("scans: a change without its image")
    fresh = sorted(set(scans.sightings_of(change.new)) - set(scans.sightings_of(change.old)))
    if not fresh:
        return
    now = here.now()
    added = [counters.add_at_gate(gate, day, tally, now) for (gate, day), tally in tallies(fresh).items()]
    commit(added, once=once_of(change, fresh))


def tallies(sightings: list[Sighting]) -> Tallies:
    """By gate and local day, how often each verdict was given."""
    found: Tallies = {}
    for seen in sightings:
        found.setdefault((seen.gate, local_day(seen.at)), Counter())[seen.verdict.value] += 1
    return found


def once_of(change: Change, fresh: list[Sighting]) -> Once:
    """The stream record itself as a request: the same one has the same key, content and end, whenever it comes."""
    token = f"{change.text('day_pseudonym')}#{_slot(change)}"
    content = hashlib.sha256("\n".join(map(scans.write, fresh)).encode()).hexdigest()
    return Once("count", f"{token}#{change.sequence}", content, fresh[-1].at + KEPT_S)


def _slot(change: Change) -> Instant:
    match change.keys.get("slot"):
        case {"N": str(slot)} if slot.isdigit():
            return int(slot)
    raise Poison("scans: no slot in the key")


CONSUMER = Consumer("scans", batch.one_by_one(apply))
