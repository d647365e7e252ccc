"""Changes of the ring of keys: every night keys for the weeks ahead, and at any hour one that leaked is removed."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from nanhai.domain.errors import Absent
from nanhai.domain.identifiers import Instant
from nanhai.services.platform import NoRing, Platform, wrapper
from nanhai.store import keys
from nanhai.store.writes import ConditionFailed, StoreUnavailable
from nanhai.vault import rotation
from nanhai.vault.ring import Entries, Ring, ring_from_entries
from nanhai.vault.wrapping import Wrapper

TRIES = 4
Change = Callable[[Ring, Entries, Wrapper], Mapping[str, bytes]]


class NoSuchKey(Absent):
    """The ring has no signing key of this number."""

    code = "platform.no-such-key"


def rotate(platform: Platform, now: Instant) -> tuple[Ring, bool]:
    """The ring with keys for the weeks ahead, and whether it had to be changed; harmless to repeat."""
    stage = platform.settings.stage
    return _changed(platform, lambda ring, entries, by: rotation.rotated(ring, entries, by, now, stage))


def remove(platform: Platform, kid: int, now: Instant) -> Ring:
    """The ring without `kid`, for good, and with another key for its day; NoSuchKey when it has none of that number.

    Within a minute no process signs with it or accepts it; gates hear of it with their next trust list.
    """

    def change(ring: Ring, entries: Entries, by: Wrapper) -> Mapping[str, bytes]:
        if kid not in {key.kid for key in ring.gates}:
            raise NoSuchKey
        left = rotation.without(ring, entries, kid)
        return rotation.rotated(ring_from_entries(left, by), left, by, now, platform.settings.stage)

    return _changed(platform, change)[0]


def _changed(platform: Platform, change: Change) -> tuple[Ring, bool]:
    by = wrapper(platform.settings)
    for _ in range(TRIES):
        stored = keys.ring()
        if stored is None:
            raise NoRing(retry_after_s=60)
        ring = ring_from_entries(stored.entries, by, stored.version)
        entries = change(ring, stored.entries, by)
        if entries.keys() == stored.entries.keys():
            return ring, False
        try:
            keys.replace_ring(stored, entries)
        except ConditionFailed:  # somebody else changes it too: look again
            continue
        return ring_from_entries(entries, by, stored.version + 1), True
    raise StoreUnavailable(retry_after_s=60)
