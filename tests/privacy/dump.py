"""Everything that the platform has written down anywhere, as bytes to search, by where it lies."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.contract.district import District
from tests.streams.feed import Feed

SCRATCH = "scratch"  # for temporary files, in the folder of a stage


def tables(district: District) -> dict[str, bytes]:
    return {f"table {name}": flat(district.rows(name)) for name in district.tables}


def streams(district: District) -> dict[str, bytes]:
    """Every record since the tables were made."""
    return {f"stream {name}": flat(Feed(arn).news()) for name, arn in district.stage.streams.items() if arn}


def queued(district: District) -> bytes:
    """The messages that wait now, those of the failure queues too."""
    return flat([row["body"] for row in district.outside.journal.rows("SELECT body FROM message")])


def bucket(district: District) -> dict[str, bytes]:
    """What was uploaded and what is kept, with the names of the files."""
    place = district.here.uploads.folder.path
    folders = {"bucket of photos": "incoming/photo", "bucket of sheets": "incoming/sheet", "bucket kept": "kept"}
    return {name: b"\n".join(_files(place / below)) for name, below in folders.items()}


def signalling(district: District) -> dict[str, bytes]:
    """What operators delivered, and what lies on the disks of those who took it in."""
    folder = district.stage.folder
    places = {"bucket of signalling": folder / "signalling", "scratch": folder / SCRATCH}
    return {name: b"\n".join(_files(place)) for name, place in places.items()}


def empty_bucket(district: District) -> None:
    """One folder serves all tests of a run."""
    for below in ("incoming", "kept"):
        shutil.rmtree(district.here.uploads.folder.path / below, ignore_errors=True)


def _files(place: Path) -> Iterator[bytes]:
    for path in place.rglob("*"):
        if path.is_file():
            yield str(path).encode() + path.read_bytes()


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
