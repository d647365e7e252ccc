"""What every request and answer shares: instants as RFC 3339, unknown fields refused."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from nanhai.domain.identifiers import Instant

END = r"(?!\n)$"  # of a pattern: Python's $ alone also matches before a line break at the end, JSON Schema's does not
FIRST, LAST = -62_135_596_800, 253_402_300_799  # years 1 and 9999 of UTC: with an offset a datetime lies beyond them


class Request(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A body or a query: nothing in it that is not declared."""


class Answer(msgspec.Struct, frozen=True):
    """A JSON answer."""


def moment(instant: Instant) -> datetime:
    """Unix seconds as an aware datetime in UTC."""
    return datetime.fromtimestamp(instant, UTC)


def moment_or_none(instant: Instant | None) -> datetime | None:
    return None if instant is None else moment(instant)


def instant(moment: datetime) -> Instant:
    """An aware datetime as unix seconds, fractions cut; the nearest one that UTC's calendar has."""
    return min(max(int(moment.timestamp()), FIRST), LAST)
