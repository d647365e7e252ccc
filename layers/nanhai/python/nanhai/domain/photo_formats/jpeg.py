"""JPEG (ITU-T T.81): segments behind markers, the coded picture between them; what follows its end is dropped."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

from nanhai.domain.photo_formats import EXIF_BEGINS, UPRIGHT, PhotoUnreadable, check_size, only_orientation, orientation

MEDIA_TYPE = "image/jpeg"
START, END, SCAN = 0xD8, 0xD9, 0xDA
APP0, APP1, ADOBE = 0xE0, 0xE1, 0xEE
FRAMES = frozenset({0xC0, 0xC1, 0xC2, 0xC3, 0xC9, 0xCA, 0xCB})  # not hierarchical ones, which nobody decodes
TABLES = frozenset({0xC4, 0xCC, 0xDB, 0xDC, 0xDD})  # Huffman, arithmetic, quantisation, lines, restart interval
DROPPED = frozenset({*range(0xE0, 0xF0), 0xFE})
SEGMENTS_MAX = 10_000
MARKER = re.compile(rb"\xff++([\x01-\xfe])")  # behind any number of fill bytes
NEXT_MARKER = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")  # in coded data: neither a stuffed byte nor a restart
JFIF = b"JFIF\0"


def begins(data: bytes) -> bool:
    return data.startswith(b"\xff\xd8\xff")


def stripped(data: bytes) -> bytes:
    """JFIF's first 14 bytes, Adobe's transform and the tables stay; profiles, previews, comments and second pictures
    go."""
    kept, turned, frames, scans = [], UPRIGHT, 0, 0
    for marker, content, coded in _segments(data):
        turned = _turned(marker, content, turned)
        frames += marker in FRAMES
        scans += marker == SCAN
        if (needed := _needed(marker, content)) is not None:
            kept.append(_segment(marker, needed) + coded)
    if frames != 1 or not scans:
        raise PhotoUnreadable
    return bytes([0xFF, START]) + _exif(turned) + b"".join(kept) + bytes([0xFF, END])


def _segments(data: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Marker, content and the coded data behind it, up to the end of the picture."""
    at = 2
    for _ in range(SEGMENTS_MAX):
        marker, at = _marker(data, at)
        if marker == END:
            return
        (length,) = struct.unpack_from(">H", data, at) if at + 2 <= len(data) else (0,)
        if length < 2 or at + length > len(data):
            raise PhotoUnreadable
        content, at = data[at + 2 : at + length], at + length
        end = _end_of_coded(data, at) if marker == SCAN else at
        yield marker, content, data[at:end]
        at = end
    raise PhotoUnreadable


def _marker(data: bytes, at: int) -> tuple[int, int]:
    """The marker at `at`, behind any number of fill bytes, and where its segment begins."""
    found = MARKER.match(data, at)
    if found is None:
        raise PhotoUnreadable
    return found[1][0], found.end()


def _end_of_coded(data: bytes, at: int) -> int:
    found = NEXT_MARKER.search(data, at)
    if found is None or found.start() == at:
        raise PhotoUnreadable
    return found.start()


def _needed(marker: int, content: bytes) -> bytes | None:
    """What of a segment is kept, None when nothing is."""
    if marker in FRAMES:
        _check_frame(content)
        return content
    if marker in TABLES or marker == SCAN:
        return content
    if marker == APP0 and content.startswith(JFIF) and len(content) >= 14:
        return content[:12] + b"\0\0"  # no preview
    if marker == ADOBE and content.startswith(b"Adobe") and len(content) >= 12:
        return content[:12]
    if marker not in DROPPED:
        raise PhotoUnreadable
    return None


def _check_frame(content: bytes) -> None:
    if len(content) < 6:
        raise PhotoUnreadable
    height, width = struct.unpack_from(">HH", content, 1)
    check_size(width, height)


def _turned(marker: int, content: bytes, before: int) -> int:
    """The first block that says how the picture is turned is right."""
    if marker != APP1 or not content.startswith(EXIF_BEGINS) or before != UPRIGHT:
        return before
    return orientation(content.removeprefix(EXIF_BEGINS))


def _exif(turned: int) -> bytes:
    return b"" if turned == UPRIGHT else _segment(APP1, EXIF_BEGINS + only_orientation(turned))


def _segment(marker: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content
