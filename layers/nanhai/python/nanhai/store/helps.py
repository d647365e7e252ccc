"""Requests for help in the table `people`, beside whom they are for: which cases were opened for which wish.

What somebody feels and where they are stands, sealed, in the cases; here is nothing of it.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from pynamodb.attributes import UnicodeAttribute

from nanhai.domain.identifiers import Instant, PersonId
from nanhai.store import model
from nanhai.store.attributes import PlainMapAttribute, WholeNumberAttribute
from nanhai.store.model import Start, Write
from nanhai.store.people import PeopleTable

HELP = "help#"
HELPS_PER_PAGE_MAX = 20


class HelpRow(PeopleTable):
    """`cases`: the id of the case by the wish that it was opened for."""

    at = WholeNumberAttribute()
    community = UnicodeAttribute()
    cases = PlainMapAttribute[str]()


class Help(msgspec.Struct, frozen=True):
    help_id: str  # ULID
    at: Instant
    community: str
    cases: Mapping[str, str]


def ask(person: PersonId, new: Help) -> Write:
    stored = HelpRow(person, HELP + new.help_id, at=new.at, community=new.community, cases=dict(new.cases))
    return model.put("help", stored, HelpRow.person_id.does_not_exist())


def of(person: PersonId, limit: int, start: Start | None = None) -> tuple[list[Help], Start | None]:
    """Newest first, and where the next page begins."""
    theirs = (HelpRow.person_id == person) & HelpRow.sk.startswith(HELP)
    most = min(limit, HELPS_PER_PAGE_MAX)
    found, end = model.query(HelpRow, theirs, most, start=start, newest_first=True)
    return [Help(row.sk.removeprefix(HELP), row.at, row.community, row.cases) for row in found], end
