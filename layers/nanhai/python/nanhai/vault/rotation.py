"""Daily rotation and removal, as new entries of the ring: what is there is never wrapped anew."""

from __future__ import annotations

from nanhai.domain.identifiers import Instant
from nanhai.vault.ring import Entries, Ring, is_spent, name_of, new_gate_keys
from nanhai.vault.wrapping import Wrapper


def rotated(ring: Ring, entries: Entries, wrapper: Wrapper, now: Instant, stage: str) -> dict[str, bytes]:
    """The entries with keys for the weeks ahead and without those of which nothing can be valid any more."""
    lasting = [key for key in ring.gates if not is_spent(key, now)]
    spent = {name_of(key) for key in ring.gates if key not in lasting}
    kept = {name: wrapped for name, wrapped in entries.items() if name not in spent}
    fresh = new_gate_keys(lasting, ring.removed, now, stage)  # what is spent gives its kid back
    return kept | {name_of(key): wrapper.wrap(key.seed(), name_of(key)) for key in fresh}


def without(ring: Ring, entries: Entries, kid: int) -> dict[str, bytes]:
    """The entries with `kid` removed for good: nothing it signed verifies any more, here or at a gate."""
    gone = {name_of(key) for key in ring.gates if key.kid == kid}
    return {name: wrapped for name, wrapped in entries.items() if name not in gone} | {f"removed#{kid}": b"-"}
