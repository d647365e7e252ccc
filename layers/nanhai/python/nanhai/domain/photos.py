"""Photos without what they tell besides: where, when and with what they were taken, and whatever else was put in.

Only what a decoder needs is kept, each piece by name; everything unknown is dropped. The pixels are not touched, so
nothing is lost and nothing is decoded here.
"""

from __future__ import annotations

from dataclasses import dataclass

from nanhai.domain.photo_formats import PhotoUnreadable, jpeg, png, webp

PHOTO_BYTES_MAX = 5_000_000
FORMATS = (jpeg, png, webp)


@dataclass(frozen=True, slots=True)
class Photo:
    media_type: str
    data: bytes


def stripped(data: bytes) -> Photo:
    """`data` without metadata: the same pixels, turned as before. Its kind is what its first bytes say. Raises
    PhotoUnreadable."""
    kind = next((kind for kind in FORMATS if kind.begins(data)), None)
    if kind is None or len(data) > PHOTO_BYTES_MAX:
        raise PhotoUnreadable
    return Photo(kind.MEDIA_TYPE, kind.stripped(data))
