"""What the forms of pictures have in common; each module here knows which pieces of its form a decoder needs.

How a picture is to be turned is metadata too, but without it half of all photos lie on their side: it is read, within
bounds, and written anew as the only field of a block of our own.
"""

from __future__ import annotations

import struct

from nanhai.domain.errors import Refusal

PIXELS_MAX = 50_000_000
UPRIGHT, ORIENTATIONS = 1, range(1, 9)
ORIENTATION_TAG, SHORT = 0x0112, 3
FIELDS_MAX = 512  # of a picture's first directory
EXIF_BEGINS = b"Exif\0\0"


class PhotoUnreadable(Refusal):
    """Not a whole JPEG, PNG or WebP picture of a size that we take."""

    code = "reports.photo-unreadable"


def orientation(tiff: bytes) -> int:
    """How the picture is turned, by the directory of an EXIF block; UPRIGHT when it does not say, or is not one."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(tiff[:4])
    if order is None or len(tiff) < 8:
        return UPRIGHT
    (at,) = struct.unpack_from(f"{order}I", tiff, 4)
    if at + 2 > len(tiff):
        return UPRIGHT
    (fields,) = struct.unpack_from(f"{order}H", tiff, at)
    for field in range(at + 2, at + 2 + 12 * min(fields, FIELDS_MAX), 12):
        if field + 12 > len(tiff):
            break
        tag, kind, count, value = struct.unpack_from(f"{order}HHIH", tiff, field)
        if tag == ORIENTATION_TAG:
            return value if (kind, count) == (SHORT, 1) and value in ORIENTATIONS else UPRIGHT
    return UPRIGHT


def only_orientation(turned: int) -> bytes:
    """An EXIF block that says how a picture is turned and nothing else."""
    return struct.pack("<4sIHHHIHHI", b"II*\0", 8, 1, ORIENTATION_TAG, SHORT, 1, turned, 0, 0)


def check_size(width: int, height: int) -> None:
    """Raises PhotoUnreadable unless there is a picture, and not more of it than a phone's."""
    if not 0 < width * height <= PIXELS_MAX:
        raise PhotoUnreadable
