"""A place to upload a photo to, for anybody who wants to report something."""

from __future__ import annotations

from nanhai.domain.identifiers import Instant
from nanhai.services import uploads
from nanhai.services.identity.limits import spend
from nanhai.services.platform import Platform
from nanhai.services.reports import anonymity, limits
from nanhai.services.reports.schemas import OfferPhoto
from nanhai.services.uploads import Purpose, UploadOffered


def offer(platform: Platform, body: OfferPhoto, address: str, now: Instant) -> UploadOffered:
    """TooMany from the network of `address`."""
    spend(platform, limits.PHOTOS, anonymity.coarse(address), anonymity.hour(now))
    return uploads.offer(platform, Purpose.PHOTO, body.media_type, now)
