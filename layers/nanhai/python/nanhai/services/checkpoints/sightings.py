"""Who was seen where: kept by day pseudonym alone, and looked at for tokens that were copied."""

from __future__ import annotations

from nanhai.services import trail
from nanhai.services.asked import Asked
from nanhai.services.checkpoints.checking import Mark
from nanhai.store import scans
from nanhai.store.scans import Sighting

COPIED_WITHIN_S = 20  # nobody walks from one gate to the next so fast
COPIED = "checkpoints.copied"


def keep(asked: Asked, mark: Mark, seen: Sighting) -> bool:
    """Keeps a sighting and tells whether the token was copied, which is written down; raises scans.TooManySightings."""
    earlier = scans.note(mark.pseudonym, mark.slot, seen, asked.now)
    copied = scans.elsewhere(seen, earlier, COPIED_WITHIN_S)
    if copied and seen not in earlier:
        note_copied(asked, mark)
    return copied


def note_copied(asked: Asked, mark: Mark) -> None:
    trail.note(asked, mark.pseudonym.hex(), COPIED)
