"""What a holder was told of the changes of their pass, in the language they read."""

from __future__ import annotations

from typing import Any

from nanhai.domain.identifiers import Instant, PersonId
from nanhai.services.identity.schemas import Notice, NoticeReason
from nanhai.services.passes import wording
from nanhai.services.schemas import moment, moment_or_none
from nanhai.store import notices
from nanhai.texts import Language, text


def page(
    person: PersonId, language: Language, now: Instant, limit: int, start: dict[str, Any] | None
) -> tuple[list[Notice], dict[str, Any] | None]:
    """Newest first, and where the next page begins."""
    found, following = notices.page(person, now, limit, start)
    return [_told(notice, language) for notice in found], following


def _told(notice: notices.Notice, language: Language) -> Notice:
    return Notice(
        notice.notice_id,
        moment(notice.at),
        notice.colour.value,
        wording.word(notice.colour, language),
        moment(notice.since),
        moment_or_none(notice.until),
        [NoticeReason(kind, text(f"finding.{kind}", language)) for kind in notice.reasons],
    )
