"""The table `notices`: what a holder was told of the changes of their pass; 90 days."""

from __future__ import annotations

from dataclasses import dataclass

from pynamodb.attributes import ListAttribute, UnicodeAttribute

from nanhai.domain.colour import Colour
from nanhai.domain.identifiers import Instant, PersonId
from nanhai.store import model
from nanhai.store.attributes import WholeNumberAttribute
from nanhai.store.model import Start, Table, Write

KEPT_S = 90 * 86_400
NOTICES_PER_PAGE_MAX = 100


class NoticeRow(Table):
    class Meta:
        table_name = "notices"

    person_id = UnicodeAttribute(hash_key=True)
    notice_id = UnicodeAttribute(range_key=True)
    told_at = WholeNumberAttribute()
    colour = UnicodeAttribute()
    since = WholeNumberAttribute()
    until = WholeNumberAttribute(null=True)
    reasons = ListAttribute[str]()
    expires_at = WholeNumberAttribute()


@dataclass(frozen=True, slots=True)
class Notice:
    """`reasons`: finding kinds, worst first."""

    notice_id: str
    at: Instant
    colour: Colour
    since: Instant
    until: Instant | None
    reasons: tuple[str, ...]


def tell(person: PersonId, notice: Notice) -> Write:
    """The same notice twice is one: its id follows from what it tells."""
    new = NoticeRow(
        person,
        notice.notice_id,
        told_at=notice.at,
        colour=notice.colour.value,
        since=notice.since,
        until=notice.until,
        reasons=list(notice.reasons),
        expires_at=notice.at + KEPT_S,
    )
    return model.put("notice", new)


def page(person: PersonId, now: Instant, limit: int, start: Start | None = None) -> tuple[list[Notice], Start | None]:
    """Newest first, and where the next page begins."""
    most = min(limit, NOTICES_PER_PAGE_MAX)
    theirs = NoticeRow.person_id == person
    found, end = model.query(NoticeRow, theirs, most, start=start, newest_first=True, consistent=False)
    return [_notice(told) for told in found if told.expires_at > now], end


def _notice(found: NoticeRow) -> Notice:
    return Notice(found.notice_id, found.told_at, Colour(found.colour), found.since, found.until, tuple(found.reasons))
