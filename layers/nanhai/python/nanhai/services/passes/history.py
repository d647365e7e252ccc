"""What a pass was told to be, change by change."""

from __future__ import annotations

from typing import Any

from nanhai.services.asked import Asked
from nanhai.services.passes import wording
from nanhai.services.passes.holders import holder
from nanhai.services.passes.schemas import PastPass
from nanhai.services.schemas import moment, moment_or_none
from nanhai.store import passes
from nanhai.store.passes import Past
from nanhai.texts import Language


def page(
    asked: Asked, who: str, limit: int, start: dict[str, Any] | None
) -> tuple[list[PastPass], dict[str, Any] | None]:
    """Newest first, and where the next page begins."""
    found, following = passes.past(holder(asked, who), limit, start)
    return [_past(past, asked.language) for past in found], following


def _past(past: Past, language: Language) -> PastPass:
    segment = past.segment
    return PastPass(
        at=moment(past.at),
        colour=segment.colour.value,
        word=wording.word(segment.colour, language),
        since=moment(segment.since),
        until=moment_or_none(segment.until),
        reasons=list(dict.fromkeys(cause.finding for cause in segment.causes)),
        policy=past.policy_version,
        record_version=past.record_version,
    )
