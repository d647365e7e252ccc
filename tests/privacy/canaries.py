"""Values that nobody may find again, and every form in which they could lie about."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

SHORT = 8  # bytes: as digits, so short a value turns up by chance within longer numbers


@dataclass(frozen=True)
class Canary:
    what: str
    value: str

    def is_in(self, dump: bytes) -> bool:
        return any(re.search(form, dump) for form in self._patterns())

    def _patterns(self) -> Iterator[bytes]:
        value = self.value.encode()
        alone = (rb"(?<![0-9A-Za-z])", rb"(?![0-9A-Za-z])") if len(value) < SHORT else (b"", b"")
        yield re.escape(value).join(alone)
        for form in encoded(value):
            if form != value:
                yield re.escape(form)


@dataclass(frozen=True)
class Name(Canary):
    """In hex, which may also lie as the bytes that it stands for."""

    def _patterns(self) -> Iterator[bytes]:
        yield from super()._patterns()
        held = bytes.fromhex(self.value)
        yield from map(re.escape, (held, *in_base64(held)))


def encoded(value: bytes) -> Iterator[bytes]:
    """As JSON writes it in ASCII, as a URL does, in hex and in base64, wherever in a longer text it may stand; and its
    plain hash."""
    yield json.dumps(value.decode())[1:-1].encode()
    yield from (quote(value, safe="").encode(), quote(value, safe="").lower().encode())
    yield from (value.hex().encode(), value.hex().upper().encode())
    yield from (hashlib.sha256(value).digest(), hashlib.sha256(value).hexdigest().encode())
    yield from in_base64(value)


def in_base64(value: bytes) -> Iterator[bytes]:
    """Wherever in a longer text it may stand."""
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        for before in range(3):
            written = encode(b"\0" * before + value)
            yield written[(before * 8 + 5) // 6 : (before + len(value)) * 8 // 6]
