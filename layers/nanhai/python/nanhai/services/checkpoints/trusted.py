"""The keys that tokens are checked with here: made ready once for a ring, and anew when the ring has changed."""

from __future__ import annotations

from nanhai.domain.identifiers import Instant
from nanhai.domain.tokens import Trust
from nanhai.services.checkpoints.memory import Memory
from nanhai.services.platform import Platform
from nanhai.vault import trusting

_ready: Memory[Trust] = Memory()
ISSUERS = "issuers"


def trust_of(platform: Platform, now: Instant) -> Trust:
    ring = platform.ring
    ready = _ready.of(ring)
    if ISSUERS not in ready:
        settings = platform.settings
        ready[ISSUERS] = trusting.trusted(trusting.trust_list(ring, settings.district, settings.audience, now))
    return ready[ISSUERS]
