"""News for a person, written in the transaction of the fact that it tells of; the stream of notices carries it on."""

from __future__ import annotations

from collections.abc import Mapping

from nanhai.domain.identifiers import Instant, PersonId
from nanhai.policies.notices import rules
from nanhai.services.platform import Platform
from nanhai.store import notices
from nanhai.store.notices import News
from nanhai.store.writes import Write


def news(
    platform: Platform,  # noqa: ARG001 - first, as in every use case
    person: PersonId,
    at: Instant,
    kind: str,
    params: Mapping[str, str | int],
    subject: str,
) -> Write:
    """The row that tells `person` of `subject`, for the transaction of the fact. It lies in their inbox from then on
    and goes out by the channels of its kind, once for a kind and subject. `params` fill the text `notice.<kind>` and
    hold no personal data. ValueError for a kind that policies/notices.json does not have: that is a defect.
    """
    if kind not in rules():
        raise ValueError(f"policies/notices.json has no kind {kind}")
    return notices.tell_news(person, News(notices.news_id(at, kind, subject), at, kind, dict(params), subject))
