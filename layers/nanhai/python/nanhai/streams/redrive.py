"""Records out of quarantine, once more through the consumer that could not apply them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from nanhai.domain.identifiers import Instant
from nanhai.services.platform import Platform
from nanhai.services.sweep import quarantine
from nanhai.store.quarantine import PER_PAGE_MAX, Quarantined
from nanhai.store.wire import Item
from nanhai.streams import batch, count, follow, index, notify, recolour
from nanhai.streams.batch import Consumer
from nanhai.vault.sealing import Tampered

CONSUMERS: dict[str, Consumer] = {
    consumer.stream: consumer
    for consumer in (recolour.CONSUMER, follow.CONSUMER, count.CONSUMER, notify.CONSUMER, index.CONSUMER)
}


def redrive(here: Platform, stream: str, limit: int) -> tuple[int, int]:
    """Applies what was set aside of `stream`, `limit` records at most, oldest first: how many were applied, and how
    many were tried in vain and stay. KeyError for a stream that nobody consumes."""
    consumer = CONSUMERS[stream]
    applied = left = 0
    for kept in islice(_kept(stream, here.now()), limit):
        if _applied(here, consumer, kept):
            quarantine.drop(kept)
            applied += 1
        else:
            left += 1
    return applied, left


def _kept(stream: str, now: Instant) -> Iterator[Quarantined]:
    start: Item | None = None
    while True:
        page, start = quarantine.listed(stream, PER_PAGE_MAX, now, start)
        yield from page
        if start is None:
            return


def _applied(here: Platform, consumer: Consumer, kept: Quarantined) -> bool:
    try:
        raw = quarantine.opened(here, kept)
    except Tampered:
        return False
    return not batch.run(here, consumer, [raw])
