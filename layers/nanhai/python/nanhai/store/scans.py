"""The table `scans`: who was seen where, by day pseudonym alone; kept 14 days.

One item per token (day pseudonym, slot) holds its sightings as a set, so that an offline gate may upload the same
batch any number of times, and one write both records a sighting and tells of the earlier ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from pynamodb.attributes import UnicodeAttribute, UnicodeSetAttribute

from nanhai.domain.colour import Colour, Verdict
from nanhai.domain.days import DAY_S, local_day
from nanhai.domain.errors import Poison
from nanhai.domain.identifiers import GateId, Instant
from nanhai.store import model
from nanhai.store.attributes import WholeNumberAttribute
from nanhai.store.model import Table
from nanhai.store.words import Prepared, gap, size

KEPT_S = 14 * DAY_S
SIGHTINGS_PER_TOKEN_MAX = 200


class ScanRow(Table):
    """The sightings of one token, each as `write` says it."""

    class Meta:
        table_name = "scans"

    day_pseudonym = UnicodeAttribute(hash_key=True)
    slot = WholeNumberAttribute(range_key=True)
    expires_at = WholeNumberAttribute()
    sightings = UnicodeSetAttribute()


class TooManySightings(ValueError):
    """This token was seen more often than any holder shows it: nothing more is kept of it."""


class Sighting(msgspec.Struct, frozen=True, order=True):
    at: Instant
    gate: GateId
    verdict: Verdict
    colour: Colour
    online: bool


def note(pseudonym: bytes, slot: Instant, seen: Sighting, now: Instant) -> list[Sighting]:
    """Keeps a sighting, once however often it is told; the earlier ones of the same token, oldest first."""
    earlier = model.update_item(
        ScanRow(_day_pseudonym(pseudonym, slot), slot),
        _NOTED(seen={write(seen)}, end=now + KEPT_S, most=SIGHTINGS_PER_TOKEN_MAX),
        returned="ALL_OLD",  # of the updated ones an engine may leave out what did not change
    )
    if earlier is None:
        raise TooManySightings
    return sightings_of(earlier)


_NOTED = Prepared(
    ScanRow.sightings.does_not_exist() | (size(ScanRow.sightings) < gap("most", ScanRow.slot)),
    [
        ScanRow.expires_at.set(ScanRow.expires_at | gap("end", ScanRow.expires_at)),
        ScanRow.sightings.add(gap("seen", ScanRow.sightings)),
    ],
)


def of_day(pseudonym: bytes, day: int, now: Instant, limit: int) -> list[tuple[Instant, Sighting]]:
    """Every kept sighting of one person's passes on one local day, with its slot."""
    theirs = ScanRow.day_pseudonym == f"{day}#{pseudonym.hex()}"
    page, _ = model.query(ScanRow, theirs, limit, only=ScanRow.expires_at > now, consistent=False)
    return [(found.slot, seen) for found in page for seen in sorted(map(read, found.sightings or ()))]


def sightings_of(image: Mapping[str, Any] | None) -> list[Sighting]:
    """The sightings in a stored item or a stream's image, oldest first; Poison when one cannot be read."""
    return sorted(map(read, (image or {}).get("sightings", {}).get("SS", ())))


def write(seen: Sighting) -> str:
    mode = "online" if seen.online else "offline"
    return f"{seen.at:012d}#{seen.gate}#{seen.verdict.value}#{seen.colour.value}#{mode}"


def read(text: str) -> Sighting:
    try:
        at, gate, verdict, colour, mode = text.split("#")
        return Sighting(
            int(at), GateId(gate), Verdict(verdict), Colour(colour), {"online": True, "offline": False}[mode]
        )
    except (ValueError, KeyError) as unknown:
        raise Poison("sighting: unknown form") from unknown


def elsewhere(seen: Sighting, others: Iterable[Sighting], within_s: int) -> bool:
    """Whether the same token was seen at another gate so shortly before or after that it must have been copied."""
    return any(other.gate != seen.gate and abs(other.at - seen.at) <= within_s for other in others)


def _day_pseudonym(pseudonym: bytes, slot: Instant) -> str:
    return f"{local_day(slot)}#{pseudonym.hex()}"
