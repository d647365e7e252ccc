"""The table `towers`: where an operator's towers stand, as pages of a version that never changes, and which is current.

A load that was begun by one version ends by it, whatever was loaded in between.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import msgspec
from pynamodb.attributes import BinaryAttribute, UnicodeAttribute

from nanhai.domain.identifiers import Instant
from nanhai.store import model
from nanhai.store.attributes import WholeNumberAttribute
from nanhai.store.model import Start, Table
from nanhai.store.writes import send

CURRENT = "current"
PAGES_MAX = 400
PAGES_PER_QUERY = 20
VERSION_CHARACTERS = 16


class TowersTable(Table):
    class Meta:
        table_name = "towers"

    operator = UnicodeAttribute(hash_key=True)
    page = UnicodeAttribute(range_key=True)


class PageRow(TowersTable):
    towers = BinaryAttribute(legacy_encoding=False)


class CurrentRow(TowersTable):
    version = UnicodeAttribute()
    amount = WholeNumberAttribute()
    loaded_at = WholeNumberAttribute()


class Version(msgspec.Struct, frozen=True):
    """`count`: of towers."""

    version: str
    count: int
    loaded_at: Instant


def put(operator: str, pages: Sequence[bytes], count: int, at: Instant) -> Version:
    """Makes these the operator's current towers; the same ones have the same version."""
    version = hashlib.sha256(b"\0".join(pages)).hexdigest()[:VERSION_CHARACTERS]
    for number, page in enumerate(pages):
        send([model.put("towers", PageRow(operator, f"{version}#{number:04d}", towers=page))])
    send([model.put("current", CurrentRow(operator, CURRENT, version=version, amount=count, loaded_at=at))])
    return Version(version, count, at)


def current(operator: str) -> Version | None:
    found = model.get(CurrentRow, operator, CURRENT)
    return None if found is None else Version(found.version, found.amount, found.loaded_at)


def pages(operator: str, version: str) -> list[bytes]:
    """All pages of a version, in their order; none where there is no such version."""
    theirs = (PageRow.operator == operator) & PageRow.page.startswith(f"{version}#")
    found: list[bytes] = []
    start: Start | None = None
    for _ in range(PAGES_MAX):
        page, start = model.query(PageRow, theirs, PAGES_PER_QUERY, start=start)
        found += [row.towers for row in page]
        if start is None:
            break
    return found
