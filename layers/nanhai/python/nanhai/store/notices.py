"""The table `notices`: what a holder was told, of the changes of their pass and of everything else; 90 days.

A row is written in the transaction of the fact that it tells of, and the stream of this table carries it to the
channels beside the inbox (infra/decisions/0019).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from zlib import crc32

import msgspec
from pynamodb.attributes import BooleanAttribute, ListAttribute, UnicodeAttribute

from nanhai.domain.colour import Colour
from nanhai.domain.errors import Poison
from nanhai.domain.identifiers import Instant, PersonId
from nanhai.domain.notices import Channel
from nanhai.store import model
from nanhai.store.attributes import WholeNumberAttribute
from nanhai.store.model import Start, Table, Write

KEPT_S = 90 * 86_400
HELD_SHARDS = 16
HELD_S = 86_400  # what no morning has sent within a day is news no more
NOTICES_PER_PAGE_MAX = 100


class NoticeRow(Table):
    class Meta:
        table_name = "notices"

    person_id = UnicodeAttribute(hash_key=True)
    notice_id = UnicodeAttribute(range_key=True)
    told_at = WholeNumberAttribute()
    colour = UnicodeAttribute(null=True)  # of a pass; then `since` and `reasons` are there too
    since = WholeNumberAttribute(null=True)
    until = WholeNumberAttribute(null=True)
    reasons = ListAttribute[str](null=True)
    kind = UnicodeAttribute(null=True)  # of news; then `params` and `subject` are there too
    params = UnicodeAttribute(null=True)
    subject = UnicodeAttribute(null=True)
    sms_at = WholeNumberAttribute(null=True)
    wechat_at = WholeNumberAttribute(null=True)
    expires_at = WholeNumberAttribute()


class HeldRow(Table):
    """What waits for the morning: held#<local day>#<shard> / <person>#<notice>."""

    class Meta:
        table_name = "notices"

    person_id = UnicodeAttribute(hash_key=True)
    notice_id = UnicodeAttribute(range_key=True)
    sent = BooleanAttribute(null=True)
    expires_at = WholeNumberAttribute()


class Notice(msgspec.Struct, frozen=True):
    """What a pass became. `reasons`: finding kinds, worst first."""

    notice_id: str
    at: Instant
    colour: Colour
    since: Instant
    until: Instant | None
    reasons: tuple[str, ...]


class News(msgspec.Struct, frozen=True):
    """Anything else. `params` fill its text; `subject`: what it is about."""

    notice_id: str
    at: Instant
    kind: str
    params: Mapping[str, str | int]
    subject: str


Told = Notice | News
Held = tuple[PersonId, str]  # whose notice, and which
HELD = "held#"


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


def tell_news(person: PersonId, news: News) -> Write:
    new = NoticeRow(
        person,
        news.notice_id,
        told_at=news.at,
        kind=news.kind,
        params=json.dumps(news.params, ensure_ascii=False, sort_keys=True),
        subject=news.subject,
        expires_at=news.at + KEPT_S,
    )
    return model.put("notice", new)


def news_id(at: Instant, kind: str, subject: str) -> str:
    """Among the notices of changes of the pass in the order of time; the same news at the same time is one."""
    return f"{at:012d}#{kind}#{subject}"


def get(person: PersonId, notice_id: str) -> Told | None:
    found = model.get(NoticeRow, person, notice_id)
    return None if found is None else _told(found)


def sent(person: PersonId, notice_id: str, channel: Channel, at: Instant) -> Write:
    """That the notice went out by a channel beside the inbox; its condition fails (label "notice") when it is gone."""
    when = {Channel.SMS: NoticeRow.sms_at, Channel.WECHAT: NoticeRow.wechat_at}[channel]
    return model.update("notice", NoticeRow(person, notice_id), [when.set(at)], NoticeRow.person_id.exists())


def hold(person: PersonId, notice_id: str, day: int, now: Instant) -> Write:
    """Until the morning of the local day `day`; held twice is held once."""
    return model.put("held", HeldRow(_shelf(day, _shard(person)), f"{person}#{notice_id}", expires_at=now + 2 * HELD_S))


def held(day: int, shard: int, limit: int, start: Start | None = None) -> tuple[list[Held], Start | None]:
    """What of `limit` rows of a shard still waits, and where the next page begins."""
    waiting = HeldRow.sent.does_not_exist()
    found, end = model.query(HeldRow, HeldRow.person_id == _shelf(day, shard), limit, start=start, only=waiting)
    return [_held(row) for row in found], end


def released(held: Held, day: int, now: Instant) -> Write:
    """From now on it waits no more."""
    shelf, name = _shelf(day, _shard(held[0])), "#".join(held)
    return model.put("held", HeldRow(shelf, name, sent=True, expires_at=now + HELD_S))


def is_held(person: str) -> bool:
    """Whether this key of the table names no person but what waits for a morning."""
    return person.startswith(HELD)


def _held(row: HeldRow) -> Held:
    person, _, notice_id = row.notice_id.partition("#")
    return PersonId(person), notice_id


def _shelf(day: int, shard: int) -> str:
    return f"{HELD}{day}#{shard:02d}"


def _shard(person: PersonId) -> int:
    return crc32(person.encode()) % HELD_SHARDS


def page(person: PersonId, now: Instant, limit: int, start: Start | None = None) -> tuple[list[Told], Start | None]:
    """Newest first, and where the next page begins."""
    most = min(limit, NOTICES_PER_PAGE_MAX)
    theirs = NoticeRow.person_id == person
    found, end = model.query(NoticeRow, theirs, most, start=start, newest_first=True, consistent=False)
    return [_told(row) for row in found if row.expires_at > now], end


def told_in(stored: Mapping[str, Any]) -> tuple[PersonId, Told]:
    """Who was told what, from a stored row; Poison when that means nothing."""
    try:
        row = model.read(NoticeRow, dict(stored))
        return PersonId(row.person_id), _told(row)
    except (KeyError, TypeError, ValueError) as wrong:
        raise Poison("notices: a row of no known form") from wrong


def _told(row: NoticeRow) -> Told:
    if row.kind is not None:
        return News(row.notice_id, row.told_at, row.kind, json.loads(row.params), row.subject)
    return Notice(row.notice_id, row.told_at, Colour(row.colour), row.since, row.until, tuple(row.reasons))
