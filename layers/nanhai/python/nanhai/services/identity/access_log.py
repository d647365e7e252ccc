"""Who looked at a person's data, when, and what for: told to the person."""

from __future__ import annotations

from typing import Any

from nanhai.domain.identifiers import PersonId
from nanhai.services.identity.schemas import Access
from nanhai.services.schemas import moment
from nanhai.store import people


def page(person: PersonId, limit: int, start: dict[str, Any] | None) -> tuple[list[Access], dict[str, Any] | None]:
    """Newest first, and where the next page begins."""
    found, following = people.accesses(person, limit, start)
    return [Access(moment(a.at), a.staff_id, a.role, a.organisation, a.purpose) for a in found], following
