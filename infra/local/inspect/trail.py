"""The audit, checked entry by entry."""

from __future__ import annotations

import json
from collections.abc import Iterator

from nanhai.domain.days import local_day
from nanhai.services.platform import platform
from nanhai.store import audit
from nanhai.store.audit import Chained
from nanhai.streams.rotate import AUDIT_CONTEXT
from nanhai.vault.ring import checker, public_of

from infra.local.inspect.holders import moment
from infra.local.trouble import Trouble

ROTATED_WITHIN_S = 3_600  # from midnight: rotate runs at ten past


def verified(days: int) -> Iterator[str]:
    """Every chain of the last days and its last entry; Trouble when one does not hold together."""
    now = platform().now()
    today, found = local_day(now), 0
    for day in range(today, today - days, -1):
        heads = {}
        for chain in audit.chains(day):
            last = _last(chain)
            if last is not None:
                heads[chain] = last
                found += last.sequence
                yield _told(last)
        yield from _anchored(day, heads, is_due=day < local_day(now - ROTATED_WITHIN_S))
    yield f"{found:,} entries of {days} days hold together"


def _last(chain: str) -> Chained | None:
    """The last entry of a chain that was read whole and holds."""
    before, last, start = (0, audit.BEGINNING), None, None
    while True:
        page, start = audit.page(chain, audit.ENTRIES_PER_PAGE_MAX, start)
        wrong = audit.broken(page, before)
        if wrong is not None:
            raise Trouble(f"the audit was tampered with: chain {chain} breaks at entry {wrong}")
        if page:
            last, before = page[-1], (page[-1].sequence, page[-1].hash)
        if start is None:
            return last


def _anchored(day: int, heads: dict[str, Chained], *, is_due: bool) -> Iterator[str]:
    """A day that is over must be signed and end where it was: a cut tail leaves a chain that holds together."""
    anchor = audit.anchored(day)
    if anchor is None:
        if heads and is_due:
            raise Trouble(f"day {day} has entries and no signature: it was taken away, or rotate never ran for it")
        return
    root = checker(public_of(platform().ring.root))
    if not root(anchor.signature, AUDIT_CONTEXT + anchor.heads.encode()):
        raise Trouble(f"the audit was tampered with: the signature over day {day} is not the platform's")
    for chain, (sequence, hash_) in json.loads(anchor.heads).items():
        last = heads.get(chain)
        if last is None or (last.sequence, last.hash) != (sequence, hash_):
            raise Trouble(f"the audit was tampered with: chain {chain} does not end as it was signed")
    yield f"day {day}: signed, and ends as it was signed"


def _told(last: Chained) -> str:
    entry = last.entry
    return (
        f"{last.chain} #{last.sequence} {moment(last.at)} {entry.role} {entry.actor} {entry.operation} "
        f"{entry.subject}: {entry.outcome}"
    )
