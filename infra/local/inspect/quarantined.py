"""Stream records that could not be applied: what they are, and once more through their consumer."""

from __future__ import annotations

from collections.abc import Iterator

from nanhai.services.platform import platform
from nanhai.store import quarantine
from nanhai.streams import redrive as streams

from infra.local.inspect.holders import moment


def listed(stream: str, limit: int) -> Iterator[str]:
    """By number; the records themselves are sealed and stay so."""
    found, following = quarantine.page(stream, limit, platform().now())
    for kept in found:
        yield f"{kept.id.lstrip('0')}  {moment(kept.at)}  {kept.why}  {len(kept.payload):,} bytes"
    yield f"{len(found)} records of {stream}{', and more' if following else ''}"


def redrive(stream: str, limit: int) -> Iterator[str]:
    applied, left = streams.redrive(platform(), stream, limit)
    yield f"{applied} records applied, {left} tried in vain: those stay"
