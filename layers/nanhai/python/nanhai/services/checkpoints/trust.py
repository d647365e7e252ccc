"""The trust list as it is published: a gate takes it from anywhere, for the root key has signed it."""

from __future__ import annotations

from base64 import b64encode

from nanhai.domain.identifiers import Instant
from nanhai.services.checkpoints.schemas import SignedTrust
from nanhai.services.platform import Platform
from nanhai.vault import trusting
from nanhai.vault.ring import public_of


def read(platform: Platform, now: Instant) -> SignedTrust:
    ring, settings = platform.ring, platform.settings
    listed = trusting.trust_list(ring, settings.district, settings.audience, now)
    payload, signature = trusting.signed(ring, listed)
    return SignedTrust(b64encode(payload).decode(), b64encode(signature).decode(), public_of(ring.root).hex())
