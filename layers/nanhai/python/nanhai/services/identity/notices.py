"""What a holder was told, of their pass and of everything else, in the language they read."""

from __future__ import annotations

from typing import Any

from nanhai.domain.identifiers import Instant, PersonId
from nanhai.domain.notices import COLOUR
from nanhai.services.identity.schemas import Notice, NoticeReason
from nanhai.services.passes import wording
from nanhai.services.schemas import moment, moment_or_none
from nanhai.store import notices
from nanhai.store.notices import News, Told
from nanhai.texts import Language, text


def page(
    person: PersonId, language: Language, now: Instant, limit: int, start: dict[str, Any] | None
) -> tuple[list[Notice], dict[str, Any] | None]:
    """Newest first, and where the next page begins."""
    found, following = notices.page(person, now, limit, start)
    return [_told(notice, language) for notice in found], following


def _told(told: Told, language: Language) -> Notice:
    return _news(told, language) if isinstance(told, News) else _change(told, language)


def _news(news: News, language: Language) -> Notice:
    said = text(f"notice.{news.kind}", language, {name: _worded(p, language) for name, p in news.params.items()})
    return Notice(news.notice_id, moment(news.at), news.kind, said, None, None, None, None, [])


def _worded(param: str | int, language: Language) -> str | int:
    """What begins with @ names a text."""
    return text(param[1:], language) if isinstance(param, str) and param.startswith("@") else param


def _change(change: notices.Notice, language: Language) -> Notice:
    word = wording.word(change.colour, language)
    return Notice(
        change.notice_id,
        moment(change.at),
        COLOUR,
        text(f"notice.{COLOUR}", language, {"word": word}),
        change.colour.value,
        word,
        moment(change.since),
        moment_or_none(change.until),
        [NoticeReason(kind, text(f"finding.{kind}", language)) for kind in change.reasons],
    )
