"""One JSON line per event worth an alarm or a look; never a key, an id or a message that may quote one."""

from __future__ import annotations

import sys
import traceback

import msgspec

FRAMES_MAX = 8


def quarantined(stream: str, why: Exception) -> None:
    """The kind of a failure and where it happened."""
    frames = traceback.extract_tb(why.__traceback__)[-FRAMES_MAX:]
    where = [f"{frame.name}:{frame.lineno}" for frame in frames]
    line(event="quarantined", stream=stream, failure=type(why).__qualname__, where=where)


def line(**said: str | int | list[str]) -> None:
    sys.stdout.write(msgspec.json.encode(said).decode("utf-8") + "\n")
