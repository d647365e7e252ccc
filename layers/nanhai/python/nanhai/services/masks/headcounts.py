"""On how many people an enterprise's quota is computed: those whom it filed as returning, once that is accepted."""

from __future__ import annotations

from nanhai.domain.identifiers import OrganisationId
from nanhai.domain.resumption import State
from nanhai.store import organisations

COUNTS = frozenset({State.ACCEPTED, State.RESUMED})


def headcount(uscc: OrganisationId) -> int:
    """Of the filing as it is now; 0 without an accepted one."""
    found = organisations.get(uscc)
    return found.headcount if found is not None and found.state in COUNTS else 0
