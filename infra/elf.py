"""Native modules without what only a debugger reads: symbol tables, their names, the list of sections.

A loader goes by program headers alone, so everything behind the last byte that one of them names can go. What
`strip` of binutils does, without asking an operator's machine for it.
"""

from __future__ import annotations

import struct
from pathlib import Path

MAGIC = b"\x7fELF\x02\x01"  # 64 bits, little-endian: all that Lambda runs
PROGRAM_HEADERS = struct.Struct("<32xQ14xHH")  # their offset, size and number, in the file's header
EXTENT = struct.Struct("<8xQ16xQ")  # offset and size in the file, in a program header
SECTIONS_OFFSET, SECTIONS_COUNT = slice(0x28, 0x30), slice(0x3C, 0x40)


def strip(path: Path) -> None:
    """Shortens the file in place; what is no such module is left alone."""
    held = path.read_bytes()
    if held.startswith(MAGIC):
        path.write_bytes(stripped(held))


def stripped(held: bytes) -> bytes:
    offset, size, count = PROGRAM_HEADERS.unpack_from(held)
    extents = (EXTENT.unpack_from(held, offset + size * index) for index in range(count))
    kept = bytearray(held[: max(start + length for start, length in extents)])
    kept[SECTIONS_OFFSET] = bytes(8)
    kept[SECTIONS_COUNT] = bytes(4)
    return bytes(kept)
