"""Where a sheet is to be uploaded. Nothing is stored until somebody does."""

from __future__ import annotations

from nanhai.services import uploads
from nanhai.services.arrivals.schemas import FileOffered, OfferFile
from nanhai.services.asked import Asked
from nanhai.services.platform import Platform
from nanhai.services.schemas import moment
from nanhai.services.uploads import Purpose


def offer(platform: Platform, asked: Asked, body: OfferFile) -> FileOffered:
    """UploadMediaType for what is neither CSV nor XLSX."""
    made = uploads.offer(platform, Purpose.SHEET, body.media_type, asked.now)
    return FileOffered(made.upload_id, made.url, made.fields, moment(made.expires_at))
