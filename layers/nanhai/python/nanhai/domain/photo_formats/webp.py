"""WebP (RFC 9649): chunks in a RIFF file, whose extended header says by flags what there is. Moving pictures are not
taken."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from nanhai.domain.photo_formats import EXIF_BEGINS, UPRIGHT, PhotoUnreadable, check_size, only_orientation, orientation

MEDIA_TYPE = "image/webp"
EXTENDED, ALPHA, LOSSY, LOSSLESS, EXIF = b"VP8X", b"ALPH", b"VP8 ", b"VP8L", b"EXIF"
MOVING = frozenset({b"ANIM", b"ANMF"})
HAS_ALPHA, HAS_EXIF = 0x10, 0x08
CHUNKS_MAX = 1_000
SIDE_MAX = 1 << 14


def begins(data: bytes) -> bool:
    return data[:4] == b"RIFF" and data[8:12] == b"WEBP"


def stripped(data: bytes) -> bytes:
    """The picture and its transparency stay; profiles, EXIF, XMP, and all that is unknown go."""
    pictures, alpha, turned, is_see_through = [], b"", UPRIGHT, False
    for name, content in _chunks(data):
        if name in MOVING:
            raise PhotoUnreadable
        if name in {LOSSY, LOSSLESS}:
            pictures.append((name, content))
        elif name == ALPHA:
            alpha = content
        elif name == EXTENDED:
            is_see_through = bool(content[:1] and content[0] & HAS_ALPHA)
        elif name == EXIF and turned == UPRIGHT:
            turned = orientation(content.removeprefix(EXIF_BEGINS))
    if len(pictures) != 1:
        raise PhotoUnreadable
    ((name, content),) = pictures
    return _file(name, content, alpha if name == LOSSY else b"", turned, is_see_through)


def _file(name: bytes, content: bytes, alpha: bytes, turned: int, is_see_through: bool) -> bytes:
    width, height = _size(name, content)
    check_size(width, height)
    flags = (HAS_ALPHA if is_see_through else 0) | (HAS_EXIF if turned != UPRIGHT else 0)
    chunks = [_chunk(name, content)]
    if alpha:
        chunks.insert(0, _chunk(ALPHA, alpha))
    if flags or alpha:
        sides = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
        chunks.insert(0, _chunk(EXTENDED, bytes([flags, 0, 0, 0]) + sides))
    if turned != UPRIGHT:
        chunks.append(_chunk(EXIF, only_orientation(turned)))
    body = b"WEBP" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Up to where the file says that it ends."""
    (length,) = struct.unpack_from("<I", data, 4)
    end, at = 8 + length, 12
    if end > len(data):
        raise PhotoUnreadable
    for _ in range(CHUNKS_MAX):
        if at + 8 > end:
            return
        name, size = data[at : at + 4], struct.unpack_from("<I", data, at + 4)[0]
        if at + 8 + size > end:
            raise PhotoUnreadable
        yield name, data[at + 8 : at + 8 + size]
        at += 8 + size + size % 2
    raise PhotoUnreadable


def _size(name: bytes, content: bytes) -> tuple[int, int]:
    """Width and height as the picture itself says them."""
    if name == LOSSLESS and len(content) >= 5 and content[0] == 0x2F:
        (bits,) = struct.unpack_from("<I", content, 1)
        return bits % SIDE_MAX + 1, (bits >> 14) % SIDE_MAX + 1
    if name == LOSSY and len(content) >= 10 and content[3:6] == b"\x9d\x01\x2a":
        width, height = struct.unpack_from("<HH", content, 6)
        return width % SIDE_MAX, height % SIDE_MAX
    raise PhotoUnreadable


def _chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)
