"""Everything that the platform has written down anywhere, as bytes to search, by where it lies."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.contract.district import District
from tests.streams.feed import Feed


def tables(district: District) -> dict[str, bytes]:
    return {f"table {name}": flat(district.rows(name)) for name in district.tables}


def streams(district: District) -> dict[str, bytes]:
    """Every record since the tables were made."""
    return {f"stream {name}": flat(Feed(arn).news()) for name, arn in district.stage.streams.items() if arn}


def queued(district: District) -> bytes:
    """The messages that wait now, those of the failure queues too."""
    return flat([row["body"] for row in district.outside.journal.rows("SELECT body FROM message")])


def flat(found: Any) -> bytes:
    return b"\n".join(_parts(found))


def _parts(value: Any) -> Iterator[bytes]:
    """Names and values, however deep: texts as UTF-8, bytes as they are."""
    match value:
        case bytes() | bytearray():
            yield bytes(value)
        case dict():
            for name, inner in value.items():
                yield from (*_parts(name), *_parts(inner))
        case list() | tuple() | set():
            for inner in value:
                yield from _parts(inner)
        case _:
            yield str(value).encode()
