"""Files that people bring: an offer to upload one, what came of it, what is kept, and a link that lasts a minute.

The bytes never pass through a function's own gateway: a browser sends them where the offer says, as a form
(multipart/form-data, the offer's fields first, then `file`). What nobody has kept is gone after a day; what is kept
goes by the bucket's rules, after as many days as what it belongs to.
"""

from __future__ import annotations

import re
from datetime import datetime
from enum import StrEnum

from nanhai.domain.days import HOUR_S
from nanhai.domain.errors import Refusal
from nanhai.domain.identifiers import Instant
from nanhai.services.buckets import Term
from nanhai.services.platform import Platform
from nanhai.services.schemas import Answer, moment

UPLOAD_BYTES_MAX = 5_000_000
OFFER_TTL_S = 600
LINK_TTL_S = 60
UPLOAD_ID = re.compile(r"[0-9A-HJKMNP-TV-Z]{26}")
NAME = re.compile(r"[A-Za-z0-9_-]{1,64}(/[A-Za-z0-9_-]{1,64}){0,3}(\.[a-z0-9]{1,8})?")


class Purpose(StrEnum):
    PHOTO = "photo"
    SHEET = "sheet"


MEDIA_TYPES = {
    Purpose.PHOTO: frozenset({"image/jpeg", "image/png", "image/webp"}),
    Purpose.SHEET: frozenset({"text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}),
}


class UploadMissing(Refusal):
    """Nothing was uploaded under this id, or a day has passed."""

    code = "uploads.missing"


class UploadTooLarge(Refusal):
    code = "uploads.too-large"
    kind = "too-large"


class UploadMediaType(Refusal):
    """Files of this kind are not taken for this purpose."""

    code = "uploads.media-type"


class UploadOffered(Answer, frozen=True):
    """A form that a browser may send once or more until it expires: `fields` first, then `file`, as
    multipart/form-data to `url`, which is relative on the local platform. The last file sent counts."""

    upload_id: str
    url: str
    fields: dict[str, str]
    expires_at: datetime


def offer(platform: Platform, purpose: Purpose, media_type: str, at: Instant) -> UploadOffered:
    """A place for one file of 1 to UPLOAD_BYTES_MAX bytes; UploadMediaType for a kind that is not taken."""
    if media_type not in MEDIA_TYPES[purpose]:
        raise UploadMediaType
    upload_id = platform.new_ulid(at - at % HOUR_S)  # who sends it may be somebody without a name
    term = Term(at, at + OFFER_TTL_S)
    form = platform.uploads.offered(_incoming(purpose, upload_id), media_type, UPLOAD_BYTES_MAX, term)
    return UploadOffered(upload_id, form.url, form.fields, moment(term.until))


def taken(platform: Platform, purpose: Purpose, upload_id: str) -> bytes:
    """What was uploaded, whatever it is: its form is not looked at here. Raises UploadMissing, UploadTooLarge."""
    found = _fetched(platform, purpose, upload_id)
    if not found:
        raise UploadMissing
    if len(found) > UPLOAD_BYTES_MAX:
        raise UploadTooLarge(most=UPLOAD_BYTES_MAX)
    return found


def discard(platform: Platform, purpose: Purpose, upload_id: str) -> None:
    """Forgets what was uploaded, before the day is over; harmless where nothing was."""
    if UPLOAD_ID.fullmatch(upload_id):
        platform.uploads.removed(_incoming(purpose, upload_id))


def keep(platform: Platform, name: str, data: bytes, media_type: str) -> None:
    """Stores `data` under `name`, in place of what may be there: the same one twice is one."""
    platform.uploads.stored(_kept(name), data, media_type)


def link(platform: Platform, name: str, at: Instant) -> str:
    """Where whoever has the link may fetch what is kept under `name`, for LINK_TTL_S."""
    return platform.uploads.linked(_kept(name), Term(at, at + LINK_TTL_S))


def _fetched(platform: Platform, purpose: Purpose, upload_id: str) -> bytes | None:
    """One byte more than may be, so that too much is seen."""
    if not UPLOAD_ID.fullmatch(upload_id):
        return None
    return platform.uploads.fetched(_incoming(purpose, upload_id), UPLOAD_BYTES_MAX + 1)


def _incoming(purpose: Purpose, upload_id: str) -> str:
    return f"incoming/{purpose.value}/{upload_id}"


def _kept(name: str) -> str:
    """A name is made by us, never by who asks: a wrong one is a defect."""
    if not NAME.fullmatch(name):
        raise ValueError("not a name for a kept file")
    return f"kept/{name}"
