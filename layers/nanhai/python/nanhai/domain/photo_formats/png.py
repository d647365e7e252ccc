"""PNG (ISO/IEC 15948): chunks, each with its checksum; what follows the last one is dropped. Of a moving picture the
still one stays."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from nanhai.domain.photo_formats import UPRIGHT, PhotoUnreadable, check_size, only_orientation, orientation

MEDIA_TYPE = "image/png"
SIGNATURE = b"\x89PNG\r\n\x1a\n"
HEADER, DATA, END, EXIF = b"IHDR", b"IDAT", b"IEND", b"eXIf"
KEPT = frozenset({HEADER, b"PLTE", DATA, END, b"tRNS", b"gAMA", b"cHRM", b"sRGB"})
LENGTHS = {HEADER: 13, END: 0, b"gAMA": 4, b"cHRM": 32, b"sRGB": 1}
BYTES_MAX = {b"PLTE": 768, b"tRNS": 256}
FREE_BYTES_MAX = 5_000_000
ONCE = KEPT - {DATA}


def begins(data: bytes) -> bool:
    return data.startswith(SIGNATURE)


def stripped(data: bytes) -> bytes:
    """The picture, its palette, transparency and colours stay; texts, times, profiles, and all that is unknown go."""
    kept: list[tuple[bytes, bytes]] = []
    turned = UPRIGHT
    for name, content in _chunks(data):
        if name == EXIF and turned == UPRIGHT:
            turned = orientation(content)
        if name in KEPT:
            kept.append((name, content))
        elif name[0] & 0x20 == 0:  # a decoder must know it: we do not
            raise PhotoUnreadable
    _check([name for name, _ in kept], kept[0][1] if kept else b"")
    if turned != UPRIGHT:
        kept.insert(1, (EXIF, only_orientation(turned)))
    return SIGNATURE + b"".join(_chunk(name, content) for name, content in kept)


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Up to the last one."""
    at = len(SIGNATURE)
    while at + 12 <= len(data):
        (length,) = struct.unpack_from(">I", data, at)
        name, content = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        if not name.isalpha() or not _fits(name, length) or at + 12 + length > len(data):
            raise PhotoUnreadable
        (checksum,) = struct.unpack_from(">I", data, at + 8 + length)
        if checksum != zlib.crc32(content, zlib.crc32(name)):
            raise PhotoUnreadable
        yield name, content
        if name == END:
            return
        at += 12 + length
    raise PhotoUnreadable


def _fits(name: bytes, length: int) -> bool:
    """Whether a kept chunk is no longer than what it is for: there is no room in it for anything else."""
    return length == LENGTHS.get(name, length) and length <= BYTES_MAX.get(name, FREE_BYTES_MAX)


def _check(names: list[bytes], header: bytes) -> None:
    """The header first, some data, the end; nothing twice but data."""
    if names[:1] != [HEADER] or DATA not in names or any(names.count(name) > 1 for name in ONCE):
        raise PhotoUnreadable
    width, height = struct.unpack_from(">II", header)
    check_size(width, height)


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(content, zlib.crc32(name)))
